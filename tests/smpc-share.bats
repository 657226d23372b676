#!/usr/bin/env bats
# conduct table: smpc-share -n 2 -f -O 0=dealer -O 1=- -O 2=two INPUT

load helper
load shares

# back OPTION...: share the file "in", and reveal; for $output.
back() {
	quietly smpc-share -n 2 -f -o s "$@" in || return 1
	quietly smpc-reveal s.1 s.2
}

# told_ranges: all that standard error of the last capture says is which columns should have a range.
told_ranges() {
	assert_regex "$stderr" "numbers of [0-9.]+ and more are in columns without a declared range" || return 1
	assert_equal "${#stderr_lines[@]}" 1
}

# back_large OPTION...: as back, of numbers that are large.
back_large() {
	capture smpc-share -n 2 -f -o s "$@" in
	assert_success || return 1
	told_ranges || return 1
	quietly smpc-reveal s.1 s.2
}

# back_but LINE OPTION...: as back, where smpc-share says LINE on standard error.
back_but() {
	local line=$1
	capture smpc-share -n 2 -f -o s "${@:2}" in
	assert_success || return 1
	assert_equal "$stderr" "$line" || return 1
	capture smpc-share --check "${@:2}" in
	assert_success || return 1
	assert_equal "$stderr" "$line" || return 1
	quietly smpc-reveal s.1 s.2
}

# refuses STATUS OPTION...: the file "in" cannot be shared, and nothing is left of it.
refuses() {
	local status=$1
	shift
	rm -f s.*
	fails_with "$status" smpc-share -n 2 -o s "$@" in || return 1
	assert_equal "$(find . -name 's.*')" "" || return 1
	# --check says the same, and perhaps more
	local said=$stderr
	capture smpc-share --check "$@" in
	assert_failure "$status" || return 1
	assert_equal "${stderr:0:${#said}}" "$said"
}

# npy TYPE SHAPE FORMAT NUMBER...: a .npy file on standard output; FORMAT is python's, for struct.
npy() {
	python3 - "$@" <<-'P'
		import struct, sys
		descr, shape, form, *numbers = sys.argv[1:]
		header = ("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }"
		          % (descr.rstrip('F'), descr.endswith('F'), shape)).encode()
		header += b' ' * (-(len(header) + 11) % 64) + b'\n'
		number = float if form[-1] in 'fd' else int
		sys.stdout.buffer.write(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(header)) + header
		                        + struct.pack(form[0] + str(len(numbers)) + form[1], *map(number, numbers)))
	P
}

# ---- CSV

@test "CSV: quoted fields, names with commas and quotes" {
	printf '"a","b, c","d ""x"""\n"1","2",3\n4," 5 ","-6e1"\n' >in
	back
	assert_output $'a,"b, c","d ""x"""\n1,2,3\n4,5,-60'
}

@test "CSV: CRLF, a byte order mark, blank lines at the end, no newline at the end" {
	for text in 'a,b\r\n1,2\r\n3,4\r\n' '\xef\xbb\xbfa,b\n1,2\n3,4\n' 'a,b\n1,2\n3,4\n\n\n' 'a,b\n1,2\n3,4' \
		'a,b\r\n1,2\r\n3,4' '\xef\xbb\xbfa,b\r\n1,2\r\n3,4\r\n\r\n' ' a , b\n 1,2\t\n3 ,\t4\n'; do
		# shellcheck disable=SC2059 # escapes
		printf "$text" >in
		back
		assert_output $'a,b\n1,2\n3,4'
	done
}

@test "CSV: numbers in all notations" {
	table in a +1 -0.5 .25 7. 1e3 2.5E-1 -1.5e+2 0000012
	back
	assert_output $'a\n1\n-0.5\n0.25\n7\n1000\n0.25\n-150\n12'
	for text in 1,5 0x10 inf -inf 1e 1_000 '1 000' '--1' '$1' 1.2.3 '１'; do
		table in a "\"$text\""
		refuses 1
		stderr_has "in:2: column 'a'"
		stderr_has "is not a number"
	done
}

@test "CSV: ragged rows" {
	table in a,b,c 1,2,3 4,5
	refuses 1
	stderr_has "in:3: 2 fields where the header has 3"
	table in a,b,c 1,2,3 4,5,6,7
	refuses 1
	stderr_has "in:3: 4 fields where the header has 3"
	table in a,b,c 1,2,3 4
	refuses 1
	stderr_has "in:3: 1 field where"
	table in 1,2,3 4,5
	refuses 1 --no-header
	stderr_has "in:2: 2 fields where the first row has 3"
	# also in columns that are left out
	table in a,b,c 1,2,3 4,5
	refuses 1 -c a
}

@test "CSV: a blank line inside the table" {
	table in a,b 1,2 "" 3,4
	refuses 1
	stderr_has "in:3: a blank line"
	table in "" a,b 1,2
	refuses 1
	stderr_has "in:1: the first line is blank"
}

@test "CSV: in a single column a blank line is a missing value" {
	table in a 1 "" 3
	refuses 1
	stderr_has "in:3: column 'a': the value is missing"
	back --na 7
	assert_output $'a\n1\n7\n3'
	back_but "smpc-share: in: left out 1 of 3 rows for missing values: 1 in 'a'" --na drop
	assert_output $'a\n1\n3'
}

@test "CSV: quotes that are wrong, and lines counted through quoted newlines" {
	printf 'a,b\n1,"2\n3,4\n' >in
	refuses 1
	stderr_has "in:2: a quote is not closed"
	printf 'a,b\n1,2"3\n' >in
	refuses 1
	stderr_has "in:2: field 2 has a quote inside"
	printf 'a,b\n"1"2,3\n' >in
	refuses 1
	stderr_has "in:2: field 1 has a quote inside"
	printf 'id,note,v\n1,"two\nlines, ""really""",2\n3,"",4\n' >in
	back -x note
	assert_output $'id,v\n1,2\n3,4'
	printf 'id,note,v\n1,"two\nlines",2\n3,"",x\n' >in
	refuses 1 -x note
	stderr_has "in:4: column 'v'"
}

@test "CSV: names that are wrong" {
	table in a,b,a 1,2,3
	refuses 1
	stderr_has "in:1: two columns are named 'a', 1 and 3; -x 3 leaves one out"
	table in a,,c 1,2,3
	refuses 1
	stderr_has "in:1: the name of column 2 is empty; -x 2 leaves it out"
	printf 'a,b\001\n1,2\n' >in
	refuses 1
	stderr_has "control character"
	printf 'a,\xe4\n1,2\n' >in
	refuses 1
	stderr_has "UTF-8"
	table in 1,2 3,4
	refuses 1
	stderr_has "--no-header"
	table in '"1","2"' 3,4
	back -c 1
	assert_line --index 1 3
}

@test "CSV: columns without name, or with one of two, matter only if they are shared" {
	# R's write.csv, pandas' to_csv, Excel's empty columns
	table in '"","age","ill"' '"1",34,0' '"2",51,1'
	for option in "-x 1" "-c 2,3" "-c 2-" "-c age,ill"; do
		# shellcheck disable=SC2086 # words
		back $option
		assert_output $'age,ill\n34,0\n51,1'
	done
	refuses 1
	stderr_has "in:1: the name of column 1 is empty; -x 1 leaves it out"
	table in 'age;ill;;' '34;0;;' '51;1;;'
	back -d ';' -c age,ill
	assert_output $'age,ill\n34,0\n51,1'
	refuses 1 -d ';'
	stderr_has "in:1: the names of columns 3-4 are empty; -x 3-4 leaves them out"
	back -d ';' -x 3-4
	assert_output $'age,ill\n34,0\n51,1'
	table in age,note,note,ill 34,1,2,0 51,3,4,1
	back -c age,ill
	assert_output $'age,ill\n34,0\n51,1'
	run grep -l -a note s.0 s.1
	assert_output ""
	back -x 3
	assert_line --index 1 34,1,0
	back -c age,2 --scale 2=2 --standardize --no-standardize 2,age
	assert_output $'age,note\n34,2\n51,6'
	# a name that stands for two
	for option in "-c note" "-x note" "-x 3 --scale note=2" "-x 3 --one-hot note=1,3" "-x 3 --codes note=1,3" \
		"-x 3 --standardize --no-standardize note"; do
		# shellcheck disable=SC2086 # words
		refuses 2 $option
		stderr_has "in: two columns are named 'note'; give the position, 2 or 3"
	done
	refuses 2 -c ''
	stderr_has "an empty element"
	refuses 2 -c 1,,4
	# what pandas writes of columns without names
	table in ,0,1,2 0,1.5,2,3 1,4,5,6
	for option in "-x 1" "-c 0,1,2" "-c 2-"; do
		# shellcheck disable=SC2086 # words
		back $option
		assert_output $'"0","1","2"\n1.5,2,3\n4,5,6'
	done
	back -x 1,2 --standardize --no-standardize 0
	assert_output $'"0","1"\n1.5,-1\n4,1'
	refuses 1
	stderr_has "in:1: the name of column 1 is empty; -x 1 leaves it out"
	table in ,0,1 7,1.5,2 8,4,5
	refuses 1 -x 1
	stderr_has "in:1: there are numbers where the names of the columns should be"
}

@test "CSV: no rows, nothing at all, no text" {
	table in a,b
	refuses 1
	stderr_has "there are no rows"
	: >in
	refuses 1
	stderr_has "is empty"
	printf 'a,b\n1,\0002\n' >in
	refuses 1
	stderr_has "NUL"
	table in a,b NA,1
	refuses 1 --na drop
	stderr_has "no rows without missing values (1 in 'a')"
}

@test "files that are no tables are told apart" {
	table t a 1
	smpc-share -n 2 -o x t
	cp x.1 in
	refuses 1
	stderr_has "is a share stream, not a table"
	smpc-cat --json -o in x.1
	refuses 1
	stderr_has JSON
	gzip -c t >in
	refuses 1
	stderr_has zcat
}

