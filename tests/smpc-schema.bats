#!/usr/bin/env bats
# conduct table: smpc-schema --draft --quiet INPUT

load helper
load shares

# rows N FORMAT: N lines; in FORMAT # stands for the number of the line from 0, ## for it modulo 2.
rows() {
	local i line
	for ((i = 0; i < $1; i++)); do
		line=${2//'##'/$((i % 2))}
		echo "${line//'#'/$i}"
	done
}

# drafts JSON OPTION...: the draft of the file "in" has these columns, one a line.
drafts() {
	local want=$1
	shift
	quietly smpc-schema --draft --quiet "$@" in || return 1
	assert_equal "$(sed -n 's/^    \(.*}\),\{0,1\}$/\1/p' <<<"$output")" "$want"
}

# cannot_draft STATUS TEXT OPTION...: it cannot be drafted, and TEXT says why.
cannot_draft() {
	local status=$1 text=$2
	shift 2
	fails_with "$status" smpc-schema --draft -o new "$@" in || return 1
	stderr_has "$text" || return 1
	[ ! -e new ]
}

north_and_south() {
	{
		echo "id,age,sex,ward,creatinine,outcome"
		rows 60 'n#,4#,F,A,1.##,0'
		rows 20 'm#,5#,M,B,NA,1'
		echo "q,30,M,C,0.5,1"
	} >north.csv
	{
		echo "outcome;creatinine;ward;sex;age;id;more"
		rows 30 '1;0,#;D;M;12;s#;x'
		rows 30 '0;.;A;F;80;t#;x'
	} >south.csv
}

# ---- drafts

@test "--draft: kinds and ranges, which say little of the table" {
	{
		echo "n,small,neg,both,zero,cat,rare,key,name,text,born,empty,count"
		for i in {1..40}; do
			echo "$((i * 37)),$i.5e-9,-$i,$((i - 20)),0,c$((i % 2)),r$((i % 3))$((i / 30)),k$((i * 7)),Ann $i,t$((i / 2 * 2)),2001-02-$((10 + i % 18)),,$((i - 1))"
		done
	} >in
	drafts '{"name": "n", "kind": "number", "range": ["0", "2000"]}
{"name": "small", "kind": "number", "range": ["0", "5e-8"]}
{"name": "neg", "kind": "number", "range": ["-50", "0"]}
{"name": "both", "kind": "number", "range": ["-20", "20"]}
{"name": "zero", "kind": "number", "range": ["0", "1"]}
{"name": "cat", "kind": "category", "values": ["c0", "c1"]}
{"name": "rare", "kind": "category", "values": ["r10", "r20", "other"], "other": true}
{"name": "key", "kind": "ignore"}
{"name": "name", "kind": "ignore"}
{"name": "text", "kind": "ignore"}
{"name": "born", "kind": "date"}
{"name": "empty", "kind": "ignore"}
{"name": "count", "kind": "ignore"}'
	# nothing that was seen fewer than ten times is published, in no field
	refute_output --regexp 'r00|r01|r11|r21|k7|Ann|t2|1480|1\.5e'
}

@test "--draft: it says on standard error what it publishes, and nothing with --quiet" {
	{ echo "age,sex,name"; rows 24 '3#,s##,x#'; } >in
	capture smpc-schema --draft -o north.json --unit age=years --na age=drop in
	assert_success
	assert_output ""
	assert_equal "$stderr" "smpc-schema: in: the draft publishes: 'age': number from 0 to 500, years, missing: drop
smpc-schema: in: the draft publishes: 'sex': category 's0', 's1'
smpc-schema: in: the draft publishes: 'name': ignore (--range, --codes, --one-hot, --date or --key makes more of it, -x leaves out its name)"
	quietly smpc-schema --draft --quiet --unit age=years --na age=drop in
	assert_equal "$output" "$(cat north.json)"
	quietly smpc-schema --draft --quiet --unit age=years --na age=drop - <in
	assert_equal "$output" "$(cat north.json)"
	# the same by other ways to write a table
	sed 's/,/\t/g; 1s/^/#x\n/' in >tab
	quietly smpc-schema --draft --quiet --unit age=years --na age=drop -d tab --comment '#' tab
	assert_equal "$(head -n 5 <<<"$output")" "$(head -n 5 north.json)"
	assert_line '  "dialect": {"delimiter": "\t", "comment": "#"} }'
}

@test "--draft: twenty values at most, the most frequent ones, in the order of their bytes" {
	{
		echo "c"
		for i in {10..40}; do
			rows "$i" "v$i"
		done
	} | shuf --random-source=<(yes) >shuffled
	{ echo c; grep -v '^c$' shuffled; } >in
	drafts "$(printf '{"name": "c", "kind": "category", "values": ['; printf '"v%d", ' {21..40}; echo '"other"], "other": true}')"
	# values that are frequent enough in no half of the rows are none to speak of
	{ echo c; rows 100 'x#'; rows 40 y; rows 100 'z#'; rows 100 'x#'; } >in
	drafts '{"name": "c", "kind": "ignore"}'
	{ echo c; rows 40 y; rows 30 'z#'; rows 30 'z#'; } >in
	drafts '{"name": "c", "kind": "ignore"}'
	{ echo c; rows 60 y; rows 30 'z#'; rows 30 'z#'; } >in
	drafts '{"name": "c", "kind": "category", "values": ["y", "other"], "other": true}'
	# a value that is called other is one of all others
	{ echo c; rows 12 other; rows 12 a; rows 2 b; } >in
	drafts '{"name": "c", "kind": "category", "values": ["a", "other"], "other": true}'
	{ echo c; rows 12 other; rows 12 a; } >in
	drafts '{"name": "c", "kind": "category", "values": ["a", "other"]}'
}

@test "--draft: labels are classes where they have few values" {
	{ echo "a,b,c,d,e"; rows 30 '-##,#,no##,#.5,1##'; } >in
	drafts '{"name": "a", "kind": "class", "values": ["-1", "-0"]}
{"name": "b", "kind": "number", "range": ["0", "50"]}
{"name": "c", "kind": "class", "values": ["no0", "no1"]}
{"name": "d", "kind": "number", "range": ["0", "50"]}
{"name": "e", "kind": "number", "range": ["0", "20"]}' -l a,b,c -l d
	drafts '{"name": "e", "kind": "class", "values": ["11", "10"]}' -c e --codes e=11,10
	drafts '{"name": "e", "kind": "number", "range": ["10", "11"]}' -c e -l e --range e=10..11
	{ echo "k,m,s,t"; rows 9 '1,1,1,2026-01-01'; rows 20 '9,1.0,1,2026-01-02'; rows 20 '10,1,1,2026-01-03'; } >in
	cannot_draft 1 "column 'k': a label whose value '1' is there 9 times only; --codes" -c k -l k
	cannot_draft 1 "column 'm': a label whose values '1' and '1.0' are the same number" -c m -l m
	cannot_draft 1 "column 's': a label with one value only" -c s -l s
	drafts '{"name": "t", "kind": "date"}' -c t -l t
	sed -i /^1,/d in
	drafts '{"name": "k", "kind": "class", "values": ["9", "10"]}' -c k -l k
	{ echo k; rows 300 'v#'; rows 300 'v#'; rows 300 'v#'; } >in
	cannot_draft 1 "column 'k': a label with more than 20 values" -l k
}

@test "--draft: options say what columns are" {
	{ echo "a,b,c,d,e,f"; rows 30 '#.5,##,x##,2026-01-0##,id,w##'; } | sed 's/01-00/01-02/' >in
	drafts '{"name": "f", "kind": "category", "values": ["w0", "w1"], "baseline": "w1"}
{"name": "b", "kind": "category", "values": ["1", "0"], "na": {"value": "1"}}
{"name": "a", "kind": "number", "range": ["-1", "29.5"], "unit": "mg/l", "na": "mean", "na_indicator": true}
{"name": "c", "kind": "category", "values": ["x0", "none", "other"], "other": true, "na": {"value": "none"}}
{"name": "d", "kind": "date", "na": "drop"}
{"name": "e", "kind": "key"}' -c f,b,a,3-5 --one-hot b=1,0 --baseline f=w1 --range a=-1..2.95e1 --unit a=mg/l --na a=mean \
		--na-indicator a --one-hot c=x0 --other c --na c=none --date d --key e --na b=1 --na d=drop
	drafts '{"name": "c", "kind": "class", "values": ["x1", "x0"]}' -c c --codes c=x1,x0
	# of all columns, as far as it can be meant
	drafts '{"name": "a", "kind": "number", "range": ["0", "50"], "na": "mean"}
{"name": "c", "kind": "category", "values": ["x0", "x1"]}
{"name": "d", "kind": "date"}
{"name": "e", "kind": "category", "values": ["id"], "na": "drop"}' -x b,f --na mean --na e=drop
	drafts '{"name": "a", "kind": "number", "range": ["0", "50"], "na": {"value": "0"}}
{"name": "c", "kind": "category", "values": ["x0", "x1"]}' -c a,c --na 0
	cannot_draft 1 "column 'a': there are numbers beyond the range given: they go from 0.5 to 29.5" --range a=1..30
	cannot_draft 1 "column 'c': 'x1' is none of the values given: add it, or let 'other' stand for it" --one-hot c=x0
	cannot_draft 1 "column 'c': 'x1' is none of the values given: add it" --codes c=x0,x2
	cannot_draft 1 "in:2: column 'c': 'x0' is not a date" --date c
	cannot_draft 1 "in:2: column 'c': 'x0' is not a number" --range c=0..1
	cannot_draft 1 "column 'c': baseline: is none of the values" --baseline c=x2
	cannot_draft 1 "column 'a': na: the value is no number within the range" --na a=77
	cannot_draft 1 "column 'c': na: only numbers have a mean" --na c=mean
	cannot_draft 1 "column 'c': na_indicator" --na-indicator c
	cannot_draft 2 "range '1': must be LOW..HIGH" --range a=1
	cannot_draft 2 "must be LOW..HIGH" --range a=2..1
	cannot_draft 2 "range 'a': must be COLUMN=..." --range a
	cannot_draft 2 "a column is given twice" --range a=0..1 --range a=0..1
	cannot_draft 2 "given to two of" --range a=0..1 --codes a=0,1
	cannot_draft 2 "not selected" -c b --range a=0..30
	cannot_draft 2 "no column 'z'" --unit z=kg
	cannot_draft 2 "not one character" --decimal xx
}

@test "--draft: all that stands in its way at once, with lines" {
	{
		echo "a,b,c,d"
		rows 20 '#,#%,#,x'
		echo "1,2%,NA,x"
		echo "1,2"
		echo ".,2%,3,x"
		echo "1,2%,NA,x"
	} >in
	capture smpc-schema --draft -o new in
	assert_failure 1
	assert_equal "${#stderr_lines[@]}" 4
	stderr_has "in:23: 2 fields where the header has 4"
	stderr_has "in:24: column 'a': '.' is not a number, though most of the column looks like numbers;"
	stderr_has "in:2: column 'b': '0%' is not a number"
	stderr_has "in:22: column 'c': a value is missing, the first of 2; --na COLUMN=ACTION"
	[ ! -e new ]
	sed -i 23d in
	drafts '{"name": "a", "kind": "number", "range": ["0", "20"], "na": {"value": "0"}}
{"name": "b", "kind": "number", "range": ["0", "0.2"]}
{"name": "c", "kind": "number", "range": ["0", "20"], "na": "mean"}
{"name": "d", "kind": "category", "values": ["x"]}' --na-text . --percent b --na a=0 --na c=mean
	assert_line '  "dialect": {"percent": ["b"], "na_text": ["."]} }'
}

@test "--draft: of very many faults, a hundred and the number of the others" {
	{ echo "a,b"; rows 150 '1'; } >in
	capture smpc-schema --draft in
	assert_failure 1
	assert_equal "${#stderr_lines[@]}" 101
	assert_equal "${stderr_lines[100]}" "smpc-schema: in: 50 more faults"
}

@test "--draft: what is no table of names, and names that are none" {
	needs python3
	printf '\x93NUMPY\x01\x00' >in
	fails_with 1 smpc-schema --draft in
	table in ',b' 1,2
	fails_with 1 smpc-schema --draft in
	stderr_has "-x 1"
	capture smpc-schema --draft --quiet -x 1 in
	assert_success
	printf 'a\n\xe9\n' >in
	for _ in {1..30}; do printf '\xe9\n' >>in; done
	{ echo seen; rows 30 '#.10.2018'; } >in
	cannot_draft 1 "in:2: column 'seen': '0.10.2018' is neither a number nor a date such as 2026-11-29, without time of day; write dates so" -d ';' --decimal ,
	printf 'a\n\xe9\n' >in
	for _ in {1..30}; do printf '\xe9\n' >>in; done
	cannot_draft 1 "is not UTF-8; iconv -f LATIN1 -t UTF-8 converts it, or iconv -f WINDOWS-1252 -t UTF-8"
	{ echo "a,a=b"; rows 3 1,2; } >in
	cannot_draft 1 "a column is named 'a' and another begins with 'a='"
	table in a
	cannot_draft 1 "there are no rows"
}

@test "--draft: what can be done about a missing value is said for the kind of the column" {
	{ echo "n,c,k,d"; rows 12 '1,a,no,2026-01-01'; rows 12 '2,b,yes,2026-01-01'; echo ,,,; } >in
	capture smpc-schema --draft -l k in
	assert_failure 1
	local what="in:26: column '%s': a value is missing, the first of 1; --na COLUMN=ACTION says what is done: drop leaves such rows out, "
	assert_equal "$stderr" "$(printf "smpc-schema: $what%s\n" n "mean takes the mean, a value stands in" c "another word makes a category of them" \
		k "one of the classes stands in" d "a date stands in")"
	quietly smpc-schema --draft --quiet -l k --na n=mean --na c=none --na k=no --na d=drop in
}

@test "--check, --draft: a row behind a blank line is looked at, too" {
	{ echo "a,b"; rows 12 '1,2'; } >in
	smpc-schema --draft --quiet -o schema.json in
	{ echo; echo 1,7; } >>in
	fails_with 1 smpc-schema --check schema.json in
	assert_equal "$stderr" "smpc-schema: in:14: a blank line inside the table
smpc-schema: in:15: column 'b': '7' is beyond the range 0 to 2; correct it, or agree on it: draft anew, and merge"
	echo x,1 >>in
	cannot_draft 1 "in:14: a blank line inside the table"
	stderr_has "in:16: column 'a': 'x' is not a number"
}

# ---- merging

@test "--merge: ranges and categories are united; how tables are written is each owner's own" {
	north_and_south
	quietly smpc-schema --draft --quiet -l outcome --na creatinine=mean --key id -o north.json north.csv
	quietly smpc-schema --draft --quiet -l outcome --na creatinine=mean --key id -x more -d ';' --decimal , \
		--na-text . -o south.json south.csv
	capture smpc-schema --merge -o schema.json north.json south.json
	assert_success
	assert_equal "$stderr" "smpc-schema: the tables are not written alike: with the merged schema, each owner gives their own draft, --dialect DRAFT, to smpc-schema --check and to smpc-share"
	assert_equal "$(cat schema.json)" '{ "version": 1,
  "columns": [
    {"name": "id", "kind": "key"},
    {"name": "age", "kind": "number", "range": ["0", "1000"]},
    {"name": "sex", "kind": "category", "values": ["F", "M"]},
    {"name": "ward", "kind": "category", "values": ["A", "B", "D", "other"], "other": true},
    {"name": "creatinine", "kind": "number", "range": ["0", "2"], "na": "mean"},
    {"name": "outcome", "kind": "class", "values": ["0", "1"]}
  ],
  "dialect": "own" }'
	quietly smpc-schema --check --dialect north.json schema.json north.csv
	quietly smpc-schema --check --dialect south.json schema.json south.csv
	quietly smpc-schema --check schema.json -d ';' --decimal , --na-text . south.csv
	quietly smpc-schema --check schema.json
	# nobody reads a table in another's way by mistake
	fails_with 2 smpc-schema --check schema.json north.csv
	stderr_has "--dialect DRAFT"
	fails_with 2 smpc-schema --check --dialect schema.json schema.json north.csv
	fails_with 1 smpc-schema --check --dialect nowhere schema.json north.csv
	# three drafts, and one that says no more than another
	smpc-schema --merge north.json south.json schema.json 2>/dev/null | cmp - schema.json
	smpc-schema --merge schema.json schema.json 2>/dev/null | cmp - schema.json
	# where all write alike, the schema says how
	quietly smpc-schema --merge south.json south.json
	assert_equal "$output" "$(cat south.json)"
	assert_equal "$(smpc-schema --digest south.json)" "$(sed 's/,$/,/; s/^  "dialect.*/  "dialect": {} }/' south.json | smpc-schema --digest -)"
}

@test "--merge: all conflicts in one list, with status 4" {
	north_and_south
	smpc-schema --draft --quiet -l outcome --na creatinine=mean --unit age=years --key id -o north.json north.csv
	smpc-schema --draft --quiet --na creatinine=drop --one-hot sex=F,M --baseline sex=F -x id -d ';' --decimal , \
		--na-text . -o south.json south.csv
	fails_with 4 smpc-schema --merge -o schema.json north.json south.json
	assert_equal "${#stderr_lines[@]}" 6
	assert_equal "$stderr" "smpc-schema: north.json, south.json: column 'id': is only in north.json; -x leaves it out of that draft, -c chooses the columns of a draft
smpc-schema: north.json, south.json: column 'age': the units differ: years and none; --unit COLUMN=UNIT says which it is
smpc-schema: north.json, south.json: column 'sex': the baselines differ; --baseline COLUMN=VALUE says which it is
smpc-schema: north.json, south.json: column 'creatinine': what is done with missing values differs: mean and drop; --na COLUMN=ACTION says the same in both drafts
smpc-schema: north.json, south.json: column 'outcome': the kinds differ: class and number; --range, --codes, --one-hot, --date and --key say which it is
smpc-schema: north.json, south.json: column 'more': is only in south.json; -x leaves it out of that draft, -c chooses the columns of a draft"
	[ ! -e schema.json ]
	# a column that is ignored need not be there
	smpc-schema --draft --quiet -c more -d ';' south.csv | sed 's/"more", "kind": "category".*/"more", "kind": "ignore"},/' |
		cat - >ignored.json
	smpc-schema --draft --quiet -c sex north.csv >sex.json
	sed -i 's/{"name": "more".*/{"name": "more", "kind": "ignore"}, {"name": "sex", "kind": "category", "values": ["M"]}/' ignored.json
	smpc-schema --merge sex.json ignored.json >merged 2>err
	grep -q '"sex", "kind": "category", "values": \["F", "M"\]' merged
	run ! grep -q more merged
}