@test "files of other programs are named, with the way to a table" {
	local bytes what
	while IFS='|' read -r bytes what; do
		# shellcheck disable=SC2059 # escapes
		printf "$bytes" >in
		refuses 1
		stderr_has "in: is $what"
		if [ "${bytes:0:1}" != '[' ]; then
			fails_with 1 smpc-sum in
			stderr_has "in: is not a share stream: it is $what"
		fi
	done <<-'E'
		PK\3\4\24\0\0\10\10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\20\0\22\0archive/data.pkl|a PyTorch file (.pt); save the weights with safetensors
		\200\2\212\12l|a pickle (of PyTorch?); save the weights with safetensors
		\10\7\22\7pytorch|an ONNX model; save the weights with safetensors
		[{"a":1,"b":2},{"a":3,"b":4}]|JSON; export the table as CSV
		[[1,2],[3,4]]|JSON; export the table as CSV
		\377\376a\0,\0b\0|UTF-16 text; pipe it through iconv -f UTF-16 -t UTF-8
		\376\377\0a\0,\0b|UTF-16 text; pipe it through iconv -f UTF-16 -t UTF-8
		a\0,\0b\0|UTF-16 text; pipe it through iconv -f UTF-16LE -t UTF-8
		\0a\0,\0b|UTF-16 text; pipe it through iconv -f UTF-16BE -t UTF-8
		\37\213\10|compressed; pipe it through zcat, or export R's .rds and .RData with write.csv()
		BZh91AY&SYxx|compressed; pipe it through bzcat
		\3757zXZ\0|compressed; pipe it through xzcat
		\50\265\57\375xx|compressed; pipe it through zstdcat
		PK\3\4\24\0\6\0\10\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\23\0\10\2[Content_Types].xml|an Excel workbook (.xlsx)
		PK\3\4\24\0\0\0\10\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0arr_0.npy|a .npz archive
		PK\3\4\24\0\0\0\10\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0a.csv|a zip archive
		\320\317\21\340\241\261\32\341|an Excel workbook (.xls); save the sheet as CSV UTF-8
		PAR1\25\4\25\140|a Parquet file; export the table as CSV
		FEA1\0\0\0\0|a Feather file; export the table as CSV
		ARROW1\0\0|an Arrow or Feather file; export the table as CSV
		\211HDF\r\n\32\n|an HDF5 file; export a table as CSV
		X\n\0\0\0\3|R's .rds; write.csv(x, row.names = FALSE) exports a data frame
		RDX3\nX\n\0|R's .RData; write.csv(x, row.names = FALSE) exports a data frame
		<stata_dta><header>|a Stata file (.dta); export the table as CSV
		r\1\1\0|a Stata file (.dta); export the table as CSV
		$FL2@(#) SPSS|an SPSS file (.sav); export the table as CSV
		\0\0\0\0\0\0\0\0\0\0\0\0\302\352\201\140\263\24|a SAS file (.sas7bdat); export the table as CSV
		SQLite format 3\0\20|an SQLite database; sqlite3 -csv -header exports a table
		MATLAB 5.0 MAT-file, x|a MATLAB file (.mat)
		\357\273\277<!DOCTYPE html>|a web page, not a table
		\357\273\277 [{"a":1}]|JSON; export the table as CSV
		Obj\1\4\24avro.codec|an Avro file; export the table as CSV
		ORC\10\3|an ORC file; export the table as CSV
		RDA3\nA\n196866|R's .RData; write.csv(x, row.names = FALSE) exports a data frame
		\34\0\0\0TFL3\24\0|a TensorFlow Lite model; save the weights with safetensors
		\211PNG\r\n\32\n|a PNG image; numpy saves its numbers as .npy
		\377\330\377\340|a JPEG image; numpy saves its numbers as .npy
	E
	echo '{"a":{"0":1,"1":3}}' >in
	refuses 1
	stderr_has "a table is to be exported as CSV"
	printf '\n  {"a":1}' >in
	refuses 1
	stderr_has "in: is JSON; export the table as CSV"
	# a table whose names look like the beginning of one of them
	table in 'PAR1,BZh,[x]' 1,2,3
	back
}

@test "--no-header: the first line holds data, columns have no names" {
	table in 1,2 3,4
	back --no-header
	assert_output $'1,2\n3,4'
	is_line columns s.1 ""
	back --no-header -c 2
	assert_output $'2\n4'
	refuses 2 --no-header -c a
	stderr_has "no names"
	table in a,b 1,2
	refuses 1 --no-header
	stderr_has "in:1: column 1: 'a' is not a number"
}

@test "-d: another character between fields" {
	table in 'a;b' '1;2'
	for option in "-d;" "--delimiter=;"; do
		back "$option"
		assert_output $'a,b\n1,2'
	done
	printf 'a\tb\n1\t2\n' >in
	for tab in tab '\t' $'\t'; do
		back -d "$tab"
		assert_output $'a,b\n1,2'
	done
	printf 'a|"b|c"\n1|"2"\n' >in
	back -d '|'
	assert_output $'a,b|c\n1,2'
	for wrong in '' ';;' '"' $'\n' . 1 - e; do
		refuses 2 -d "$wrong"
		stderr_has delimiter
	done
}

@test "a first line sep=; sets the delimiter, as Excel has it" {
	for text in 'sep=;\na;b\n1;2\n' '\xef\xbb\xbfSEP=;\r\na;b\r\n1;2\r\n' 'sep=\t\na\tb\n1\t2\n' 'sep=,\na,b\n1,2\n'; do
		# shellcheck disable=SC2059 # escapes
		printf "$text" >in
		back
		assert_output $'a,b\n1,2'
	done
	printf 'sep=;\na;b\n1;2\n' >in
	back -d ';'
	assert_output $'a,b\n1,2'
	back --standardize
	refuses 2 -d ,
	stderr_has "in:1: the line sep=; says that ';' is between fields, and -d says ','"
	printf 'sep=;\na;b\n1;x\n' >in
	refuses 1
	stderr_has "in:3: column 'b'"
	# a name, and no delimiter
	for name in sep=. sep=e sep= 'sep=;;' 'sep'; do
		table in "$name" 1
		back
		assert_output "$name"$'\n1'
	done
	printf 'sep=,\na\n1\n' >in
	refuses 2 --decimal ,
	stderr_has "',' is between fields"
}

@test "--decimal and --thousands: numbers as people write them" {
	table in '"a";"b"' '5,1;-3,5e1' '4,9;3,0'
	back -d ';' --decimal ,
	assert_output $'a,b\n5.1,-35\n4.9,3'
	refuses 1 -d ';'
	stderr_has "in:2: column 'a': '5,1' is not a number; --decimal , says that commas are decimal marks, --thousands , that"
	refuses 1 -d ';' --thousands ,
	stderr_has "in:2: column 'a': '5,1' has a mark of thousands that does not stand before three digits"
	table in '5,1;3,5'
	refuses 1 -d ';' --decimal ,
	stderr_has "in:1: there are numbers where the names of the columns should be"
	table in 'a;b' '1.234.567,5;,5' '-12.345;7,' '999;001.000'
	back_large -d ';' --decimal , --thousands .
	assert_output $'a,b\n1234567.5,0.5\n-12345,7\n999,1000'
	table in a,b '"1,234.25",7' '"-12,345,678","+1,000"'
	back_large --thousands ,
	assert_output $'a,b\n1234.25,7\n-12345678,1000'
	printf "a;b\n1'234;7\n1\xe2\x80\x99234\xe2\x80\x99567.5;8\n" >in
	back_large -d ';' --thousands "'"
	assert_output $'a,b\n1234,7\n1234567.5,8'
	printf 'a;b\n1 234;1\xc2\xa0234,5\n-1\xe2\x80\xaf234;\xc2\xa07 \n' >in
	back -d ';' --thousands ' ' --decimal ,
	assert_output $'a,b\n1234,1234.5\n-1234,7'
	for number in 12,34 1,2345 1234,567 ,123 1,,234 "1,234," 1.234,567 1,234,56; do
		table in a "\"$number\""
		refuses 1 --thousands ,
		stderr_has "in:2: column 'a': '$number'"
	done
	for number in 5.1 1.234,5 1,2,3 -.5; do
		table in 'a;b' "1,5;2" "$number;2"
		refuses 1 -d ';' --decimal ,
		stderr_has "in:3: column 'a': '$number'"
	done
	# a point that marks thousands is none for decimals, and the other way round
	table in 'a;b' '5.1;2'
	refuses 1 -d ';' --decimal , --thousands .
	table in a "$(printf '1%.0s' {1..600})"
	refuses 1 --thousands ,
	stderr_has "too long"
	table in 'a;b' '5,x;2'
	refuses 1 -d ';' --decimal ,
	stderr_has "'5,x' is not a number"
	table in 'a;b' '5,5;NA' '2,5;n'
	back_but "smpc-share: in: left out 1 of 2 rows for missing values: 1 in 'b'" -d ';' --decimal , --na drop --codes b=n
	assert_output $'a,b\n2.5,0'
	back -d ';' --decimal , --na 0.5 -c a
	table in 'a;b' '5,5;7' '2,5;8'
	back -d ';' --decimal , --scale a=2 --standardize --no-standardize a
	assert_output $'a,b\n11,-1\n5,1'
	back --decimal . --thousands , -d ';' -c b
	for wrong in "--decimal ;" "--decimal ,," "--decimal=" "--thousands ;" "--thousands x" "--thousands ." "--decimal , --thousands ," \
		"--decimal ," "-d , --decimal ,"; do
		# shellcheck disable=SC2086 # words
		refuses 2 $wrong
	done
	stderr_has "in: ',' is between fields, and cannot be the decimal mark"
}

@test "--percent and --strip: signs and units" {
	printf '%s\n' p,q,eur '12 %,50,€ 1.5' '-0.5%,7,-€20' '+100%,8,€ -3' ' 3%,9,4 €' >in
	back --percent p --strip €
	assert_output $'p,q,eur\n0.12,50,1.5\n-0.005,7,-20\n1,8,-3\n0.03,9,4'
	back --percent 1 --scale p=100 -c p
	assert_output $'p\n12\n-0.5\n100\n3'
	refuses 1 --percent p
	stderr_has "in:2: column 'eur': '€ 1.5' is not a number; --strip TEXT takes a sign or unit off numbers"
	refuses 1 -c p
	stderr_has "in:2: column 'p': '12 %' is not a number; --percent names columns of numbers per cent"
	refuses 1 --percent p,q --strip €
	stderr_has "in:2: column 'q': '50' has no % behind it"
	refuses 2 --percent z
	refuses 2 --percent p -c q
	stderr_has "not selected"
	refuses 2 --percent p --one-hot p=1,2 -c p
	refuses 1 -c p --percent p --fraction-bits 0
	# exactly, and not by way of 12 / 100
	table in p 29%
	back_large --percent p --fraction-bits 62
	table in p 0.29
	local exact=$output
	back_large --fraction-bits 62
	assert_output "$exact"
	table in p 1e1%
	refuses 1 --percent p
	table in 'p;x' '"1.234,5 %";CHF 1.000' 'NA;2,5 kg'
	back_but "smpc-share: in: left out 1 of 2 rows for missing values: 1 in 'p'" -d ';' --decimal , --thousands . --percent p \
		--strip CHF --strip kg -x x --na drop
	assert_output $'p\n12.345'
	back -d ';' --decimal , --thousands . --percent p --strip CHF --strip kg -x x --na 0.5
	assert_output $'p\n12.345\n0.5'
	# a column has one unit
	table in x '2.5 kg' '500 g'
	refuses 1 --strip kg --strip g
	stderr_has "in:3: column 'x': '500 g' has 'g' with it, and a number before has 'kg'"
	refuses 1 --strip g
	stderr_has "in:2: column 'x': '2.5 kg' is not a number"
	table in x,y '2.5 kg,$1' '3kg,$2'
	back --strip g --strip '$' --strip kg
	assert_output $'x,y\n2.5,1\n3,2'
	table in x 'Fr. 2.50' 'Fr.3'
	back --strip Fr.
	assert_output $'x\n2.5\n3'
	table in x kg 1kg2
	refuses 1 --strip kg
	for wrong in '' 5 . - ' kg' kg2; do
		refuses 2 --strip "$wrong"
	done
}

@test "--na-text: other words for missing values" {
	printf '%s\n' a,b '1,#N/A' '2,<NA>' '3,"None"' '4,.' '5,-999' '6,"-999"' '7,7' >in
	refuses 1
	stderr_has "in:2: column 'b': '#N/A' is not a number; -x leaves a column out, --one-hot and --codes take text, --na-text"
	back_but "smpc-share: in: left out 6 of 7 rows for missing values: 6 in 'b'" --na drop --na-text '#N/A,<NA>' --na-text None \
		--na-text=.,-999
	assert_output $'a,b\n7,7'
	back --na 0 --na-text '#N/A,<NA>,None,.,-999'
	assert_output $'a,b\n1,0\n2,0\n3,0\n4,0\n5,0\n6,0\n7,7'
	refuses 1 --na-text '#N/A,<NA>,None,.,-999'
	stderr_has "in:2: column 'b': the value is missing ('#N/A')"
	# by its text: the number may be there in another form
	table in a,b 1,-999 2,-999.0 3,-9990 ' -999 ,4' NA,5 -9.99e2,6 -99,-999.1
	back_but "smpc-share: in: left out 5 of 7 rows for missing values: 3 in 'a', 2 in 'b'" --na drop --na-text -999
	assert_output $'a,b\n3,-9990\n-99,-999.1'
	# where commas are in numbers, they do not separate words
	table in 'a;b' '1;-999,0' '0;2,5'
	back_but "smpc-share: in: left out 1 of 2 rows for missing values: 1 in 'b'" -d ';' --decimal , --na drop --na-text -999,0
	assert_output $'a,b\n0,2.5'
	table in k,v x,1 -,2
	back_but "smpc-share: in: left out 1 of 2 rows for missing values: 1 in 'k'" --na-text - --codes k=x,y --na drop
	back --na-text - --codes k=x,-
	assert_output $'k,v\n0,1\n1,2'
}

@test "--comment: lines that begin with a character" {
	printf '# from "the lab, 1\na,b\n# x\n1,2\n#\n3,4\n\n# end\n' >in
	back --comment '#'
	assert_output $'a,b\n1,2\n3,4'
	back --comment '#' --standardize
	back --comment '#' -x a
	assert_output $'b\n2\n4'
	printf 'a,b\n#x,2\n1,2 # x\n' >in
	refuses 1 --comment '#'
	stderr_has "in:3: column 'b'"
	back --comment '#' -x b
	assert_output $'a\n1'
	# in a column that is left out, too
	printf 'a,b\n#x,2\n1,3\n' >in
	back --comment '#' -x a
	assert_output $'b\n3'
	back -x a
	assert_output $'b\n2\n3'
	printf 'a\n1\n\n# x\n3\n' >in
	refuses 1 --comment '#'
	stderr_has "in:3: column 'a': the value is missing"
	printf '# x\n\na,b\n1,2\n' >in
	refuses 1 --comment '#'
	stderr_has "in:2: the first line is blank"
	printf 'a,b\n"1\n# x",2\n' >in
	refuses 1 --comment '#' --codes a=1
	stderr_has "in:2: column 'a'"
	table in a,b 1,2
	for wrong in ',' '"' x 1 - ' ' '' '##'; do
		refuses 2 --comment "$wrong"
	done
	refuses 2 --comment ';' -d ';'
}

@test "what is no number: the option that is offered is the one that helps" {
	local text="-x leaves a column out, --one-hot and --codes take text"
	printf '%s\n' id,kg,born,seen,sum,eur "N017,7 kg,2021-03-05,5.3.2021,1'234.5,€ 1 234" "T3,5x,2020-01-01,2020-01-01 10:00,1 234,USD 12" >in
	capture smpc-share --check in
	assert_failure 1
	stderr_has "in:2: column 'id': 'N017' is not a number; $text"
	stderr_has "in:3: column 'id': 'T3' is not a number; $text"
	stderr_has "in:2: column 'kg': '7 kg' is not a number; --strip TEXT"
	stderr_has "in:3: column 'kg': '5x' is not a number; --strip TEXT"
	stderr_has "in:2: column 'born': '2021-03-05' is not a number; --date takes dates, written as 2026-11-29"
	stderr_has "in:2: column 'seen': '5.3.2021' is not a number; --date takes"
	stderr_has "in:3: column 'seen': '2020-01-01 10:00' is not a number; --date takes"
	stderr_has "in:2: column 'sum': '1'234.5' is not a number; --thousands says"
	stderr_has "in:3: column 'sum': '1 234' is not a number; --thousands says"
	stderr_has "in:2: column 'eur': '€ 1 234' is not a number; --strip TEXT"
	stderr_has "in:3: column 'eur': 'USD 12' is not a number; --strip TEXT"
	refuses 1 -c born,seen --date born,seen
	stderr_has "in:2: column 'seen': '5.3.2021' is not a date, YYYY-MM-DD; correct it, --na-text"
	# where points are no decimal marks, too
	printf '%s\n' 'seen;kg' '21.10.2018;1,5' '1.2.2019;2.5' '2020-01-01 10:00:00;1' >in
	for how in "" "--thousands ."; do
		# shellcheck disable=SC2086 # words
		capture smpc-share --check -d ';' --decimal , $how in
		for text in 2:21.10.2018 3:1.2.2019; do
			stderr_has "in:${text%%:*}: column 'seen': '${text#*:}' is not a number; --date takes dates, written as 2026-11-29, without time of day: R's as.Date(x, \"%d.%m.%Y\") writes those such as 5.3.2021 so; -x leaves a column out"
		done
		stderr_has "in:3: column 'kg': '2.5' has a"
	done
	text="-x leaves a column out, --one-hot and --codes take text"
	# versions are neither dates nor numbers
	table in v 1.2.3.4 123.1.1 1.2
	capture smpc-share --check in
	stderr_has "in:2: column 'v': '1.2.3.4' is not a number; $text"
	stderr_has "in:3: column 'v': '123.1.1' is not a number; $text"
	# a table that is read by the wrong delimiter, with quotes and without
	table in '"a";"b"' '1;2'
	refuses 1
	stderr_has "in:1: field 1 has a quote inside: all of the field must be quoted, and a quote in it doubled; are the fields separated by semicolons? -d ';' says so"
	printf '"a"\t"b"\n1\t2\n' >in
	refuses 1
	stderr_has "are the fields separated by tabs? -d tab says so"
	printf 'a\tb\n1\t2\n' >in
	refuses 1
	stderr_has "in:1: the name of column 1 holds a control character; are the fields separated by tabs? -d tab says so; -x 1 leaves it out"
	quietly smpc-share --check -d tab in
	table in 'a;b' '1;2,5'
	refuses 1
	stderr_has "in:2: 2 fields where the header has 1; are the fields separated by semicolons? -d ';' says so"
	refuses 2 --decimal ,
	stderr_has "in: ',' is between fields, and cannot be the decimal mark; are the fields separated by semicolons? -d ';' says so"
	table in 'a|b' '1|2,5'
	refuses 1
	stderr_has "-d '|' says so"
	table in a,b 1,2
	refuses 1 -d ';'
	stderr_has "-d , says so"
	table in 'a b' '1 2'
	refuses 1
	stderr_has "in:2: column 'a b': '1 2' is not a number; are the fields separated by blanks? -d ' ' says so"
	# comments
	table in '# by us' a 1
	refuses 1
	stderr_has "--comment '#' passes over lines that begin so"
	table in a,b 1,2 '#3,4'
	refuses 1
	stderr_has "in:3: column 'a': '#3' is not a number; --comment '#'"
}

@test "--na: what stands in, and where" {
	table in a,b 1,x ,y 2,
	refuses 2 --na mean --one-hot b=x,y
	stderr_has "--na mean is said of columns of numbers: --na COLUMN=mean, or --na A,B=mean for several"
	refuses 1 --na 0 --one-hot b=x,y
	stderr_has "in:4: column 'b': the value is missing, and in its place '0' is none of its categories: x, y"
	refuses 1 --one-hot b=x,y
	stderr_has "in:3: column 'a': the value is missing (''); --na drop leaves such rows out, --na VALUE takes VALUE instead; --na COLUMN=drop"
	refuses 2 --one-hot b=x,y --codes b=x,y
	stderr_has "a column is given twice, to one-hot or codes"
	refuses 2 --baseline b=x
	stderr_has "baseline 'b=x': a column is not one-hot"
}

@test "--no-quotes: quotes are characters as any" {
	printf 'size\tname\t"n"\n1\t3" nail\t5\n2\t"\t6\n' >in
	back -d tab --no-quotes -x name
	assert_output $'size,"""n"""\n1,5\n2,6'
	refuses 1 -d tab -x name
	stderr_has "in:2: field 2 has a quote inside: all of the field must be quoted, and a quote in it doubled; --no-quotes"
	table in a,b '"1",2'
	refuses 1 --no-quotes
	stderr_has "in:2: column 'a': '\"1\"' is not a number"
	refuses 2 --no-quotes --thousands ,
}

@test "options for the text of CSV are refused for arrays and models" {
	needs python3
	npy '<f8' '(2, 1)' '<d' -999 3 >in
	for option in "--na-text -999" "--decimal ," "--thousands ," "--comment #" --no-quotes "--strip x" "--percent 1"; do
		# shellcheck disable=SC2086 # words
		refuses 2 $option
		stderr_has "in: is an array of numbers"
	done
	echo '{"name":"x","rows":[[1]]}' >in
	for option in "--na-text -999" "--decimal ," "--thousands ," "--comment #" --no-quotes "--strip x" "--percent 1"; do
		# shellcheck disable=SC2086 # words
		refuses 2 $option
	done
}

@test "-c and -x: columns by name, position and range, in order" {
	table in a,b,c,d 1,2,3,4 5,6,7,8
	back -c c,a
	assert_output $'c,a\n3,1\n7,5'
	back --columns 2- --columns=1
	assert_output $'b,c,d,a\n2,3,4,1\n6,7,8,5'
	back -x b,3
	assert_output $'a,d\n1,4\n5,8'
	back -c 2-4 --exclude=c
	assert_output $'b,d\n2,4\n6,8'
	refuses 2 -c e
	stderr_has "no column 'e'"
	refuses 2 -c a,1
	stderr_has "column 'a' is selected twice"
	refuses 2 -c 5
	stderr_has "there are 4 columns"
	refuses 2 -x a-d
	refuses 2 -x 1-
	stderr_has "no column is left"
	refuses 2 -x aa
	table in age,weight 1,2
	refuses 2 -c wieght
	stderr_has "did you mean 'weight'?"
}

@test "columns that are left out may hold anything" {
	table in name,a,b ann,1,2 'bob,2,NA'
	back -c a
	assert_output $'a\n1\n2'
	refuses 1
	stderr_has "in:2: column 'name': 'ann' is not a number; -x leaves a column out, --one-hot and --codes take text"
}

@test "--na: missing values are an error, drop their rows, or are a number" {
	for missing in NA N/A NaN nan null NULL '?' '' ' '; do
		table in a,b 1,2 "3,$missing" 5,6
		refuses 1
		stderr_has "in:3: column 'b': the value is missing"
		stderr_has "--na drop"
		back_but "smpc-share: in: left out 1 of 3 rows for missing values: 1 in 'b'" --na drop
		assert_output $'a,b\n1,2\n5,6'
		back --na=-0.5
		assert_output $'a,b\n1,2\n3,-0.5\n5,6'
		refuses 1 --na error
	done
	refuses 2 --na zero
	stderr_has "cannot stand in"
	refuses 5 --na 1e30
	stderr_has "in:3: column 'b'"
	# a row that is dropped must be faultless otherwise
	table in a,b NA,x 1,2
	refuses 1 --na drop
	stderr_has "'x' is not a number"
}

@test "--na drop: the owner is told how many rows were left out, and why" {
	printf '%s\n' a,b,c 1,2,3 ,2,3 1,NA,3 ,,3 1,2,3 >in
	local line="smpc-share: in: left out 3 of 5 rows for missing values: 2 in 'a', 2 in 'b'"
	back_but "$line" --na drop
	assert_output $'a,b,c\n1,2,3\n1,2,3'
	capture smpc-share --public -f -o p --na drop in
	assert_equal "$stderr" "$line"
	capture smpc-share --check --na drop - <in
	assert_equal "$stderr" "${line/ in:/ standard input:}"
	# what is not shared is not missing, and nothing is said of nothing
	back --na drop -c c
	back_but "smpc-share: in: left out 2 of 5 rows for missing values: 2 in 'b'" --na drop -c b,c
	back --na 0
	table in a,b 1,2
	back --na drop
	# many columns do not make a long line
	{
		seq -s , -f "x%.0f" 100
		seq -s , 100
		yes '' | head -n 100 | paste -s -d ,
	} >in
	capture smpc-share --check --na drop in
	assert_success
	assert_equal "${#stderr_lines[@]}" 1
	stderr_has "left out 1 of 2 rows for missing values: 1 in 'x1', 1 in 'x2', "
	[ "${#stderr}" -lt 400 ]
}

@test "--na COL=...: missing values of some columns" {
	table in age,sex,bp,y 34,f,120,1 ,m,,0 51,,130,1 NA,f,1,
	back --na error --na y=0 --na age=mean --na sex=m --na bp=100 --one-hot sex=f,m --range age=18..99
	assert_output "age,age.present,sex=f,sex=m,bp,y
34,1,1,0,120,1
,0,0,1,100,0
51,1,0,1,130,1
,0,1,0,1,0"
	# a missing value is 0, which the range has to hold
	assert_equal "$(known s.1)" "age: number, from 0 to 99, values may be missing, words times 2^-7
age.present: presence of age, from 0 to 1
sex=f: indicator 'f' of sex, from 0 to 1
sex=m: indicator 'm' of sex, from 0 to 1"
	# nothing need be missing
	quietly smpc-share -n 2 -f -o s -c age --na age=mean - <<<$'age\n3'
	quietly smpc-reveal s.1 s.2
	assert_output $'age,age.present\n3,1'
	back_but "smpc-share: in: left out 2 of 4 rows for missing values: 2 in 'age'" --na age=drop --na 7 --codes sex=f,m,7
	assert_output $'age,sex,bp,y\n34,0,120,1\n51,2,130,1'
	smpc-info --json s.1 | grep -q '"dropped":true'
	# the option for one column goes before that for all, wherever it stands
	back_but "smpc-share: in: left out 2 of 4 rows for missing values: 2 in 'age', 1 in 'bp', 1 in 'y'" --na sex=f --na drop \
		--codes sex=f,m
	refuses 1 --na 0 --na sex=error --codes sex=f,m,0
	stderr_has "in:4: column 'sex': the value is missing ('')"
	for option in age=x sex=z zz=1 age=1,2 age=; do
		refuses 2 --na 0 --na "$option" --codes sex=f,m,0
	done
	refuses 2 --na 0 --na age=1 --na bp,age=2 --codes sex=f,m,0
	stderr_has "given twice"
	refuses 5 --na 0 --na age=1e30 --codes sex=f,m,0 --range age=0..1e6
	stderr_has "'1e30' does not fit the column"
	# a file is read by the fast reader, too, and by it alone
	{
		echo a,b
		yes $'1,2\n3,4' | head -n 20000
		echo ,6
	} >in
	back --na a=mean --na-indicator a,b
	assert_line --index 0 a,a.present,a.missing,b,b.missing
	assert_line --index 20000 3,1,0,4,0
	assert_line --index 20001 ,0,1,6,0
	assert_equal "$(sort -u <<<"$output" | wc -l)" 4
}

@test "--na COL=mean where no mean can be filled in" {
	table in a,k 1,x NA,y
	for option in "-a" "-q 2^64" "--fraction-bits 0"; do
		# shellcheck disable=SC2086 # words
		fails_with 2 smpc-share -n 2 -f -o s $option --na a=mean --codes k=x,y in
		stderr_has "have no means that could be filled in"
	done
	refuses 2 -q 7 -c a --na a=mean
	refuses 2 --na k=mean --codes k=x,y --na 0
	refuses 2 -c a --standardize --na a=mean
	stderr_has "--no-standardize"
	back --codes k=x,y --standardize --no-standardize a --na a=mean
	assert_output $'a,a.present,k\n1,1,0\n,0,1'
	quietly smpc-share --public -f -o p -c a --na a=mean in
	assert_equal "$(known p)" "$(printf '%s\n' "a: number, values may be missing" "a.present: presence of a, from 0 to 1")"
	table in 1,2 NA,3
	refuses 2 --no-header --na 1=mean
	back --no-header --na 1=7
	assert_output $'1,2\n7,3'
}

@test "--na-indicator: a column says where values are missing" {
	table in a,b,k 1,,x ,2, 3,4,x
	back --na 0 --na k=y --one-hot k=x,y --na-indicator a,k --na-indicator b
	assert_output $'a,a.missing,b,b.missing,k=x,k=y,k.missing\n1,0,0,1,1,0,0\n0,1,2,0,0,1,1\n3,0,4,0,1,0,0'
	assert_equal "$(known s.1 | grep missing)" "a.missing: indicator, 1 where there is no value of a, from 0 to 1
b.missing: indicator, 1 where there is no value of b, from 0 to 1
k.missing: indicator, 1 where there is no value of k, from 0 to 1"
	# with whole numbers, too
	for option in "-q 7" "--fraction-bits 0"; do
		# shellcheck disable=SC2086 # words
		back $option -c a --na 5 --na-indicator a
		assert_output $'a,a.missing\n1,0\n5,1\n3,0'
	done
	refuses 1 -c a --na-indicator a
	stderr_has "the value is missing"
	refuses 2 -c a --na-indicator b
	refuses 2 -c 1,2 --no-header --na-indicator 1
	stderr_has "names of columns"
	table in a,a.missing 1,2
	refuses 2 --na-indicator a
	stderr_has "a second column 'a.missing'"
	back --na-indicator a -x 2
	refuses 2 --na-indicator a.missing --na a.missing=mean --na a=mean -x a
}

@test "--one-hot: a column of 0 and 1 for each category" {
	table in a,kind,b 1,red,2 3,blue,4 5,red,6
	back --one-hot kind=blue,green,red
	assert_output $'a,kind=blue,kind=green,kind=red,b\n1,0,0,1,2\n3,1,0,0,4\n5,0,0,1,6'
	back -c kind,b --one-hot=kind=red,blue
	assert_output $'kind=red,kind=blue,b\n1,0,2\n0,1,4\n1,0,6'
	refuses 1 --one-hot kind=red,green
	stderr_has "in:3: column 'kind': 'blue' is none of its categories: red, green"
	refuses 2 --one-hot kind
	stderr_has "COLUMN=CATEGORY"
	refuses 2 --one-hot kind=
	refuses 2 --one-hot kind=red,red
	stderr_has twice
	refuses 2 --one-hot nothing=a,b
	refuses 2 -c a --one-hot kind=red,blue
	stderr_has "not selected"
	refuses 2 --one-hot kind=red,blue --one-hot kind=red,blue
}

@test "--one-hot: numbers, missing values, without names" {
	table in 1,x 2,y NA,x
	refuses 1 --no-header --one-hot 1=1,2 --one-hot 2=x,y
	stderr_has "in:3: column 1: the value is missing"
	back_but "smpc-share: in: left out 1 of 3 rows for missing values: 1 in column 1" --no-header --one-hot 1=1,2 \
		--one-hot 2=x,y --na drop
	assert_output $'1,0,1,0\n0,1,0,1'
	back --no-header --one-hot 1=1,2 --one-hot 2=x,y --na 2
	assert_output $'1,0,1,0\n0,1,0,1\n0,1,1,0'
	back --no-header --one-hot 1=1,2,NA -c 1
	assert_output $'1,0,0\n0,1,0\n0,0,1'
}

@test "--codes: the position of a text" {
	table in a,kind,ill 1,red,no 3,blue,yes 5,red,no
	back --codes ill=no,yes --codes kind=blue,green,red
	assert_output $'a,kind,ill\n1,2,0\n3,0,1\n5,2,0'
	back --codes=ill=yes,no --one-hot kind=red,blue --standardize --no-standardize a
	assert_output $'a,kind=red,kind=blue,ill\n1,1,0,1\n3,0,1,0\n5,1,0,1'
	back -x a,kind --codes ill=no,yes --fraction-bits 0
	assert_output $'ill\n0\n1\n0'
	refuses 1 --codes ill=No,Yes --one-hot kind=red,blue
	stderr_has "in:2: column 'ill': 'no' is none of its categories: No, Yes"
	refuses 2 --codes ill
	stderr_has "codes 'ill': must be COLUMN=CATEGORY"
	refuses 2 --codes ill=no,no
	stderr_has twice
	refuses 2 --codes nothing=no,yes
	refuses 2 --codes ill=no,yes --one-hot ill=no,yes
	stderr_has "given twice"
	refuses 2 --codes ill=no,yes --scale ill=2
	refuses 5 -c kind --codes kind=blue,green,red --fraction-bits 62
	stderr_has "does not fit"
	refuses 5 -c kind --codes kind=blue,green,red -q 2
	smpc-share -n 2 -o coded --codes ill=no,yes --codes kind=blue,green,red in
	assert_equal "$(smpc-info coded.0 | sed -n 's/^column  *//p')" \
		$'kind: class \'blue\', \'green\', \'red\', from 0 to 2\nill: class \'no\', \'yes\', from 0 to 1'
	table in flag,y 'True,1' ' False ,0' ',1'
	refuses 1 --codes flag=False,True
	stderr_has missing
	back_but "smpc-share: in: left out 1 of 3 rows for missing values: 1 in 'flag'" --codes flag=False,True --na drop
	assert_output $'flag,y\n1,1\n0,0'
	back --codes flag=False,True --na True
	assert_output $'flag,y\n1,1\n0,0\n1,1'
	refuses 1 --codes flag=False,True --na 1
	table in 7,0 9,1
	back --no-header --codes 1=9,8,7
	assert_output $'7,0\n9,1'
	table in 07,0 9,1
	back --no-header --codes 1=9,8,07
	assert_output $'2,0\n0,1'
}

# known FILE: what smpc-info says of its columns, a line for each that anything is known of.
known() {
	smpc-info "$1" | sed -n 's/^column  *//p'
}

@test "--codes and --one-hot: the shares say which values there are" {
	table in a,kind,ill 1,red,no 3,blue,yes
	for scheme in "-n 2" "-n 2 -a" "-n 2 --fraction-bits 0" "-n 2 -q 2^64"; do
		# shellcheck disable=SC2086 # words
		quietly smpc-share $scheme -f -o s --codes ill=no,yes --one-hot kind=red,blue in
		assert_equal "$(known s.1)" "kind=red: indicator 'red' of kind, from 0 to 1
kind=blue: indicator 'blue' of kind, from 0 to 1
ill: class 'no', 'yes', from 0 to 1"
	done
	quietly smpc-share --public -f -o p --codes ill=no,yes -c ill in
	assert_equal "$(known p)" "ill: class 'no', 'yes', from 0 to 1"
	back --codes ill=no,yes --codes kind=blue,green,red --fraction-bits 8
	smpc-info --json s.1 >json
	run grep -o '"about":.*512"\],"values":\["blue","green","red"\]},{"kind":"class","range":\["0","256"\]' json
	assert_success
	# integers modulo something smaller are told of as ever
	quietly smpc-share -n 2 -f -o s -q 7 --codes ill=no,yes --one-hot kind=red,blue in
	assert_equal "$(known s.1)" ""
	# without names, indicators of nothing are numbers
	table in red,no blue,yes
	back --no-header --codes 2=no,yes --one-hot 1=red,blue
	assert_equal "$(known s.1)" "1: number, from 0 to 1
2: number, from 0 to 1
3: class 'no', 'yes', from 0 to 1"
}

@test "--codes: owners who write them in another order are not joined" {
	table in ill no yes
	smpc-share -n 2 -o x --codes ill=no,yes in
	smpc-share -n 2 -o y --codes ill=yes,no in
	smpc-share -n 2 -o z in --codes ill=no,yes
	fails_with 4 smpc-cat x.1 y.1
	stderr_has "column 'ill'"
	stderr_has "in its values: 'yes', 'no' here, 'no', 'yes' there"
	quietly smpc-cat -o both x.1 z.1
}

@test "--baseline: a category without a column" {
	table in a,kind,b 1,red,2 3,blue,4 5,green,6
	back --one-hot kind=blue,green,red --baseline kind=green
	assert_output $'a,kind=blue,kind=red,b\n1,0,1,2\n3,1,0,4\n5,0,0,6'
	assert_equal "$(known s.1)" "kind=blue: indicator 'blue' of kind, from 0 to 1
kind=red: indicator 'red' of kind, from 0 to 1"
	back --one-hot kind=blue,green,red --baseline kind=red --fraction-bits 0
	assert_line --index 1 1,0,0,2
	for option in kind=pink kind= kind a=1 zz=red; do
		refuses 2 --one-hot kind=blue,green,red --baseline "$option"
	done
	refuses 2 --codes kind=blue,green,red --baseline kind=red
	stderr_has "not one-hot"
	refuses 2 --one-hot kind=red --baseline kind=red
	refuses 2 --one-hot kind=blue,green,red --baseline kind=red --baseline kind=blue
	refuses 1 --one-hot kind=blue,red --baseline kind=red
	stderr_has "in:4: column 'kind': 'green' is none of its categories: blue, red"
}

@test "--date: days since 1970-01-01, every day that can be" {
	needs python3
	python3 -c '
import datetime
print("d,n")
for n in range(-32767, 32768):
    print(datetime.date(1970, 1, 1) + datetime.timedelta(n), n, sep=",")' >in
	back --date d
	assert_equal "$(known s.1)" "d: date, from -32767 to 32767"
	assert_line --index 0 d,n
	run awk -F , 'NR > 1 && $1 != $2' <<<"$output"
	assert_output ""
	table in d 2001-02-03 NA
	back --date d --range d=2000-01-01..2009-12-31 --na 2005-01-01 --fraction-bits 8
	assert_output $'d\n11356\n12784'
	assert_equal "$(known s.1)" "d: date, from 10957 to 14609"
	back --date d --na d=mean
	assert_equal "$(known s.1)" $'d: date, from -32767 to 32767, values may be missing\nd.present: presence of d, from 0 to 1'
	refuses 5 --date d --range d=2001-02-04..2009-12-31 --na drop
	stderr_has "in:2: column 'd': 2001-02-03 is beyond the range 2001-02-04..2009-12-31 that --range declares"
	# scaled, they are numbers
	capture smpc-share -n 2 -f -o s --date d --na drop --scale d=0.5 --range d=5000..6000 in
	assert_equal "$(known s.1)" "d: number, from 5000 to 6000 times 0.5, words times 2^-1"
	for text in 9999-12-31 1880-04-14 2059-09-19; do
		table in d $text
		refuses 5 --date d
		stderr_has "in:2: column 'd': $text is beyond the dates that can be shared, 1880-04-15 to 2059-09-18; --na-text says"
	done
	for text in 2021-02-30 2021-00-01 21-02-03 2021/02/03 03.02.2021 2021-02-03T10:00:00Z '2021-02-03 10:00' 20210203 2021-02; do
		table in d "$text"
		refuses 1 --date d
		stderr_has "in:2: column 'd': '$text'"
	done
	table in d,k 2021-02-03,x
	refuses 2 --date d,k --codes k=x
	refuses 2 --date d --codes k=x --range d=0..1e5
	refuses 2 --date d --codes k=x --range d=1800-01-01..2000-01-01
	refuses 2 --date d --codes k=x --unit d=days
	npy '<f8' '(1, 1)' '<d' 1 >in
	refuses 2 --date 1
	stderr_has "is an array of numbers"
}

@test "the shares say whether rows were dropped, also out of a pipe and of many records" {
	table in a,b 1,2 3,4 5,
	back_but "smpc-share: in: left out 1 of 3 rows for missing values: 1 in 'b'" --na drop
	smpc-info --json s.1 | grep -q '"dropped":true'
	back -c a --na drop
	smpc-info --json s.1 >json
	run grep -c dropped json
	assert_output 0
	back --na 0
	smpc-info --json s.0 >json
	run grep -c dropped json
	assert_output 0
	# the last of many rows is dropped
	{
		echo a,b
		seq 300000 | sed 's/$/,1/'
		echo ,2
	} >in
	local option
	for option in "-n 2" "-n 2 -a" "-n 2 -q 2^20"; do
		for from in in -; do
			# shellcheck disable=SC2086 # words
			capture smpc-share $option -f -o s --na drop $from < <(cat in)
			assert_success
			stderr_has "left out 1 of 300001 rows"
			for share in s.1 s.2; do
				smpc-info --json $share | grep -q '"dropped":true.*"rows":300000'
			done
		done
	done
	capture smpc-share --public -f -o p --na drop in
	smpc-info --json p | grep -q '"dropped":true'
	# --standardize reads ahead, too
	table in a,b 1,2 3,4 5,
	capture smpc-share -n 2 -f -o s --standardize --na drop in
	smpc-info --json s.1 | grep -q '"dropped":true'
}

@test "--public: the words that shares reveal, as a public stream" {
	local rows
	for rows in 1 700 8192 20000; do
		awk -v n=$rows 'BEGIN { print "a,b"; for (i = 0; i < n; i++) print i / 8 "," (-i) }' >in
		smpc-share -f -n 2 -o s in
		smpc-reveal --public -o want s.1 s.2
		smpc-share -f --public -o got in
		smpc-reveal got | cmp - <(smpc-reveal want)
		is_line shape got "$rows x 2"
		is_line scheme got "public"
		smpc-share --public <in | smpc-reveal - | cmp - <(smpc-reveal want)
	done
	assert_equal "$(smpc-cat --json got | grep -o '"words":.*' | cksum)" "$(smpc-cat --json want | grep -o '"words":.*' | cksum)"
	table in a,b 1,2 3,4
	quietly smpc-share --public -f -o got -q 5 in
	assert_equal "$(smpc-reveal got | tail -n 1)" 3,4
	table in k,v x,1.5 y,-2
	quietly smpc-share --public -f -o got --codes k=x,y --fraction-bits 4 --name t in
	is_line "fraction bits" got 4
	is_line tensor got t
	fails_with 1 smpc-share --public -o got --codes k=x,y in
	stderr_has got
	fails_with 1 smpc-share --public -o new in
	assert_not_exists new
	quietly smpc-share --public --check --codes k=x,y in
	for option in "-n 2" -a "-O 1=x" --no-seal "-p p.json" "-i key" "--from 1"; do
		# shellcheck disable=SC2086 # words
		fails_with 2 smpc-share --public $option -o new --codes k=x,y in
	done
	assert_not_exists new
	# a model of several tensors
	echo '{"name":"fc.weight","rows":[[0.5,1]]}
	{"name":"fc.bias","rows":[[-6]]}' >model.json
	smpc-share -n 2 --net 'dense 1, sigmoid' -o m model.json
	smpc-share --public --net 'dense 1, sigmoid' -o m model.json
	cmp <(smpc-reveal -j m) <(smpc-reveal -j m.1 m.2)
}

@test "--scale: a column times a number" {
	table in a,b,c 1,2,3 -4,5,6
	back --scale a=0.5
	assert_output $'a,b,c\n0.5,2,3\n-2,5,6'
	back --scale a,c=-10 --scale=b=0.25
	assert_output $'a,b,c\n-10,0.5,-30\n40,1.25,-60'
	for wrong in a a= a=x =2 a=0; do
		refuses 2 --scale "$wrong"
	done
	refuses 2 --scale z=2
	refuses 2 --scale a=2 --scale a=3
	refuses 5 --scale a=1e30
	stderr_has "in:2: column 'a': 1 does not fit when it is scaled"
	refuses 2 --fraction-bits 0 --scale a=2
	stderr_has "fraction bits"
}

@test "--range: small and large numbers keep their digits, and the shares say the range" {
	table in volt,income,eur,age 1.25e-9,61000.1,1e12,34 -0.00000000083,200000,123456789012,51
	back --range volt=-2e-9..2e-9 --range income=0..2e5 --range=eur=0..1e12 --unit volt=V --unit income,eur=EUR
	assert_output $'volt,income,eur,age\n0.00000000125,61000.1,1000000000000,34\n-0.00000000083,200000,123456790000,51'
	assert_equal "$(known s.1)" "volt: number, from -0.000000002000000002 to 0.000000002000000002 V, words times 2^-42
income: number, from 0 to 200000 EUR, words times 2^4
eur: number, from 0 to 1000000000000 EUR, words times 2^26"
	assert_equal "$(known s.0)" "$(known s.2)"
	# several columns, by position; bounds that are words; of other schemes
	for scheme in "-n 2" "-n 2 -a"; do
		rm -f s.?
		# shellcheck disable=SC2086 # words
		quietly smpc-share $scheme -f -o s -c 4,2 --range 2,age=-250000..250000 --fraction-bits 20 in
		assert_equal "$(known s.1)" "age: number, from -250000 to 250000, words times 2^8
income: number, from -250000 to 250000, words times 2^8"
		reveals s age,income 34,61000.1 51,200000
	done
	quietly smpc-share --public -f -o p --range volt=-2e-9..2e-9 -c volt in
	quietly smpc-reveal p
	assert_output $'volt\n0.00000000125\n-0.00000000083'
	table in a,b 1,-3 2,4
	for integers in "--fraction-bits 0" "-q 2^64"; do
		# shellcheck disable=SC2086 # words
		back $integers --range a,b=-3.5..4
		assert_output $'a,b\n1,-3\n2,4'
		assert_equal "$(known s.1)" $'a: number, from -4 to 4\nb: number, from -4 to 4'
		# shellcheck disable=SC2086 # words
		refuses 5 $integers --range b=-3..3.9
		stderr_has "in:3: column 'b': 4 is beyond the range -3..3.9"
	done
}

@test "--range: what is not declared is shared as ever" {
	table in a,b 1,2.5 -3,4
	back -c a
	run grep -c -a '"about"' s.1
	assert_output 0
	back --range b=0..4
	smpc-info --json s.1 >json
	run grep -o '"about":[^]]*\][^]]*\]' json
	assert_output '"about":[null,{"exponent":-12,"kind":"number","range":["0","1073741824"]}]'
}

@test "an undeclared column whose sums may have no room is refused, with the range to paste" {
	# 2^44 in magnitude, whatever the signs, and a unit below
	table in a,b 8796093022208,1 -8796093022208,2
	refuses 5
	assert_equal "${stderr_lines[0]}" "smpc-share: in: 'a': sums of the numbers would not fit 64 bits; share them with \
--range a=-1e13..1e13"
	assert_equal "${#stderr_lines[@]}" 1
	assert_not_exists s.1
	table in a,b 8796093022208,40000 -8796093022207.99,2
	capture smpc-share -n 2 -f -o s in
	assert_success
	# factors with a fraction have room up to 2^31
	table in a,b 1073741823.99,1 -7,2
	capture smpc-share -n 2 -f -o s in
	for p in 0 1 2; do smpc-mul -c -1.99 s.$p >t.$p || return 1; done
	smpc-reveal t.1 t.2 | awk -F , 'NR == 2 { exit !($1 < -2136700000 && $1 > -2136800000) }'
	# other large columns are told of in the same run, and whoever asks for fraction bits has them
	table in a,b,c 8796093022208,40000,1e14 -8796093022208,2,0
	refuses 5
	stderr_has "'a', 'c': sums of the numbers would not fit 64 bits; share them with --range a=-1e13..1e13 --range c=0..1e14"
	stderr_has "numbers of 32768 and more are in columns without a declared range"
	stderr_has "add --range b=0..5e4"
	back_large --fraction-bits 16
	assert_line --index 2 -- -8796093022208,2,0
	back_large --range a=-1e13..1e13 --range c=0..1e14
	# public streams and whole numbers are as they are
	capture smpc-share -f --public -o s in
	assert_success
	table in a 9223372036854775807 1
	back --fraction-bits 0
	assert_line --index 1 9223372036854775807
}

# pasted OPTION...: the options that smpc-share says to add for "in", as a shell takes them.
pasted() {
	capture smpc-share --check "$@" in
	eval "options=($(grep -o -e ' --range.*' <<<"$stderr" | paste -s -d ' '))"
}

@test "columns that need a range are told in one run, with the options to paste" {
	{
		echo "income,net debt,it's,\"a,b\",small,volt,code,d"
		echo '12,-3,40000,32768,32767.99,1e-6,x,-32768'
		echo '180000,60000.5,-1e9,1,-32767,0,y,0'
	} >in
	refuses 5 --codes code=x,y
	assert_equal "${#stderr_lines[@]}" 2
	assert_equal "${stderr_lines[0]}" "smpc-share: in: 'volt': all numbers that are not 0 become 0 with 16 fraction bits; keep them with \
--range volt=0..1e-6"
	assert_equal "${stderr_lines[1]}" "smpc-share: in: numbers of 32768 and more are in columns without a declared range; their sums and \
means are exact all the same, but variance, correlation, --standardize, matmul and training will refuse them, and products by public fractions (smpc-mul -c) wrap from 2147483648 on; to declare ranges, add \
--range income=0..2e5 --range 'net debt=-5..1e5' --range 'it'\\''s=-1e9..5e4' --range a,b=0..5e4 --range d=-5e4..0"
	pasted --codes code=x,y
	assert_equal "${#options[@]}" 12
	back --codes code=x,y "${options[@]}"
	assert_output "income,net debt,it's,\"a,b\",small,volt,code,d
12,-3,40000,32768,32767.99,0.000001,0,-32768
180000,60000.5,-1000000000,1,-32767,0,1,0"
	# with some that are declared, and others
	back_large --codes code=x,y "${options[@]:0:2}"
	# what is shared otherwise is not for products
	for other in "-a -n 2 -o s" "--public -o s" "--fraction-bits 0 --check -x 2,4,small,code" "-q 2^64 --check -x 2,4,small,code"; do
		# shellcheck disable=SC2086 # words
		quietly smpc-share -f $other -x volt,code -x net\ debt -x small in
	done
}

@test "columns that need a range: by what is shared, in each of many columns" {
	# scaled, standardized, per cent
	table in a,b,c 100000,1,2 300000,2,3
	back --scale a=0.01
	back --standardize
	pasted --scale b=1e6
	assert_equal "${options[*]}" "--range a=0..5e5 --range b=0..2e6"
	back --scale b=1e6 "${options[@]}"
	assert_output $'a,b,c\n100000,1000000,2\n300000,2000000,3'
	# one of two columns of that name, and columns without
	table in a,a,b 100000,1,2
	pasted -x 2
	assert_equal "${options[*]}" "--range 1=0..1e5"
	back -x 2 "${options[@]}"
	table in 3,-1e5
	pasted --no-header
	assert_equal "${options[*]}" "--range 2=-1e5..0"
	# at other scales: as large as products have room for, and no more than 2^15
	for f in 8:32767.99:32768 16:32767.99:-32768 20:2047.9:2048 24:-127.9:-128; do
		IFS=: read -r f in out <<<"$f"
		table in a "$in"
		back --fraction-bits "$f"
		table in a "$out"
		capture smpc-share --check --fraction-bits "$f" in
		told_ranges
		stderr_has "numbers of ${out#-} and more"
	done
	# all of them, however many
	{
		seq -s , -f 'column%.0f' 300
		for i in 1 2; do
			seq -s , 100000 100000 30000000
		done
	} >in
	pasted
	assert_equal "${#options[@]}" 600
	assert_regex "${stderr_lines[1]}" "^smpc-share: in: and --range column[0-9]+="
	back "${options[@]}"
}

@test "a range that is far wider than what numbers differ by is refused where rounding changes figures" {
	{ echo pay,time,flat,whole; awk 'BEGIN { for (i = 0; i < 50; i++) printf "%.3f,%.2f,0.1,%d\n", i * 37 % 50 * 1e3, 1.7e9 + i * 17 % 50 / 10, i * 7 % 50 * 64 }'; } >in
	refuses 5 --range pay=-1e12..1e12 --range time=0..2e9 --range flat=0..1e6 --range whole=0..1e10
	assert_equal "${stderr_lines[0]}" "smpc-share: in: 'pay': numbers take up so little of the range that is declared that \
rounding to its unit changes figures; declare a tighter one with --range pay=0..1e5"
	assert_equal "${stderr_lines[1]}" "smpc-share: in: 'time': numbers are so far from 0, for what they differ by, that rounding \
changes figures; subtract a public number in the file, the same at all owners"
	assert_equal "${#stderr_lines[@]}" 2
	# what is said helps; what never differs, or is exact, is none of that
	awk -F , 'BEGIN { OFS = FS } NR > 1 { $2 = sprintf("%.2f", $2 - 1.7e9) } 1' in >in2
	mv in2 in
	back --range pay=0..1e5 --range time=0..5 --range flat=0..1e6 --range whole=0..1e10
	# long tables are looked at, too
	{ echo a,b; awk 'BEGIN { for (i = 0; i < 3000; i++) printf "%.1f,%d\n", 5 + i * 7 % 20 / 10, i % 7 }'; } >in
	refuses 5 --range a=0..1e9 --range b=0..1e9
	stderr_has "'a': numbers take up so little of the range"
	back --range a=0..10 --range b=0..1e9
	# a row that is left out says nothing: neither that numbers differ by much, nor by little
	{ echo a,b; echo 1e12,NA; awk 'BEGIN { for (i = 0; i < 20; i++) printf "%.3f,%d\n", i * 7 % 20 * 1e3, i }'; } >in
	refuses 5 --na drop --range a=0..1e12
	stderr_has "'a': numbers take up so little of the range"
}

@test "an undeclared column whose numbers differ by little more than rounding is refused" {
	{ echo p,q,deep,flag; awk 'BEGIN { for (i = 0; i < 50; i++) printf "%.6f,%.5f,%d,%d\n", i * 37 % 50 / 5e5, 20 + i * 17 % 50 / 1e5, i, i == 3 }'; } >in
	refuses 5
	assert_equal "$stderr" "smpc-share: in: 'p', 'q': numbers differ so little that rounding to 16 fraction bits changes figures; \
keep them with --range p=0..2e-4 --range q=0..50"
	back --range p=0..2e-4 --range q=0..50
	# what is exact, or differs by more, or never
	table in a,b,c,d 0.1,0.25,0,0.001 0.1,0.25,0,0.002 0.1,0.250244140625,1,0.2
	back
	# one small number among many zeros is not flat, as the border of an image
	{ echo v; yes 0 | head -n 20000; echo 0.0118; } >in
	back
	# of a few rows only what has hardly a digit left
	table in dose,effect 3.866e-05,.469 3.642e-05,-.018 4.818e-05,-.601
	refuses 5
	stderr_has "'dose': numbers differ so little that rounding to 16 fraction bits changes figures; keep them with --range dose=0..1e-4"
	table in a 20.00001 20.00005 20.00003
	refuses 5
	table in a 0.0101 0.0102 0.0107
	back
	# a single row is a query
	table in a,b 0.0003,0
	back
	# whoever asks for fraction bits has them
	table in a 0.0001 0.0002 0.0001 0.0001 0.0001 0.0001 0.0001 0.0001 0.0001 0.0001
	refuses 5
	back --fraction-bits 16
	back --fraction-bits 30
	# what is lost altogether is said once
	{ echo a; awk 'BEGIN { for (i = 1; i <= 20; i++) printf "%.12f\n", i * 3.7e-10 }'; } >in
	refuses 5
	assert_equal "$stderr" "smpc-share: in: 'a': all numbers that are not 0 become 0 with 16 fraction bits; keep them with --range a=0..1e-8"
	refuses 5 --range a=0..1e13
	assert_equal "$stderr" "smpc-share: in: 'a': all numbers that are not 0 become 0 with 16 fraction bits; keep them with --range a=0..1e-8"
	# all words are alike, and the numbers are not
	{ echo a,c; awk 'BEGIN { for (i = 0; i < 300; i++) printf "%.9f,0.1\n", 1.3e-5 + i % 7 * 1e-7 }'; } >in
	refuses 5
	stderr_has "'a': numbers differ so little that rounding to 16 fraction bits changes figures"
	{ echo a,c; yes 0.000013,0.1 | head -n 300; } >in
	back
}

@test "no range is named that would be refused: numbers far from 0 for what they differ by" {
	{ echo t,deep; awk 'BEGIN { for (i = 0; i < 40; i++) printf "%d,%.9f\n", 1.7e9 + i * 37 % 50, 1000.001 + i * 17 % 50 * 3e-8 }'; } >in
	refuses 5 -c deep
	assert_equal "$stderr" "smpc-share: in: 'deep': numbers are so far from 0, for what they differ by, that rounding changes figures; \
subtract a public number in the file, the same at all owners"
	refuses 5 -c deep --range deep=0..2000
	assert_equal "$stderr" "smpc-share: in: 'deep': numbers are so far from 0, for what they differ by, that rounding changes figures; \
subtract a public number in the file, the same at all owners"
	capture smpc-share -f -n 2 -c t -o x in
	assert_success
	assert_equal "$stderr" "smpc-share: in: with any range numbers of 't' are so far from 0, for what they differ by, that rounding changes figures; \
subtract a public number in the file, the same at all owners"
	refuses 5 -c t --range t=0..2e9
	awk -F , 'BEGIN { OFS = FS } NR > 1 { $1 = sprintf("%d", $1 - 1.7e9); $2 = sprintf("%.9f", $2 - 1000.001) } 1' in >in2
	mv in2 in
	back --range deep=0..2e-6
	# a range is named where it helps
	{ echo t; awk 'BEGIN { for (i = 0; i < 40; i++) printf "%d\n", 1.7e9 + i * 37 % 50 * 1e6 }'; } >in
	capture smpc-share -f -n 2 -o x in
	stderr_has "add --range t=0..2e9"
	back --range t=0..2e9
}

@test "rows that are dropped do not count, neither for what is lost nor for what is large" {
	table in a,b 1e-9,NA 0,2 0,3
	capture smpc-share --check --na drop in
	assert_success
	table in a,b 1e-9,NA 1e-9,2 0,3
	capture smpc-share --check --na drop in
	assert_failure 5
	stderr_has "in: 'a': all numbers that are not 0 become 0"
	stderr_has "in: left out 1 of 3 rows for missing values: 1 in 'b'"
	table in a,b NA,1e-9 1,0 2,0
	capture smpc-share --check --na drop in
	assert_success
	table in a,b -1e-3,0 1e9,NA 5,0.5
	capture smpc-share --check --na drop in
	assert_success
	assert_equal "$stderr" "smpc-share: in: left out 1 of 3 rows for missing values: 1 in 'b'"
	# of a number of such rows, in each reader
	{
		echo a,b
		yes $'1e-9,NA\n0,1\n"1e-9",' | head -n 3000
	} >in
	capture smpc-share --check --na drop in
	assert_success
	needs python3
	npy '<f8' '(2, 2)' '<d' 1e-9 nan 0 1 >in
	capture smpc-share --check --na drop in
	assert_success
}

@test "--range: numbers beyond are refused at the owner" {
	table in a,b 1,0 2,0.5 100.00000000000000000001,1
	refuses 5 --range a=0..100 --range b=0..1
	stderr_has "smpc-share: in:4: column 'a': 100.00000000000000000001 is beyond the range 0..100 that --range declares"
	back --range a=0..100.00000000000000000001 --range b=0..1
	assert_line --index 3 100,1
	refuses 5 --range a=0..1e3 --range b=1e-30..1
	stderr_has "in:2: column 'b': 0 is beyond the range 1e-30..1"
	table in a,b 1,NA 2,0.5
	refuses 5 --range b=0..1 --na 2
	stderr_has "in:2: column 'b': 2 is beyond"
	# --scale goes before
	back -c a --scale a=0.01 --range a=0..0.02
	assert_output $'a\n0.01\n0.02'
	refuses 5 -c a --scale a=-0.01 --range a=0..0.02
	stderr_has "in:2: column 'a': 1 is, scaled, beyond the range 0..0.02"
	# many rows, in any place
	{
		echo a
		seq 100000
		echo -0.5
	} >in
	refuses 5 --range a=0..1e5
	stderr_has "in:100002: column 'a': -0.5 is beyond"
	sed -i '$d' in
	back --range a=0..1e5
}

@test "--range and --unit: what cannot be meant" {
	table in a,b,k 1,2,x 3,4,y
	for range in a a= =0..1 a=1 a=..1 a=0.. a=1..0 a=0..0 a=0..nan a=-inf..0 a=0..1e400 a=0..1e-300 a=0..1e300 a=0...5 \
		c=0..1 4=0..1 k=0..1; do
		refuses 2 -x k --range "$range"
	done
	refuses 2 -x k --range a,b=0..4 --range a=0..4
	stderr_has "given twice"
	refuses 2 --codes k=x,y --range k=0..1
	stderr_has "one-hot or coded"
	refuses 2 -x k --standardize --range a=0..4
	stderr_has "standardized; --no-standardize leaves it"
	back -x k --standardize --no-standardize a --range a=0..4
	assert_output $'a,b\n1,-1\n3,1'
	refuses 2 -x k -q 7 --range a=0..4
	stderr_has "nothing is declared of integers modulo 7; -q 2^64"
	for unit in a a= "a=$(printf '%65s' x)" c=m k=m; do
		refuses 2 -x k --unit "$unit"
	done
	refuses 2 --codes k=x,y --unit k=m
	refuses 2 -x k --unit a=m --unit a=m
	# an array, by position; models have no columns
	needs python3
	npy '<f8' '(2, 2)' '<d' 1e-9 0 -1e-9 3 >in
	back --range 1=-1e-9..1e-9
	assert_output $'0.000000001,0\n-0.000000001,3'
	assert_equal "$(known s.1)" "1: number, from -0.000000001000000001 to 0.000000001000000001, words times 2^-43"
	refuses 5 --range 1=0..1
	stderr_has "in: row 2, column 1: -1e-09 is beyond"
	echo '{"name":"x","rows":[[1]]}' >in
	for option in --range=1=0..1 --unit=1=m; do
		refuses 2 "$option"
	done
}

@test "--standardize: less the mean, by the deviation of the population" {
	# mean 5, deviation 2; mean 10, deviation 0: only centred
	printf '%s\n' a,b,label 2,10,0 4,10,1 4,10,0 4,10,1 5,10,0 5,10,1 7,10,0 9,10,1 >in
	back --standardize --no-standardize label
	assert_output $'a,b,label\n-1.5,0,0\n-0.5,0,1\n-0.5,0,0\n-0.5,0,1\n0,0,0\n0,0,1\n1,0,0\n2,0,1'
	back --standardize --no-standardize=b -x label
	assert_line --index 1 -1.5,10
	quietly sh -c 'cat in | smpc-share -n 2 -f -o p --standardize -c a'
	quietly smpc-reveal p.1 p.2
	assert_output $'a\n-1.5\n-0.5\n-0.5\n-0.5\n0\n0\n1\n2'
	# a factor goes with it, and changes nothing
	back --standardize -c a --scale a=8
	assert_output $'a\n-1.5\n-0.5\n-0.5\n-0.5\n0\n0\n1\n2'
	# categories are left alone, missing rows do not count
	printf '%s\n' a,k 1,x NA,x 3,y >in
	back_but "smpc-share: in: left out 1 of 3 rows for missing values: 1 in 'a'" --standardize --one-hot k=x,y --na drop
	assert_output $'a,k=x,k=y\n-1,1,0\n1,0,1'
	refuses 2 --standardize --no-standardize nothing --one-hot k=x,y --na drop
	refuses 2 --standardize --fraction-bits 0
	refuses 2 --standardize -q 7
}

@test "--fraction-bits: rounding to the nearest, ties to even, and its edges" {
	table in a 0.3 0.25 0.75 -0.25 -0.3
	back --fraction-bits 1
	assert_output $'a\n0.5\n0\n1\n0\n-0.5'
	is_line "fraction bits" s.1 1
	table in a 0.1
	back
	assert_output $'a\n0.1'
	is_line "fraction bits" s.1 16
	table in a 1.5 -2 1.9999999999999999998
	back_large --fraction-bits 62
	assert_line --index 1 1.5
	assert_line --index 2 -2
	table in a 2
	refuses 5 --fraction-bits 62
	stderr_has "in:2: column 'a': 2 does not fit: with 62 fraction bits numbers go from -2 to 1.99999"
	table in a 9223372036854775807 -9223372036854775808
	back --fraction-bits 0
	assert_output $'a\n9223372036854775807\n-9223372036854775808'
	table in a 0.5
	refuses 1 --fraction-bits 0
	stderr_has "'0.5' is not a whole number"
	for wrong in 63 -1 x ""; do
		refuses 2 --fraction-bits "$wrong"
		stderr_has "from 0 to 62"
	done
}

@test "a number that does not fit is named with file, line, column and value" {
	table in a,b 1,2 3,140737488355327.9999 -140737488355328,4
	back_large --fraction-bits 16
	assert_line --index 3 -140737488355328,4
	table in a,b 1,2 3,140737488355328
	refuses 5
	stderr_has "smpc-share: in:3: column 'b': 140737488355328 does not fit: with 16 fraction bits numbers go from -140737488355328 to 140737488355327.9999"
	stderr_has "; with a range (--range COLUMN=LOW..HIGH) they may have any size"
	table in a,b 1,2 -140737488355328.1,4
	refuses 5
	stderr_has "in:3: column 'a': -140737488355328.1 does not fit"
	table in 1 1e400
	refuses 5 --no-header
	stderr_has "in:2: column 1: 1e400 does not fit"
	printf '1\n1e30\n' >in
	fails_with 5 smpc-share -n 2 --no-header -o s <in
	stderr_has "standard input:2:"
}

@test "a column of which rounding leaves nothing is refused, all such columns at once" {
	local what="all numbers that are not 0 become 0 with 16 fraction bits; keep them with"
	table in volt,y,amp,zero,some 1e-6,0,-2e-12,0,1e-9 0.0000071,1,0,0.0,3
	refuses 5
	assert_equal "$stderr" "smpc-share: in: 'volt', 'amp': $what --range volt=0..1e-5 --range amp=-2e-12..0"
	fails_with 5 smpc-share --public -o s in
	holds in
	back -c y,zero,some
	assert_output $'y,zero,some\n0,0,0\n1,0,3'
	back --range volt=0..1e-5 --range amp=-2e-12..0
	assert_output $'volt,y,amp,zero,some\n0.000001,0,-2e-12,0,0\n0.0000071,1,0,0,3'
	refuses 5 --range volt=0..1e5 -c volt
	stderr_has "in: 'volt': all numbers that are not 0 become 0"
	back --scale volt=1e6 --scale amp=1e12
	assert_output $'volt,y,amp,zero,some\n1,0,-2,0,0\n7.1,1,0,0,3'
	back --standardize
	assert_output $'volt,y,amp,zero,some\n-1,-1,-1,0,-1\n1,1,1,0,1'
	back --fraction-bits 40 -c volt
	refuses 5 --scale y=1e-300 -c y
	assert_equal "$stderr" "smpc-share: in: 'y': $what --scale COLUMN=FACTOR, of a large FACTOR"
	refuses 5 --scale y=1e-300 -c y,volt
	assert_equal "$stderr" "smpc-share: in: 'volt', 'y': $what --range volt=0..1e-5 and --scale COLUMN=FACTOR, of a large FACTOR"
	refuses 5 --scale 1-3=1e-300 --standardize
	stderr_has "in: 'volt', 'y', 'amp': all"
	for factor in 0 -0 0.0 0e5 1e-999; do
		refuses 2 --scale "y=$factor"
		stderr_has "a number other than 0"
	done
	# one of many rows, in any place, is enough
	{
		echo a
		yes 1e-9 | head -n 20000
		echo 1
	} >in
	back
	sed -i '$d' in
	refuses 5
	# without exponents; and where the product is below all doubles
	for number in 0.000001 0.0000000000071; do
		table in a,b "$number,1"
		refuses 5
		stderr_has "in: 'a': all"
	done
	table in a,b 1e-30,1 2e-30,2
	refuses 5 --scale a=1e-300
	refuses 5 --scale a=1e-300 --standardize
	stderr_has "in: 'a': all"
	# in other notations
	table in 'a;b' '0,0001 %;0' '"0,0002%";1'
	refuses 5 -d ';' --decimal , --percent a
	stderr_has "'a'"
	table in a,b '"1e-7",0' 2e-7,1
	refuses 5
	refuses 5 --na 1
	printf '1e-7\n' >in
	refuses 5 --no-header
	stderr_has "in: column 1: all"
	# an array, too
	needs python3
	npy '<f8' '(2, 2)' '<d' 1e-7 0 1 1e-9 >in
	refuses 5
	stderr_has "in: column 2: all"
	back -c 1
}

# ---- arrays

@test ".npy: all types, both orders of bytes, more dimensions" {
	needs python3
	npy '<f8' '(2, 2)' '<d' 1 -2 0.5 1000 >in
	back
	assert_output $'1,-2\n0.5,1000'
	npy '>f4' '(2,)' '>f' 1.5 -0.25 >in
	back
	assert_output $'1.5\n-0.25'
	npy '<i4' '(1, 3)' '<i' 1 -2 2147483647 >in
	back_large
	assert_output 1,-2,2147483647
	npy '>u2' '(1, 2)' '>H' 1 65535 >in
	back_large
	assert_output 1,65535
	npy '|i1' '(2, 1)' '<b' -128 127 >in
	back
	assert_output $'-128\n127'
	npy '|b1' '(3,)' '<B' 0 1 1 >in
	back
	assert_output $'0\n1\n1'
	npy '|u1' '(2, 2, 2)' '<B' 1 2 3 4 5 6 7 255 >in
	back
	assert_output $'1,2,3,4\n5,6,7,255'
	back -c 4,1
	assert_output $'4,1\n255,5'
	npy '<u8' '(1, 1)' '<Q' 18446744073709551614 >in
	quietly smpc-share -n 2 -f -q 18446744073709551615 -o s in
	quietly smpc-reveal s.1 s.2
	assert_output 18446744073709551614
	npy '<f8' '(2, 1)' '<d' nan 3 >in
	refuses 1
	stderr_has "in: row 1, column 1: the value is missing"
	back_but "smpc-share: in: left out 1 of 2 rows for missing values: 1 in column 1" --na drop
	assert_output 3
	npy '<f8' '(2, 1)' '<d' 1 1e30 >in
	refuses 5
	stderr_has "in: row 2, column 1: 1e+30 does not fit"
	npy '<f8' '(4, 1)' '<d' 1 3 1 3 >in
	back --standardize
	assert_output $'-1\n1\n-1\n1'
}

@test ".npy: Fortran order, unknown types, cut and overlong files" {
	needs python3
	npy '<f8F' '(2, 2)' '<d' 1 2 3 4 >in
	refuses 1
	stderr_has ascontiguousarray
	npy '<c16' '(1, 1)' '<d' 1 2 >in
	refuses 1
	stderr_has "'<c16'"
	npy '<f8' '(2, 2)' '<d' 1 2 3 >in
	refuses 1
	stderr_has "ends early, in row 2 of 2"
	npy '<f8' '(2, 2)' '<d' 1 2 3 4 5 >in
	refuses 1
	stderr_has "bytes behind"
	npy '<f8' '()' '<d' 1 >in
	refuses 1
	npy '<f8' '(0, 2)' '<d' >in
	refuses 1
	stderr_has "no rows"
	npy '<f8' '(2, 2)' '<d' 1 2 3 4 | head -c 70 >in
	refuses 1
	stderr_has "ends early"
}

@test ".idx, as the images and labels of digits have it" {
	needs python3
	python3 -c 'import struct, sys
sys.stdout.buffer.write(struct.pack(">HBB3I8B", 0, 8, 3, 2, 2, 2, 0, 1, 2, 3, 252, 253, 254, 255))' >in
	back
	assert_output $'0,1,2,3\n252,253,254,255'
	back --scale 1-4=0.5
	assert_line --index 0 0,0.5,1,1.5
	python3 -c 'import struct, sys
sys.stdout.buffer.write(struct.pack(">HBBI3i", 0, 12, 1, 3, 7, -1, 100000))' >in
	back_large
	assert_output $'7\n-1\n100000'
	head -c 18 in >cut_short
	mv cut_short in
	refuses 1
	stderr_has "ends early"
}

# ---- schemes and parties

@test "-n: numbered parties and a dealer 0; -a: no dealer" {
	table in a 1
	quietly smpc-share -n 2 -o x in
	holds in x.0 x.1 x.2
	quietly smpc-share --number=3 --output=y in
	holds in x.0 x.1 x.2 y.0 y.1 y.2 y.3
	quietly smpc-share -n 2 -a -o z in
	quietly smpc-share -n 2 --additive -o w in
	holds in w.1 w.2 x.0 x.1 x.2 y.0 y.1 y.2 y.3 z.1 z.2
	is_line scheme w.1 additive
	reveals z a 1
	for wrong in 0 1 64 -2 x ""; do
		fails_with 2 smpc-share -n "$wrong" -o v in
		stderr_has "from 2 to 63"
	done
	fails_with 2 smpc-share -o v in
	stderr_has "-p parties.json or -n N"
}

@test "-n 63: as many parties as there can be" {
	table in a 5
	quietly smpc-share -n 63 -o x in
	quietly smpc-reveal x.0 x.63
	assert_output $'a\n5'
	all=(x.*)
	quietly smpc-reveal "${all[@]:1}"
	assert_output $'a\n5'
}

@test "-q: integers modulo Q" {
	for modulus in 2 7 256 1000003 18446744073709551615; do
		last=$(python3 -c "print($modulus - 1)")
		table in a 0 1 "$last"
		quietly smpc-share -n 2 -f -q "$modulus" -o s in
		reveals s a 0 1 "$last"
		is_line modulus s.1 "$modulus"
		is_line scheme s.1 additive
		is_line "fraction bits" s.1 0
		table in a 0 "$modulus"
		refuses 5 -q "$modulus"
		stderr_has "in:3: column 'a': $modulus does not fit: the integers mod $modulus are 0 to $last"
		table in a -1
		refuses 5 -q "$modulus"
	done
	table in a 255 1e2
	for modulus in 2^8 256; do
		quietly smpc-share -n 2 -f --modulus="$modulus" -o s in
		is_line modulus s.1 256
		reveals s a 255 100
	done
	table in a 0.5
	refuses 1 -q 7
	stderr_has "not a whole number"
	for wrong in 0 1 -7 2^0 2^65 18446744073709551617 x "" 2^ 7.5; do
		refuses 2 -q "$wrong"
		stderr_has "from 2 to 2^64"
	done
}

@test "-q 2^64: signed integers, as smpc-share(5) has it" {
	table in a -9223372036854775808 9223372036854775807
	for modulus in 2^64 18446744073709551616; do
		quietly smpc-share -n 2 -f -q "$modulus" -o s in
		is_line modulus s.1 2^64
		is_line scheme s.1 additive
		reveals s a -9223372036854775808 9223372036854775807
	done
	table in a 9223372036854775808
	refuses 5 -q 2^64
}

@test "-q and --fraction-bits exclude each other" {
	table in a 1
	refuses 2 -q 7 --fraction-bits 8
	stderr_has fraction-bits
}

@test "-p: the dealer and the computing parties of the parties file, sealed to each by the owner" {
	identities
	table in a,b 1,2 3,4.5
	quietly smpc-share -p parties.json -i owner.key -o x in
	for name in dealer alice bob; do
		fails_with 4 smpc-cat "x.$name"
		stderr_has "x.$name: is sealed to '$name' by 'owner'"
		quietly smpc-cat --unsealed -i "$name.key" -p parties.json -o "open.$name" "x.$name"
		is_line among "open.$name" "dealer, alice, bob"
	done
	fails_with 4 smpc-cat -i bob.key -p parties.json x.alice
	for set in "open.alice open.bob" "open.dealer open.alice" "open.bob open.dealer"; do
		read -ra files <<<"$set"
		quietly smpc-reveal "${files[@]}"
		assert_output $'a,b\n1,2\n3,4.5'
	done
	[ ! -e x.owner ]
	SMPC_PARTIES=parties.json SMPC_IDENTITY=owner.key quietly smpc-share -o y in
	grep -q '"from":"owner"' y.alice
	quietly smpc-share --parties=parties.json --identity=owner.key --additive -o z in
	[ ! -e z.dealer ]
	smpc-cat --unsealed -i alice.key -p parties.json -o z1 z.alice
	is_line among z1 "alice, bob"
}

@test "sealing is not left out by mistake" {
	identities
	table in a 1
	fails_with 2 smpc-share -p parties.json -o x in
	stderr_has "-i KEY, or --no-seal"
	fails_with 4 smpc-share -p parties.json -i stranger.key -o x in
	stderr_has "nobody's in the parties file"
	fails_with 1 smpc-share -p parties.json -i nowhere -o x in
	fails_with 1 smpc-share -p nowhere -i owner.key -o x in
	fails_with 4 smpc-share -p parties.json -i dealer.key -o x in
	stderr_has "'dealer' is the dealer"
	chmod 644 owner.key
	fails_with 4 smpc-share -p parties.json -i owner.key -o x in
	assert_equal "$(find . -name 'x*')" ""
	quietly smpc-share -p parties.json --no-seal -o x in
	quietly smpc-reveal x.alice x.bob
	assert_output $'a\n1'
}

@test "-n with -p or -i would leave shares unsealed that were meant to be sealed" {
	identities
	table in a 1
	fails_with 2 smpc-share -p parties.json -i owner.key -n 2 -o x in
	fails_with 2 smpc-share -i owner.key -n 2 -o x in
	assert_equal "$(find . -name 'x*')" ""
	# what the environment says is a default
	SMPC_IDENTITY=owner.key SMPC_PARTIES=parties.json quietly smpc-share -n 2 -o y in
	reveals y a 1
}

@test "a parties file without dealer: only the additive scheme" {
	identities
	sed 's/{"name": "dealer"[^}]*},//' parties.json >two.json
	table in a 1
	fails_with 1 smpc-share -p two.json -i owner.key -o x in
	stderr_has "no dealer"
	stderr_has "--additive"
	quietly smpc-share -p two.json -i owner.key --additive -o x in
	holds alice.key alice.pub bob.key bob.pub dealer.key dealer.pub in owner.key owner.pub parties.json stranger.key \
		stranger.pub two.json x.alice x.bob
}

# ---- outputs

@test "-o and -O: where each share goes" {
	table in a 1
	quietly smpc-share -n 2 -O 0=zero -O 1=one --output-of=2=two in
	holds in one two zero
	quietly smpc-reveal one two
	assert_output $'a\n1'
	mkdir d
	quietly smpc-share -n 2 -o d/x -O 1=d/one in
	[ -e d/x.0 ] && [ -e d/one ] && [ -e d/x.2 ] && [ ! -e d/x.1 ]
	smpc-share -n 2 -o d/y -O 1=- in >stdout
	quietly smpc-reveal stdout d/y.2
	assert_output $'a\n1'
}

@test "-O: into process substitutions, for the shares to go on at once" {
	seq 50000 >in
	smpc-share -n 2 --no-header -o x \
		-O 1=>(smpc-sum -o sum.1) -O 2=>(smpc-sum -o sum.2) in
	soon test -e sum.1 -a -e sum.2
	quietly smpc-reveal sum.1 sum.2
	assert_output 1250025000
}

@test "-O: into descriptors, also of files" {
	table in a 1
	quietly smpc-share -n 2 -o x -O 1=/dev/fd/4 in 4> >(cat >one)
	soon test -s one
	smpc-share -n 2 -f -o y -O 1=/dev/fd/4 in 4>two
	quietly smpc-reveal two y.2
	assert_output $'a\n1'
}

@test "outputs that are missing, wrong or given twice" {
	table in a 1
	fails_with 2 smpc-share -n 2 in
	stderr_has "-o PREFIX or -O 0=PATH"
	fails_with 2 smpc-share -n 2 -O 0=zero -O 1=one in
	stderr_has "party '2'"
	fails_with 2 smpc-share -n 2 -o x -O 3=three in
	stderr_has "'3' is not one of the parties"
	for wrong in 1 1= =x one; do
		fails_with 2 smpc-share -n 2 -o x -O "$wrong" in
	done
	fails_with 2 smpc-share -n 2 -o x -O 1=a -O 1=b in
	stderr_has twice
	fails_with 1 smpc-share -n 2 -o nowhere/x in
	stderr_has nowhere/x.0
	fails_with 1 smpc-share -n 2 -o x -O 1=. in
	stderr_has "is a directory"
	holds in
}

@test "two shares never go to the same place" {
	table in a 1
	fails_with 2 smpc-share -n 2 -O 0=same -O 1=same -O 2=other in
	holds in
	fails_with 2 smpc-share -n 2 -f -O 0=same -O 1=same -O 2=other in
	holds in
	fails_with 2 smpc-share -n 2 -f -o x -O 1=x.2 in
	holds in
	fails_with 2 smpc-share -n 2 -f -o x -O 1=- -O 2=- in
	holds in
}

@test "-f: an existing file is overwritten only so" {
	table in a 1
	echo precious >x.1
	fails_with 1 smpc-share -n 2 -o x in
	stderr_has "x.1: exists; -f overwrites it"
	assert_equal "$(cat x.1)" precious
	holds in x.1
	quietly smpc-share -n 2 -f -o x in
	quietly smpc-reveal x.1 x.2
	quietly smpc-share -n 2 --force -o x in
	# a failure leaves even then what was there
	cp x.1 before
	table in a x
	fails_with 1 smpc-share -n 2 -f -o x in
	cmp x.1 before
}

@test "files are for their owner alone" {
	table in a 1
	umask 000
	quietly smpc-share -n 2 -o x in
	assert_equal "$(stat -c %a x.0 x.1 x.2 | paste -s -d ' ')" "600 600 600"
	chmod 644 x.1
	quietly smpc-share -n 2 -f -o x in
	assert_equal "$(stat -c %a x.1)" 600
}

# ---- the rest

@test "--check: reads all of the table, shows the owner what is in it, writes nothing" {
	table in a,b,naïve 1,2,0.5 3,4,-1e-9 5,-7,1000
	quietly smpc-share --check in
	assert_output "rows: 3

column  kind    missing  smallest  largest       mean  deviation  distinct
a       number        0         1        5          3          2         3
b       number        0        -7        4  -0.333333    5.85947         3
naïve   number        0     -1e-9     1000      333.5    577.206         3

options to paste: --range a=0..5 --range b=-10..5 --range 'naïve=-1e-9..1000'"
	quietly smpc-share --check <in
	quietly smpc-share --check -n 2 -o x in
	quietly smpc-share --check -c b in
	assert_equal "${#lines[@]}" 4
	# of what has a range, or is not what stands in the table, or is a residue, none is to be declared
	for how in "--range 1-3=-1e3..1e3" --standardize "--scale 1-3=2" "-q 99 -x 2,3"; do
		# shellcheck disable=SC2086 # words
		quietly smpc-share --check $how in
		refute_output --partial "options to paste"
	done
	holds in
}

@test "--check: kinds, missing values, dates, and the options to paste" {
	{
		echo "id,name,sex,ward,born,share,n,empty,outcome"
		for i in {1..40}; do
			echo "$i,P$((i * 7)),$((i % 2)),w$((i % 3)),19$((i + 40))-03-0$((i % 9 + 1)),$i %,$((i * i)),NA,it's $((i % 2))"
		done
	} >in
	capture smpc-share --check in
	assert_failure 1
	assert_equal "${lines[0]}" "rows: 40"
	assert_equal "$(awk 'NR > 3 { print $1, $2, $3, $NF }' <<<"$output" | head -n 9)" "id counter 0 40
name key 0 40
sex number 0 2
ward category 0 3
born date 0 40
share mixed 0 40
n number 0 40
empty empty 40 0
outcome category 0 2"
	assert_line --regexp '^born +date +0 +1941-03-02 +1980-03-05 +- +- +40$'
	[[ ${lines[-1]} == "options to paste: "* ]]
	assert_equal "${lines[-1]#*: }" "-x id -x name --codes sex=0,1 --one-hot ward=w0,w1,w2 --date born --range n=0..2000 -x empty \
--codes 'outcome=it'\''s 0,it'\''s 1'"
	# what was pasted is no longer offered, and nothing is left to say
	eval "pasted=(${lines[-1]#*: })"
	capture smpc-share --check "${pasted[@]}" --percent share --range share=0..1 in
	assert_success
	assert_equal "$stderr" ""
	refute_output --partial "options to paste"
	assert_line --regexp '^share +number +0 +0.01 +0.4 '
}

@test "--check: nothing that names the rows of a small table is offered to be published" {
	{
		echo "patient,seen,ward,age"
		for i in {1..15}; do
			echo "P$((i * 7)),2024-01-01 08:$((i + 10)):00,w$((i % 7)),$((i + 30))"
		done
	} >in
	capture smpc-share --check in
	assert_failure 1
	assert_line --regexp '^patient +key '
	assert_line --regexp '^seen +key '
	assert_line --regexp '^ward +category '
	assert_equal "${lines[-1]}" "options to paste: -x patient -x seen --one-hot ward=w0,w1,w2,w3,w4,w5,w6 --range age=0..50"
	# a text that comes back once makes no group either
	sed -i '$s/^P[0-9]*/P7/' in
	capture smpc-share --check -c patient in
	assert_line --regexp '^patient +text '
	assert_equal "${lines[-1]}" "options to paste: -x patient"
}

@test "--check: what may stand for a missing value" {
	{
		echo "ozone,age,year,far,one,both,sex,note,code,ward"
		for i in {1..12}; do
			echo "$((i * 9)),$((20 + 5 * i)),$((1990 + i)),$i,$i,$((i % 2)),$((i % 2)),,$i,w$((i % 2))"
		done
		echo "-999,99,1999,9999,-99,99.0,<NA>,x,999,w0"
		echo "-999,99,1999,9999,1,99.0,<NA>,x,999,."
	} >in
	capture smpc-share --check --codes code=1,2,3,4,5,6,7,8,9,10,11,12,999 in
	assert_failure 1
	assert_equal "$(grep "is there" <<<"$stderr")" "smpc-share: in: column 'ozone': '-999' is there 2 times: if it stands for a missing value, --na-text -999 says so
smpc-share: in: column 'far': '9999' is there 2 times: if it stands for a missing value, --na-text 9999 says so
smpc-share: in: column 'both': '99.0' is there 2 times: if it stands for a missing value, --na-text 99.0 says so
smpc-share: in: column 'sex': '<NA>' is there 2 times: if it stands for a missing value, --na-text '<NA>' says so
smpc-share: in: column 'ward': '.' is there once: if it stands for a missing value, --na-text . says so"
	# what is said is nothing to be told
	capture smpc-share --check -c ozone,far,both,sex,ward --na-text '-999,9999,99.0,<NA>,.' --na 0 --one-hot sex=0,1 --codes ward=w0,w1,0 in
	assert_equal "$(grep "is there" <<<"$stderr")" ""
}

@test "--check: whole numbers of few values may be classes: --codes are offered beside ranges" {
	{
		echo "y12,sign,grade,ten,eleven,half,big,given,text"
		for i in {1..24}; do
			echo "$((1 + i % 2)),$((2 * (i % 2) - 1)),$((10 + i % 3)),$((i % 10)),$((i % 11)),$((i % 2)).5,$((i + 2)),$((1 + i % 2)),t$((i % 2))"
		done
	} >in
	quietly smpc-share --check --codes text=t0,t1 --range given=1..2 in
	assert_equal "${lines[-2]}" "options to paste: --range y12=0..2 --range sign=-1..1 --range grade=0..20 --range ten=0..10 --range eleven=0..10 --range half=0..2 --range big=0..50"
	assert_equal "${lines[-1]}" "for labels that are classes, in place of their ranges: --codes y12=1,2 --codes sign=-1,1 --codes grade=10,11,12 --codes ten=0,1,2,3,4,5,6,7,8,9"
	fails_with 2 smpc-share --check -c y12 --codes y12=1,2 --range y12=0..2 in
	stderr_has "a column is one-hot or coded, and has its range by that: leave this one out"
	quietly smpc-share --check -c y12 --codes y12=1,2 in
	refute_output --partial paste
	# neither residues nor elements of arrays
	quietly smpc-share --check -c y12 -q 9 in
	refute_output --partial classes
}

@test "--check: no range of what can be read of a column that cannot, and rows behind blank lines count" {
	printf '%s\n' 'width;n' '0,2;1' '1;2' '2;3' >in
	capture smpc-share --check -d ';' in
	assert_failure 1
	assert_line --regexp '^width +mixed '
	assert_equal "${lines[-1]}" "options to paste: --range n=0..5"
	table in a,b 1 2 3,4 "" 5,6 "" "" 7,8 "" 9,10 7 "" 1,x
	capture smpc-share --check in
	assert_failure 1
	assert_equal "$stderr" "smpc-share: in:2: 1 field where the header has 2
smpc-share: in:3: 1 field where the header has 2
smpc-share: in:5: a blank line inside the table
smpc-share: in:7: a blank line inside the table
smpc-share: in:14: column 'b': 'x' is not a number; -x leaves a column out, --one-hot and --codes take text, --na-text says what stands for missing values, --key takes what tables are joined by
smpc-share: in: more rows of a wrong length: 1
smpc-share: in: more blank lines: 2"
	assert_equal "${lines[0]}" "rows: 8"
	assert_line --regexp '^a +number +0 +1 +9 +5 '
	# without --check the first fault ends it
	sed -i 2,3d in
	refuses 1
	assert_equal "${stderr_lines[0]}" "smpc-share: in:3: a blank line inside the table"
}

@test "a missing value: what is offered is what the column can take" {
	table in n,c 1,a ,b 3,
	refuses 1 --codes c=a,b
	capture smpc-share --check --codes c=a,b in
	stderr_has "in:3: column 'n': the value is missing (''); --na drop leaves such rows out, --na VALUE takes VALUE instead; --na COLUMN=drop, COLUMN=VALUE or, for the mean, COLUMN=mean is for one column"
	stderr_has "in:4: column 'c': the value is missing (''); --na drop leaves such rows out, --na VALUE takes VALUE instead; --na COLUMN=drop, COLUMN=VALUE is for one column; a schema can make a category of it"
}

@test "row names without a name, as R's write.table has them: one fault, with what to do" {
	local what="the rows have 3 fields and the header 2: where R's write.table leaves out the name of the row names, write.csv() writes it, and so does write.table(col.names = NA); row.names = FALSE writes no row names"
	local file name
	printf '"mpg" "cyl"\n"Mazda RX4" 21 6\n"Datsun ""7""" 22.8 4\n' >a
	printf 'mpg\tcyl\r\nMazda RX4\t21\t6\r\nDatsun\t22.8\t4\r\nFiat\t3\t\r\n' >b
	printf '"mpg","cyl"\n"1",21,6' >c
	for file in "a -d|" 'b -dtab' "c -d,"; do
		name=${file%% *} file=${file#* }
		file=${file/|/ }
		for how in "-n 2 -o s" --check --public; do
			# shellcheck disable=SC2086 # words
			fails_with 1 smpc-share $how "$file" "$name"
			assert_equal "$stderr" "smpc-share: $name:1: $what"
		done
		fails_with 1 smpc-schema --draft "$file" "$name"
		assert_equal "$stderr" "smpc-schema: $name:1: $what"
	done
	# what the remedies make of it
	printf '"","mpg","cyl"\n"Mazda RX4",21,6\n"Datsun ""7""",22.8,4\n' >in
	back -x 1
	assert_output $'mpg,cyl\n21,6\n22.8,4'
	# one row of a wrong length is that, and so are rows with an empty field at their end
	table in a,b 1,2 1,2,3
	refuses 1
	stderr_has "in:3: 3 fields where the header has 2"
	table in a,b 1,2,3 1,2
	refuses 1
	stderr_has "in:2: 3 fields where the header has 2"
	table in a 1,5 2,5
	refuses 1
	stderr_has "in:2: 2 fields where the header has 1"
	table in a,b 1,2, 1,2,
	refuses 1
	stderr_has "in:2: 3 fields where the header has 2"
}

@test "--check: texts that differ only by letter case or blanks are told, unless options list them" {
	table in ill,sex Yes,F no,m No,F 'yes ,M' No,F yes,M no,F no,F
	capture smpc-share --check in
	assert_failure 1
	stderr_has "in: column 'ill': 'No' and 'no', 'Yes' and 'yes' differ only by letter case or blanks; if they mean the same, write them alike"
	stderr_has "in: column 'sex': 'M' and 'm' differ only by letter case or blanks"
	quietly smpc-share --check --codes ill=no,No,yes,Yes --one-hot sex=F,M,m in
}

@test "--check: options to paste mean the column that they are of, whatever it is called" {
	table in "a,a=b,it's,,c,c" 1,u,x,1,1,1 2,v,y,2,2,2 3,u,y,3,3,3
	capture smpc-share --check -x 4,6 in
	assert_failure 1
	assert_equal "${lines[-1]#*: }" "--range a=0..5 --codes 2=u,v --codes 'it'\''s=x,y' --range 5=0..5"
	eval "pasted=(${lines[-1]#*: })"
	back -x 4,6 "${pasted[@]}"
	assert_output $'a,a=b,it\'s,c\n1,0,0,1\n2,1,1,2\n3,0,1,3'
}

@test "--check: codes, and no range, for columns of 0 and 1, which training takes as labels" {
	table in y,n,one,half,three 0,01,1,0,0 1,0,1,1,1 1,0,1,0.5,2 0,01,1,0,1
	quietly smpc-share --check in
	assert_equal "${lines[-2]}" "options to paste: --codes y=0,1 --range n=0..1 --range one=0..1 --range half=0..1 --range three=0..2"
	eval "pasted=(${lines[-2]#*: })"
	back "${pasted[@]}"
	assert_output $'y,n,one,half,three\n0,1,1,0,0\n1,0,1,1,1\n1,0,1,0.5,2\n0,1,1,0,1'
	# two ways to write a number are no two classes
	table in y,n 0,01 1,0 1,1 0,0 0,1 1,1
	quietly smpc-share --check in
	assert_equal "${lines[-1]}" "options to paste: --codes y=0,1 --range n=0..1"
	quietly smpc-share --check --range y=0..1 -c y in
	refute_output --partial "options to paste"
	# the elements of an array are numbers, without a text
	npy '<f8' '(2, 1)' '<d' 0 1 >in
	quietly smpc-share --check in
	assert_equal "${lines[-1]}" "options to paste: --range 1=0..1"
	back --range 1=0..1
}

@test "texts with commas, and the empty one: no option lists them, and a schema does" {
	table in 'ward,x' '"a, b",1' 'c,2' ',3'
	for option in --one-hot --codes; do
		fails_with 2 smpc-share -n 2 -o x $option ward=,c in
		stderr_has "a category is empty: a schema can list the empty text, and texts with commas (smpc-schema --draft)"
		fails_with 1 smpc-share -n 2 -o x $option ward=c,d in
		stderr_has "'a, b' is none of its categories: c, d; a schema can list texts with commas: smpc-schema --draft"
	done
	table other 'ward,x' 'c,2' ',3'
	fails_with 1 smpc-share -n 2 -o x --one-hot ward=c,d other
	stderr_has "a schema can make a category of it"
	echo '{"version": 1, "columns": [{"name": "ward", "kind": "category", "values": ["a, b", "", "c"]}]}' >schema.json
	smpc-share -n 2 -o x --schema schema.json in
	assert_equal "$(smpc-reveal x.1 x.2)" $'"ward=a, b",ward=,ward=c\n1,0,0\n0,0,1\n0,1,0'
	smpc-info x.1 | grep -x "column        ward=: indicator, 1 where there is no value of ward, from 0 to 1"
}

@test "--check: numbers that are too large for a double are a fault, and shown as such" {
	table in a,b 1e400,1 -1e400,2 3,-1e999
	capture smpc-share --check in
	assert_failure 5
	stderr_has "in:2: column 'a': 1e400 does not fit"
	assert_line --regexp '^a +number +0 +-inf +inf +- +- +3$'
	assert_line --regexp '^b +number +0 +-inf +2 '
}

@test "--check: categories that no option can list are told" {
	table in 'ward,sex' '"a, b",f' c,m c,m '"a, b",f'
	capture smpc-share --check in
	assert_failure 1
	assert_line "options to paste: -x ward --codes sex=f,m"
	assert_equal "${lines[-1]}" "no option can list the texts of 'ward'; a schema can: smpc-schema --draft"
}

@test "--check: all faults of a table at once" {
	table in a,b,c 1,x,3 y,5 z,NA,1e30 4,5 6,7,8 z,8,9 z,8,1e30 4,5
	capture smpc-share --check in
	assert_failure 1
	assert_equal "${#stderr_lines[@]}" 10
	stderr_has "in:2: column 'b': 'x' is not a number"
	stderr_has "in:3: 2 fields where the header has 3"
	stderr_has "in:4: column 'a': 'z' is not a number"
	stderr_has "in:4: column 'b': the value is missing"
	stderr_has "in:4: column 'c': 1e30 does not fit"
	stderr_has "in:5: 2 fields"
	stderr_has "in:7: column 'a': 'z'"
	stderr_has "in:8: column 'c': 1e30"
	stderr_has "in: more rows of a wrong length: 1"
	stderr_has "in: more such faults: 1 in 'a'"
	assert_line "rows: 8"
	# the status is that of the first
	table in a,b 1e30,1 x,2
	capture smpc-share --check in
	assert_failure 5
	# a row that is faulty is no dropped one
	table in a,b 1,x NA,2 3,4
	capture smpc-share --check --na drop in
	assert_failure 1
	assert_equal "$stderr" "smpc-share: in:2: column 'b': 'x' is not a number; -x leaves a column out, --one-hot and --codes take text, --na-text says what stands for missing values, --key takes what tables are joined by"
	# the reading goes on over blank lines, and in arrays
	table in a,b 1,2 "" 3,4 x,5
	capture smpc-share --check in
	assert_failure 1
	stderr_has "in:3: a blank line"
	stderr_has "in:5: column 'a': 'x'"
	assert_equal "${#stderr_lines[@]}" 2
	# with means and deviations, too, of which there are none then
	table in a,b 1,x y,2
	capture smpc-share --check --standardize in
	assert_failure 1
	stderr_has "in:2: column 'b': 'x'"
	stderr_has "in:3: column 'a': 'y'"
}

@test "--check: arrays" {
	needs python3
	npy '<f8' '(3, 2)' '<d' 1 2 3 nan 5 1e30 >in
	capture smpc-share --check in
	assert_failure 1
	stderr_has "in: row 2, column 2: the value is missing"
	stderr_has "in: row 3, column 2: 1e+30 does not fit"
	assert_line --regexp '^1 +number +0 +1 +5 +3 +2 +3$'
	assert_line --regexp '^2 +number +1 +2 +1e\+30 '
}

@test "--check: names do not drive the terminal, and long ones are cut" {
	printf 'a\xc2\x9bb,%s\n1,2\n' "$(printf 'ä%.0s' {1..50})" >in
	quietly smpc-share --check in
	assert_line --regexp '^a\?b '
	assert_line --regexp "^$(printf 'ä%.0s' {1..32})\.\.\.  number"
	# columns are as wide for UTF-8 as for ASCII
	local LC_ALL=C.UTF-8 first=${lines[2]%%number*} second=${lines[3]%%number*}
	assert_equal "${#first}" "${#second}"
}

@test "--name: the tensor's name" {
	table in a 1
	quietly smpc-share -n 2 --name patients -o x in
	is_line tensor x.0 patients
	is_line tensor x.1 patients
	quietly smpc-share -n 2 --name="$(printf '%255s' x)" -o y in
	fails_with 2 smpc-share -n 2 --name "" -o z in
	fails_with 2 smpc-share -n 2 --name "$(printf '%256s' x)" -o z in
	stderr_has "1 to 255"
	fails_with 2 smpc-share -n 2 --name $'a\001' -o z in
	fails_with 2 smpc-share -n 2 --name $'\xff' -o z in
	assert_equal "$(find . -name 'z*')" ""
}

@test "--json: lines of JSON" {
	needs python3
	table in a,b 1,2 3,4.5
	quietly smpc-share -n 2 --json -o x in
	for party in 0 1 2; do
		python3 -m json.tool "x.$party" >/dev/null
	done
	reveals x a,b 1,2 3,4.5
	fails_with 2 smpc-share -n 2 --json=1 -o y in
}

@test "standard input, by - and without an operand" {
	table in a 1
	quietly smpc-share -n 2 -o x <in
	reveals x a 1
	quietly smpc-share -n 2 -o y - <in
	reveals y a 1
	fails_with 2 smpc-share -n 2 -o z in in
	stderr_has "too many"
	fails_with 1 smpc-share -n 2 -o z nowhere
	stderr_has nowhere
}

@test "each sharing is drawn anew: other ids, keys and masks" {
	table in a 1 2 3
	quietly smpc-share -n 2 -o x in
	quietly smpc-share -n 2 -o y in
	[ "$(line_of part x.1)" != "$(line_of part y.1)" ]
	for party in 0 1 2; do
		smpc-info -w "x.$party" | tr , '\n' | grep -E '.{10}' >"x.words"
		smpc-info -w "y.$party" | tr , '\n' | grep -E '.{10}' >"y.words"
		[ -s x.words ]
		run grep -c -x -F -f x.words y.words
		assert_output 0
	done
	[ "$(smpc-info -w x.1 | grep lam)" != "$(smpc-info -w x.2 | grep lam)" ]
}

@test "no name of a file, column left out, or person is in the shares" {
	mkdir secret-directory
	table secret-directory/secret-file name,a,secret-column ann,1,2
	quietly smpc-share -n 2 -c a -o x secret-directory/secret-file
	run grep -l -a -e secret -e ann x.0 x.1 x.2
	assert_failure 1
}

@test "many records, to three parties" {
	needs python3
	python3 -c 'for i in range(150000): print("%d,%s" % (i, -i / 4 if i % 4 else -i // 4))' >in
	capture smpc-share -n 3 --no-header -o x in
	assert_success
	told_ranges
	[ "$(stat -c %s x.0)" -lt 1000 ]
	for set in "x.1 x.2 x.3" "x.0 x.2"; do
		read -ra files <<<"$set"
		quietly smpc-reveal -o out "${files[@]}"
		cmp out in || fail "$set"
	done
}