# merges_not NAME TEXT: the drafts of x.csv and y.csv, with what the array "options" has, do not agree in column NAME, and TEXT says why.
merges_not() {
	drafts_of_both || return 1
	fails_with 4 smpc-schema --merge -o new x.json y.json || return 1
	stderr_has "x.json, y.json: column '$1': $2" || return 1
	[ ! -e new ]
}

# drafts_of_both: x.json and y.json, by the options of the array "options".
drafts_of_both() {
	local name
	for name in x y; do
		smpc-schema --draft --quiet "${options[@]}" -o $name.json $name.csv || return 1
	done
}

@test "--merge: categories that are most likely the same in other words are not united" {
	local options=()
	{ echo sex; rows 20 F; rows 20 M; } >x.csv
	{ echo sex; rows 20 female; rows 20 male; } >y.csv
	merges_not sex "the categories have no value in common: 'F', 'M' only in the first, 'female', 'male' only in the other; if they mean the same, one owner changes the table and drafts anew; if all of them are meant, --one-hot COLUMN=a,b,c gives the same list in both drafts"
	# what stands for missing values, and for all others, is nothing in common
	{ rows 3 X; rows 3 NA; } | tee -a x.csv >>y.csv
	options=(--na sex=unknown)
	merges_not sex "the categories have no value in common: 'F', 'M' only in the first, 'female', 'male' only in the other; if"
	options=(--na sex=unknown --one-hot 'sex=F,M,female,male' --other sex)
	drafts_of_both
	smpc-schema --merge x.json y.json | grep -q '"values": \["F", "M", "female", "male", "unknown", "other"\]'
	# one is enough to go together
	options=()
	{ echo sex; rows 20 F; rows 20 D; } >y.csv
	sed -i '/[XN]/d' x.csv
	drafts_of_both
	smpc-schema --merge x.json y.json | grep -q '"values": \["F", "M", "D"\]'
	# but not with letters in another case, nor where the third does it
	{ echo sex; rows 20 F; rows 20 m; } >y.csv
	merges_not sex "the categories 'M' and 'm' differ only by letter case or blanks: 'M' only in the first, 'm' only in the other; if"
	fails_with 4 smpc-schema --merge x.json x.json y.json
	stderr_has "x.json, y.json: column 'sex': the categories 'M' and 'm' differ only"
	{ echo sex; rows 20 F; rows 20 M; rows 20 m; } >y.csv
	merges_not sex "the categories 'M' and 'm' differ only by letter case or blanks: 'm' only in the other; if"
	options=(--one-hot 'sex=F,M,m')
	drafts_of_both
	smpc-schema --merge x.json y.json | grep -q '"values": \["F", "M", "m"\]'
}

@test "--merge: of classes that differ the message says first that a table may have to be recoded" {
	local options=(-l ill)
	{ echo ill; rows 20 0; rows 20 1; } >x.csv
	{ echo ill; rows 20 1; rows 20 2; } >y.csv
	merges_not ill "the classes differ: '0' only in the first, '2' only in the other; if the same classes are coded in two ways, as 0,1 and 1,2 or no,yes and No,Yes, one owner recodes the table and drafts anew; only if all of these are different classes, --codes COLUMN=a,b,c gives all of them in both drafts"
	options=(--codes 'ill=0,1,2')
	drafts_of_both
	smpc-schema --merge x.json y.json | grep -q '"values": \["0", "1", "2"\]'
	options=(-l ill)
	{ echo ill; rows 20 No; rows 20 Yes; } >x.csv
	{ echo ill; rows 20 no; rows 20 yes; } >y.csv
	merges_not ill "the classes differ: 'No', 'Yes' only in the first, 'no', 'yes' only in the other; if"
	options=(--codes 'ill=No,no,Yes,yes')
	drafts_of_both
	smpc-schema --merge x.json y.json | grep -q '"values": \["No", "no", "Yes", "yes"\]'
}

@test "--draft: values that differ only by letter case or blanks are told, unless options list them" {
	{ echo "ill,sex,n"; rows 20 'Yes,F,1'; rows 20 'no,"f ",2'; rows 12 'yes,M,3'; rows 2 'No,M,4'; } >in
	capture smpc-schema --draft --quiet in
	assert_success
	assert_equal "$stderr" "smpc-schema: in: column 'ill': 'No' and 'no', 'Yes' and 'yes' differ only by letter case or blanks; if they mean the same, write them alike
smpc-schema: in: column 'sex': 'F' and 'f' differ only by letter case or blanks; if they mean the same, write them alike"
	capture smpc-schema --draft --quiet -l ill -c ill in
	assert_failure 1
	assert_equal "${stderr_lines[0]}" "smpc-schema: in: column 'ill': 'No' and 'no', 'Yes' and 'yes' differ only by letter case or blanks; if they mean the same, write them alike"
	quietly smpc-schema --draft --quiet --codes ill=Yes,yes,no,No --one-hot sex=F,f,M in
}

# ---- checking

@test "--check: every fault with line, column, and what to do" {
	cat >schema.json <<-'J'
		{"version": 1, "columns": [
		 {"name": "age", "kind": "number", "range": ["0", "100"]},
		 {"name": "bp", "kind": "number", "range": ["0", "300"], "na": "drop"},
		 {"name": "sex", "kind": "category", "values": ["F", "a,b", ""], "na": {"value": "F"}},
		 {"name": "ward", "kind": "category", "values": ["A", "other"], "other": true},
		 {"name": "ill", "kind": "class", "values": ["no", "yes"]},
		 {"name": "born", "kind": "date"},
		 {"name": "id", "kind": "ignore"}]}
	J
	table good.csv more,born,ill,ward,sex,bp,age 'x,2026-11-29, yes ,Z,"a,b",NA,100' 'x,1999-01-01,no,A,,3e2,"0"'
	quietly smpc-schema --check schema.json good.csv
	quietly smpc-schema --check schema.json - <good.csv
	quietly smpc-schema --check schema.json
	table bad.csv born,ill,ward,sex,bp,age 2026-11-29,yes,A,F,1,101 NA,,NA,M,-1,NA 2026-11-31,maybe,A,?,x,1e999 1,2 \
		1999-01-01,no,A,F,1,1
	capture smpc-schema --check schema.json bad.csv
	assert_failure 5
	assert_output ""
	assert_equal "$stderr" "smpc-schema: bad.csv:2: column 'age': '101' is beyond the range 0 to 100; correct it, or agree on it: draft anew, and merge
smpc-schema: bad.csv:3: column 'born': 'NA' is a missing value, which the schema refuses; correct it, or agree on --na: draft anew, and merge
smpc-schema: bad.csv:3: column 'ill': '' is a missing value, which the schema refuses; correct it, or agree on --na: draft anew, and merge
smpc-schema: bad.csv:3: column 'ward': 'NA' is a missing value, which the schema refuses; correct it, or agree on --na: draft anew, and merge
smpc-schema: bad.csv:3: column 'sex': 'M' is none of the values 'F', 'a,b', ''; correct it, or agree on it: draft anew, and merge
smpc-schema: bad.csv:3: column 'bp': '-1' is beyond the range 0 to 300; correct it, or agree on it: draft anew, and merge
smpc-schema: bad.csv:3: column 'age': 'NA' is a missing value, which the schema refuses; correct it, or agree on --na: draft anew, and merge
smpc-schema: bad.csv:4: column 'born': '2026-11-31' is not a date such as 2026-11-29; correct it, or --na-text says that it stands for a missing value
smpc-schema: bad.csv:4: column 'ill': 'maybe' is none of the values 'no', 'yes'; correct it, or agree on it: draft anew, and merge
smpc-schema: bad.csv:4: column 'bp': 'x' is not a number; correct it, or say how the table is written: --decimal, --thousands, --percent, --strip, and --na-text for missing values
smpc-schema: bad.csv:4: column 'age': '1e999' is beyond the range 0 to 100; correct it, or agree on it: draft anew, and merge
smpc-schema: bad.csv:5: 2 fields where the header has 6"
	# the status is that of the first fault
	sed -i 2d bad.csv
	fails_with 1 smpc-schema --check schema.json bad.csv
}

@test "dates that cannot be shared are told by the draft, by --check and by smpc-share" {
	table in d 2020-01-02 9999-12-31 1880-04-14 1880-04-15 2059-09-18 2059-09-19
	fails_with 1 smpc-schema --draft in
	stderr_has "in: column 'd': there are dates beyond those that can be shared, 1880-04-15 to 2059-09-18; --na-text says"
	echo '{"version": 1, "columns": [{"name": "d", "kind": "date"}]}' >s.json
	fails_with 5 smpc-schema --check s.json in
	stderr_has "in:3: column 'd': '9999-12-31' is beyond the dates that can be shared, 1880-04-15 to 2059-09-18; correct it, or --na-text says"
	stderr_has "in:4: column 'd': '1880-04-14' is beyond"
	stderr_has "in:7: column 'd': '2059-09-19' is beyond"
	assert_equal "${#stderr_lines[@]}" 3
	fails_with 5 smpc-share --schema s.json -n 2 -o no in
	quietly smpc-schema --draft --quiet --na d=drop --na-text 9999-12-31,1880-04-14,2059-09-19 -o d.json in
	quietly smpc-schema --check d.json in
}

@test "--check: columns that are missing or there twice, and a list that ends" {
	echo '{"version": 1, "columns": [{"name": "age", "kind": "number", "range": ["0", "100"]}, {"name": "bp", "kind": "date"},
		{"name": "id", "kind": "ignore"}]}' >schema.json
	table t.csv aeg,bp,bp 1,2026-01-01,2026-01-01
	fails_with 1 smpc-schema --check schema.json t.csv
	assert_equal "${#stderr_lines[@]}" 2
	stderr_has "t.csv: has no column 'age', which the schema has; is it 'aeg'?"
	stderr_has "t.csv: has two columns 'bp', 2 and 3; rename one"
	{ echo age,bp; rows 200 1234,2026-01-01; } >t.csv
	fails_with 5 smpc-schema --check schema.json t.csv
	assert_equal "${#stderr_lines[@]}" 101
	assert_equal "${stderr_lines[99]}" "smpc-schema: t.csv:101: column 'age': '1234' is beyond the range 0 to 100; correct it, or agree on it: draft anew, and merge"
	assert_equal "${stderr_lines[100]}" "smpc-schema: t.csv: 100 more faults"
	table t.csv age,bp
	fails_with 1 smpc-schema --check schema.json t.csv
	stderr_has "there are no rows"
}

@test "--check: a table of one column, with blank lines" {
	echo '{"version": 1, "columns": [{"name": "a", "kind": "number", "range": ["0", "10"], "na": "drop"}]}' >schema.json
	table t.csv a 1 "" "" 3 "" ""
	quietly smpc-schema --check schema.json t.csv
	sed -i 's/, "na": "drop"//' schema.json
	fails_with 1 smpc-schema --check schema.json t.csv
	assert_equal "${#stderr_lines[@]}" 2
	stderr_has "t.csv:3: column 'a'"
	stderr_has "t.csv:4: column 'a'"
	# elsewhere they are faults, each once
	table t.csv a,b 1,2 "" 3,4 5,6
	fails_with 1 smpc-schema --check schema.json t.csv
	assert_equal "$stderr" "smpc-schema: t.csv:3: a blank line inside the table"
}

# ---- files, options

@test "a schema that is none is refused, with what is wrong and where" {
	local text
	for text in '' '{' '[]' '{"version": 2}' '{"version": 1, "columns": [{"name": "a", "kind": "nubmer"}]}' \
		"$(yes '[' | head -n 100000 | tr -d '\n')"; do
		echo "$text" >s.json
		for command in --check --digest "--merge s.json"; do
			# shellcheck disable=SC2086 # words
			fails_with 1 smpc-schema $command s.json
			stderr_has "s.json"
		done
	done
	fails_with 1 smpc-schema --check nowhere
	stderr_has "nowhere: No such file"
	echo '{"version": 1, "columns": [{"name": "a", "kind": "nubmer"}]}' >s.json
	fails_with 1 smpc-schema --check s.json
	stderr_has "s.json: column 1 ('a'): field 'kind': unknown kind 'nubmer'; did you mean 'number'?"
}

@test "--digest: of what is agreed on, however it is written" {
	echo '{"version": 1, "columns": [{"name": "a", "kind": "number", "range": ["0", "1e2"], "na": "error"}]}' >one.json
	printf '\xef\xbb\xbf{"columns":[{"kind":"number","range":["0.0","100"],"name":"\\u0061"}],"dialect":{"decimal":","},"version":1}' >two.json
	quietly smpc-schema --digest one.json
	assert_output "$(printf '{"columns":[{"kind":"number","name":"a","range":["0","100"]}],"version":1}' | b2sum -l 256 | cut -d ' ' -f 1)"
	assert_equal "$(smpc-schema --digest - <two.json)" "$output"
}

@test "options that do not go together" {
	echo '{"version": 1, "columns": [{"name": "a", "kind": "key"}]}' >s.json
	table t.csv a x
	local line
	while read -r line; do
		# shellcheck disable=SC2086 # words
		fails_with 2 smpc-schema $line
	done <<-'L'
		t.csv
		--draft --merge t.csv
		--draft t.csv t.csv
		--merge s.json
		--merge -l a s.json s.json
		--check
		--check s.json t.csv t.csv
		--check -o x s.json t.csv
		--check --range a=0..1 s.json t.csv
		--check --quiet s.json
		--draft --dialect s.json t.csv
		--merge --dialect s.json s.json s.json
		--check --dialect s.json s.json
		--digest
		--digest s.json s.json
		--digest -o x s.json
	L
	[ ! -e x ]
}

@test "-o: an output appears whole or not at all" {
	table t.csv a 1
	echo precious >out
	chmod 644 out
	fails_with 1 smpc-schema --draft --quiet -o out nowhere
	assert_equal "$(cat out)" precious
	quietly smpc-schema --draft --quiet -o out t.csv
	quietly smpc-schema --check out t.csv
	fails_with 1 smpc-schema --draft --quiet -o /dev/full t.csv
	stderr_has "No space left"
}

# ---- what is shared by it

@test "smpc-share --schema: what the owners agreed on, in its order, with its digest" {
	north_and_south
	smpc-schema --draft --quiet -l outcome --na creatinine=drop --key id -o north.json north.csv
	smpc-schema --draft --quiet -l outcome --na creatinine=drop --key id -x more -d ';' --decimal , --na-text . \
		-o south.json south.csv
	smpc-schema --merge -o schema.json north.json south.json 2>/dev/null
	fails_with 2 smpc-share --schema schema.json -n 2 -o n north.csv
	stderr_has "--dialect DRAFT"
	fails_with 2 smpc-share --dialect north.json -n 2 -o n north.csv
	fails_with 2 smpc-share -q 7 --dialect north.json -n 2 -o n north.csv
	capture smpc-share --schema schema.json --dialect north.json -x id -n 2 -o n north.csv
	assert_success
	assert_equal "$stderr" "smpc-share: north.csv: left out 20 of 81 rows for missing values: 20 in 'creatinine'"
	quietly smpc-reveal n.1 n.2
	assert_line --index 0 "age,sex=F,sex=M,ward=A,ward=B,ward=D,ward=other,creatinine,outcome"
	assert_line --index 1 "40,1,0,1,0,0,0,1,0"
	assert_line --index 61 "30,0,1,0,0,0,1,0.5,1"
	is_line schema n.1 "$(smpc-schema --digest schema.json)"
	capture smpc-share --schema schema.json --dialect south.json -x id -n 2 -o s south.csv
	assert_success
	smpc-cat -o both.1 n.1 s.1
	is_line shape both.1 "91 x 9"
	# another schema is another agreement
	sed 's/"1000"/"600"/' schema.json >other.json
	smpc-share --schema other.json -d ';' --decimal , --na-text . -x id -n 2 -o t south.csv 2>/dev/null
	is_line schema t.1 "$(smpc-schema --digest other.json)"
	fails_with 4 smpc-cat -o more.1 n.1 t.1
	stderr_has "another schema"
	# the draft says how its owner writes
	capture smpc-share --schema south.json -x id -n 2 -o u south.csv
	assert_success
	is_line shape u.1 "30 x 7"
}

@test "smpc-share --schema: a table that does not keep to it is refused" {
	cat >schema.json <<-'J'
		{"version": 1, "columns": [
		 {"name": "x", "kind": "number", "range": ["-1", "1"]},
		 {"name": "c", "kind": "category", "values": ["", "a,b", "z"]},
		 {"name": "k", "kind": "class", "values": ["2", "1"], "na": {"value": "1"}},
		 {"name": "q", "kind": "category", "values": ["z", "1"], "na": {"value": "1"}}]}
	J
	table in q,c,k,x z,,1,0.5 'NA,"a,b",2,-1' z,z,NA,1
	quietly smpc-share --schema schema.json -n 2 -o s in
	quietly smpc-reveal s.1 s.2
	assert_output $'x,c=,"c=a,b",c=z,k,q=z,q=1\n0.5,1,0,0,1,1,0\n-1,0,1,0,2,0,1\n1,0,0,1,1,1,0'
	table bad q,c,k,x z,,1,1.5 z,y,1,NA
	for how in "-o t" --check --public; do
		# shellcheck disable=SC2086 # words
		capture smpc-share --schema schema.json -n 2 $how bad
		[ "$how" != --public ] || capture smpc-share --schema schema.json --public -o t bad
		assert_failure 5
		assert_equal "${stderr_lines[0]}" "smpc-share: bad:2: column 'x': '1.5' is beyond the range -1 to 1; correct it, or agree on it: draft anew, and merge"
	done
	capture smpc-share --schema schema.json --check bad
	assert_equal "${#stderr_lines[@]}" 3
	holds bad in s.0 s.1 s.2 schema.json
	# names are looked up as names, and not as positions
	echo '{"version": 1, "columns": [{"name": "2", "kind": "number", "range": ["0", "10"]}]}' >schema.json
	table in a,b 1,2
	fails_with 1 smpc-share --schema schema.json -n 2 -o t in
	stderr_has "has no column '2'"
	table in a,2 1,3
	quietly smpc-share --schema schema.json -n 2 -o t in
	quietly smpc-reveal t.1 t.2
	assert_output $'"2"\n3'
}

@test "smpc-share --schema: all kinds, and missing values of each column, as options would share them" {
	cat >schema.json <<-'J'
		{"version": 1, "columns": [
		 {"name": "x", "kind": "number", "range": ["-8", "3e9"], "unit": "mg/l", "na": "mean", "na_indicator": true},
		 {"name": "y", "kind": "number", "range": ["0", "1e-6"], "na": {"value": "5e-7"}},
		 {"name": "c", "kind": "category", "values": ["u", "v", "w"], "baseline": "v", "na": {"value": "w"}, "na_indicator": true},
		 {"name": "d", "kind": "date", "na": "drop"},
		 {"name": "k", "kind": "class", "values": ["no", "yes"]}]}
	J
	table in k,d,c,y,x yes,2026-01-02,u,1e-6,2.5e9 no,1999-12-31,v,NA,NA no,NA,v,0,1 no,1970-01-01,NA,0,-4
	capture smpc-share --schema schema.json -n 2 -o s in
	assert_success
	assert_equal "$stderr" "smpc-share: in: left out 1 of 4 rows for missing values: 1 in 'd'"
	capture smpc-share -n 2 -o t -c x,y,c,d,k --range x=-8..3e9 --unit x=mg/l --na x=mean --na-indicator x,c --range y=0..1e-6 \
		--na y=5e-7 --one-hot c=u,v,w --baseline c=v --na c=w --date d --na d=drop --codes k=no,yes in
	assert_success
	quietly smpc-reveal s.1 s.2
	assert_output "x,x.present,x.missing,y,c=u,c=w,c.missing,d,k
2500000000,1,0,0.000001,1,0,0,20455,1
,0,1,0.0000005,0,0,0,10956,0
-4,1,0,0,0,1,1,0,0"
	assert_equal "$(smpc-reveal t.1 t.2)" "$output"
	# the header says the same of the columns, and that rows are gone
	local party
	for party in s t; do
		smpc-info --json "$party.1" | grep -o '"about":.*\]' | sed 's/,"schema".*//; s/"id".*//' >"$party.about"
		smpc-info --json "$party.1" | grep -o '"dropped":[a-z]*' >>"$party.about"
	done
	grep -q '"kind":"class"' s.about
	grep -q '"unit":"mg/l"' s.about
	grep -q '"dropped":true' s.about
	assert_equal "$(cat s.about)" "$(cat t.about)"
	# nothing is left to be said by options
	quietly smpc-share --schema schema.json --check -n 2 <(sed /NA/d in)
	refute_output --partial "options to paste"
	# the additive scheme has no means to fill in
	fails_with 2 smpc-share --schema schema.json -a -n 2 -o a in
	stderr_has "no means that could be filled in"
}

@test "smpc-share --schema: values may be any texts, those that options use among them" {
	cat >schema.json <<-'J'
		{"version": 1, "columns": [
		 {"name": "a=b", "kind": "category", "values": ["drop", "a,b", ""], "baseline": "", "na": {"value": "drop"}},
		 {"name": "3-7", "kind": "class", "values": ["error", "mean"], "na": {"value": "mean"}},
		 {"name": "1,2", "kind": "number", "range": ["0", "4"], "unit": "x=y", "na": {"value": "2"}}]}
	J
	table in '"1,2",3-7,a=b' '1,error,"a,b"' 'NA,NA,NA' '4,mean,'
	quietly smpc-share --schema schema.json -n 2 -o s in
	quietly smpc-reveal s.1 s.2
	assert_output $'a=b=drop,"a=b=a,b",3-7,"1,2"\n0,1,0,1\n1,0,1,2\n0,0,1,4'
	smpc-info --json s.1 >json
	grep -q '"unit":"x=y"' json
}

@test "smpc-share --schema: faults where rows are left out are those of the schema, and of no range twice" {
	cat >schema.json <<-'J'
		{"version": 1, "columns": [
		 {"name": "x", "kind": "number", "range": ["0", "10"], "na": "drop"},
		 {"name": "c", "kind": "category", "values": ["u", "v"]},
		 {"name": "d", "kind": "date"}]}
	J
	table in x,c,d NA,u,2026-01-01 11,u,2026-01-01 1,w,2026-01-01 1,u,2026-02-30
	fails_with 5 smpc-share --schema schema.json -n 2 -o s in
	assert_equal "$stderr" "smpc-share: in:3: column 'x': '11' is beyond the range 0 to 10; correct it, or agree on it: draft anew, and merge"
	capture smpc-share --schema schema.json --check in
	assert_failure 5
	assert_equal "${#stderr_lines[@]}" 3
	stderr_has "in:4: column 'c': 'w' is none of the values 'u', 'v'"
	stderr_has "in:5: column 'd': '2026-02-30' is not a date"
	assert_equal "${lines[0]}" "rows that were read: 4"
	assert_line --regexp '^x +number +1 +1 +11 '
}

@test "smpc-share --schema: options that say the same, and nothing to share" {
	table in a,b 1,2026-01-01
	echo '{"version": 1, "columns": [{"name": "a", "kind": "ignore"}]}' >schema.json
	fails_with 1 smpc-share --schema schema.json -n 2 -o x in
	echo '{"version": 1, "columns": [{"name": "a", "kind": "number", "range": ["0", "9"]}]}' >schema.json
	for option in "-c a" "--one-hot a=1" "--codes a=1" "--scale a=2" --standardize "--na drop" \
		"--na a=drop" "--na-indicator a" "--range a=0..9" "--unit a=m" "--date b" "--baseline a=1" --no-header "-q 7"; do
		# shellcheck disable=SC2086 # words
		fails_with 2 smpc-share --schema schema.json $option -n 2 -o x in
		stderr_has "--schema says what is shared"
	done
	fails_with 1 smpc-share --schema nowhere -n 2 -o x in
	assert_equal "$(find . -name 'x.*')" ""
}

@test "smpc-share --schema -x: columns of the schema are left out, whether the table has them or not" {
	cat >schema.json <<-'J'
		{"version": 1, "columns": [
		 {"name": "id", "kind": "ignore"},
		 {"name": "age", "kind": "number", "range": ["0", "100"]},
		 {"name": "a,b", "kind": "category", "values": ["u", "v"], "na": "drop"},
		 {"name": "gain", "kind": "number", "range": ["0", "1"], "na": "mean"},
		 {"name": "ill", "kind": "class", "values": ["no", "yes"]}],
		 "dialect": {"percent": ["gain"]}}
	J
	table all 'id,ill,gain,age,"a,b"' '1,yes,5 %,30,u' '2,no,7 %,40,v'
	table few '"a,b",age,id' 'v,20,1' 'NA,25,2'
	fails_with 1 smpc-share --schema schema.json -n 2 -o x few
	stderr_has "few: has no column 'gain', which the schema has; name it in the header, or leave it out by -x, as labels that are to be predicted"
	stderr_has "few: has no column 'ill', which the schema has; name it"
	fails_with 1 smpc-share --schema schema.json -n 2 -o x -x gain few
	assert_equal "${#stderr_lines[@]}" 1
	capture smpc-share --schema schema.json -n 2 -o few -x gain -x ill few
	assert_success
	assert_equal "$stderr" "smpc-share: few: left out 1 of 2 rows for missing values: 1 in 'a,b'"
	quietly smpc-reveal few.1 few.2
	assert_output $'age,"a,b=u","a,b=v"\n20,0,1'
	is_line schema few.1 "$(smpc-schema --digest schema.json)"
	# what is left out is not looked at
	sed -i 's/yes,5 %/maybe,x/' all
	quietly smpc-share --schema schema.json -n 2 -o all -x gain,ill,id all
	is_line schema all.1 "$(smpc-schema --digest schema.json)"
	quietly smpc-reveal all.1 all.2
	assert_output $'age,"a,b=u","a,b=v"\n30,1,0\n40,0,1'
	fails_with 1 smpc-share --schema schema.json -n 2 -o no -x gain all
	stderr_has "all:2: column 'ill': 'maybe' is none of the values 'no', 'yes'"
	capture smpc-share --schema schema.json --check -x ill all
	assert_failure 1
	stderr_has "all:2: column 'gain': 'x' "
	# a name with a comma, and with commas between
	quietly smpc-share --schema schema.json -n 2 -o comma -x gain -x a,b -x ill all
	assert_equal "$(smpc-reveal comma.1 comma.2 | head -n 1)" age
	for option in nothing gain,1 3 a "" "gain,"; do
		fails_with 2 smpc-share --schema schema.json -n 2 -o no -x "$option" all
		stderr_has "-x '${option#gain,}': the schema has no such column"
	done
	fails_with 2 smpc-share --schema schema.json -n 2 -o no -x age -x a,b -x gain,ill all
	stderr_has "-x leaves nothing of the schema to share"
	assert_equal "$(find . -name 'no*')" ""
}

@test "smpc-share --schema: in a session, the table is checked before the others are called" {
	{ echo "a,b"; rows 20 '#,x##'; } >t.csv
	smpc-schema --draft --quiet --range a=0..19 -o schema.json t.csv
	# shellcheck disable=SC2016 # for the parties' shells
	job='case $SMPC_PARTY in 1) set -- --schema schema.json t.csv ;; esac; exec smpc-share --from 1 -o "$0" "$@"'
	capture smpc-local -n 2 -- sh -euc "$job" x
	assert_success
	quietly smpc-reveal x.1 x.2
	assert_line --index 2 1,0,1
	is_line schema x.2 "$(smpc-schema --digest schema.json)"
	sed -i 's/^19,/20,/' t.csv
	capture smpc-local -n 2 -- sh -euc "$job" y
	assert_failure 5
	stderr_has "t.csv:21: column 'a': '20' is beyond the range 0 to 19"
	assert_equal "$(find . -name 'y.*')" ""
}
