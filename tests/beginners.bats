#!/usr/bin/env bats
#
# What goes wrong in somebody's first hour: each message says what it is and what to do.

load helper
load shares

setup() {
	common_setup
	table p.csv age,weight,label 31,61.5,0 47,82,1
	smpc-share -n 2 -o p p.csv
}

# told STATUS TEXT... -- CMD...: it fails with one line that has all of these texts.
told() {
	local want=$1 texts=()
	shift
	while [ "$1" != -- ]; do
		texts+=("$1")
		shift
	done
	shift
	fails_with "$want" "$@" || return 1
	# shellcheck disable=SC2154 # set by run
	assert_equal "$(wc -l <<<"$stderr")" 1 || return 1
	for want in "${texts[@]}"; do
		stderr_has "$want" || return 1
	done
}

sealed() {
	identities
	smpc-share -p parties.json -i owner.key -o s p.csv
}

@test "a table where shares are expected" {
	told 1 "p.csv: is not a share stream: is it a table?" "smpc-share makes shares" -- smpc-sum p.csv
	told 1 "p.csv: is not a share stream" smpc-share -- smpc-reveal p.1 p.csv
	told 1 "p.csv: is not a share stream" -- smpc-add p.1 p.csv
	told 1 "standard input: is not a share stream: is it a table?" -- sh -c 'smpc-cut -c age <p.csv'
}

@test "what begins with a letter may be a table; what begins with another byte is none" {
	local byte
	for byte in '!' 0 '~'; do
		printf '%s,b\n1,2\n' "$byte" >in
		told 1 "in: is not a share stream: is it a table?" -- smpc-cat in
	done
	for byte in 000 001 037 177 200 377; do
		# shellcheck disable=SC2059 # an octal escape is the format
		printf "\\$byte,b\\n1,2\\n" >in
		told 1 "in: is not a share stream" -- smpc-cat in
		[[ $stderr != *"is it a table"* ]]
	done
}

@test "a share where a table is expected" {
	told 1 "p.1: is a share stream, not a table" smpc-info -- smpc-share -n 2 -o z p.1
	sealed
	told 1 "s.alice: is a sealed share stream, not a table" -- smpc-share -n 2 -o z s.alice
	assert_not_exists z.1
}

@test "shares of two runs of smpc-share" {
	smpc-share -n 2 -o q p.csv
	told 4 "q.2: " "different runs of smpc-share" "only shares of one run" -- smpc-reveal p.1 q.2
	told 4 "p.1: " "different runs of smpc-share" -- smpc-reveal p.1 q.0 q.2
}

@test "shares of which one went through another step: which one, and what it was" {
	smpc-cut -c age -o y.2 p.2
	told 4 "y.2: " "not the same steps" "'share'" "'cut'" smpc-info -- smpc-reveal p.1 y.2
	smpc-cut -c age -o y.0 p.0
	told 4 "p.1: " "not the same steps" "'share'" "'cut'" smpc-info -- smpc-reveal p.1 y.0 y.2
}

@test "a party's share is missing" {
	told 4 "the share of party '2' is missing (or that of the dealer, '0'): give it, too" -- smpc-reveal p.1
	told 4 "such as that of '1': give it, too" -- smpc-reveal p.0
	shared_additively a x 1
	told 4 "the share of party '2' is missing; all 2 are needed: give it, too" -- smpc-reveal a.1
	told 2 "whose shares?" "--to NAME" -- smpc-reveal
	told 4 "both shares of the same party" -- smpc-reveal p.1 p.1
}

@test "a file that is not there, with the name of no party" {
	told 1 "p.3: No such file" -- smpc-sum p.3
	told 1 "p: No such file" -- smpc-sum p
}

@test "several parties' shares given to a tool that works on one's own" {
	told 2 "'p.2' is one operand too many; there can be [FILE]" "smpc-sum --help" -- smpc-sum p.1 p.2
	told 4 "share of party '1'" "of party '2'" smpc-reveal -- smpc-add p.1 p.2
}

@test "too few operands" {
	told 2 "operands are missing: FILE ..." "smpc-paste --help" -- smpc-paste
	told 2 "operands are missing: " COMMAND -- smpc-local
	told 2 "say which columns with -c or -x" -- smpc-cut p.1
}

@test "a sealed share and no key, or not all that opens it" {
	sealed
	told 4 "s.alice: is sealed to 'alice' by 'owner'; open it with -i KEY and -p parties.json" -- smpc-sum s.alice
	told 4 "open it with -i KEY" -- smpc-sum -p parties.json s.alice
	told 4 "open it with -p parties.json" -- smpc-sum -i alice.key s.alice
	told 4 "s.alice: is sealed to 'alice'" "open it with -i KEY" -- smpc-reveal s.alice s.bob
	told 1 "nokey: No such file" -- smpc-sum -i nokey -p parties.json s.alice
}

@test "a sealed share and somebody else's key: whose it is" {
	sealed
	told 4 "s.alice: is sealed to 'alice', and the identity is that of 'bob'" "only 'alice' can open it" smpc-seal -- \
		smpc-sum -i bob.key -p parties.json s.alice
	told 4 "s.bob: is sealed to 'bob', and the identity is that of 'alice'" -- \
		smpc-reveal -i alice.key -p parties.json s.alice s.bob
	told 4 "not that of our identity" -- smpc-sum -i stranger.key -p parties.json s.alice
}

@test "keys and parties files in the wrong places" {
	sealed
	told 1 "alice.key: is not a share stream: it is an identity file" "-i" -- smpc-sum alice.key
	told 4 "alice.key: is an identity file, not a table; keep it secret" -- smpc-share -n 2 -o z alice.key
	told 1 "parties.json: is not a share stream: it is a parties file" -- smpc-sum parties.json
	told 1 "p.csv: " "is this a parties file?" -- smpc-sum -i alice.key -p p.csv s.alice
	chmod 600 alice.pub
	told 1 "alice.pub: " "this is a public key" -- smpc-sum -i alice.pub -p parties.json s.alice
	# no message shows a key
	local secret word
	secret=$(grep -o 'smpc-secret-.*' alice.key)
	for word in smpc-sum "smpc-share -n 2 -o z" "smpc-reveal p.1" "smpc-sum -p"; do
		run $word alice.key
		assert_failure
		refute_output --partial "${secret:0:20}"
	done
}

@test "a column that is not there" {
	told 2 "p.1: no column 'wieght'; did you mean 'weight'?" -- smpc-cut -c wieght p.1
	told 2 "p.1: no column 'Age'; did you mean 'age'?" -- smpc-cut -x Age p.1
	told 2 "p.1: no column 'outcome'; there are: age, weight, label" -- smpc-cut -c outcome p.1
	told 2 "p.csv: no column 'lable'; did you mean 'label'?" -- smpc-share -n 2 --one-hot lable=0,1 -o z p.csv
	told 2 "p.csv: no column 'outcome'; there are: age, weight, label" -- smpc-share -n 2 -c outcome -o z p.csv
	told 2 "p.1: no column 4: there are 3 columns" -- smpc-cut -c 4 p.1
	# no more than fit a line
	seq -s , -f 'column%04g' 1000 >wide.csv
	seq -s , 1000 >>wide.csv
	told 2 "column0001" "..." -- smpc-share -n 2 -c none -o z wide.csv
	[ "${#stderr}" -lt 300 ]
}

@test "a tool that needs the others, run alone" {
	told 2 "smpc-party(1)" "smpc-local(1)" -- smpc-ping
	told 2 "smpc-party(1)" "smpc-local(1)" -- smpc-reveal --to 1 p.1
	told 2 "smpc-party(1)" "smpc-local(1)" -- smpc-share --from 1 -o z p.csv
	told 2 "smpc-party(1)" "smpc-local(1)" -- smpc-compare lt p.1 p.1
	told 2 "smpc-party(1)" "smpc-local(1)" -- smpc-mul p.1 p.1
}

@test "an empty file, a directory" {
	: >empty
	mkdir d
	told 1 "empty: " "it is empty" "did the command before it fail?" -- smpc-sum empty
	told 1 "empty: is empty" "did the command before it fail?" -- smpc-share -n 2 -o z empty
	told 1 "d: is a directory; name a file in it" -- smpc-sum d
	told 1 "d: is a directory; name a file in it" -- smpc-share -n 2 -o z d
}

# with_mark FILE: put a byte order mark before it, as Notepad does.
with_mark() {
	printf '\357\273\277' | cat - "$1" >marked
	chmod 600 marked
	mv marked "$1"
}

@test "a byte order mark is no fault: parties files, keys, models, matrices, shares in text, lists of layers" {
	sealed
	for file in parties.json owner.key alice.key; do
		with_mark "$file"
	done
	quietly smpc-share -p parties.json -i owner.key -o m p.csv
	quietly into opened smpc-cat -i alice.key -p parties.json m.alice
	# the same parties file as without
	quietly into opened smpc-cat -i alice.key -p parties.json s.alice
	quietly smpc-keygen -y -i alice.key
	assert_output "$(cat alice.pub)"
	echo '{"name":"fc.weight","rows":[[0.5,1,0]]}' >model.json
	with_mark model.json
	quietly smpc-share --public --net 'dense 1' -o model model.json
	for name in $'w\n' ''; do
		printf '%s1\n0\n2\n' "$name" >matrix.csv
		with_mark matrix.csv
		for party in 1 2; do
			smpc-matmul -c matrix.csv -o "x.$party" "p.$party"
		done
		quietly smpc-reveal x.1 x.2
		assert_output "$name"$'31\n49'
	done
	smpc-cat --json -o text.1 p.1
	with_mark text.1
	quietly smpc-reveal text.1 p.2
	assert_output "$(cat p.csv)"
	# also where files were joined
	smpc-cat --json -o more.1 x.1
	with_mark more.1
	cat text.1 more.1 >both
	quietly smpc-info both
	[[ $output == *"digests       all match"*"digests       all match"* ]]
	echo '["dense 1", "sigmoid"]' >layers.json
	with_mark layers.json
	smpc-share --public -o clear p.csv
	quietly into net smpc-train --clear --net-file layers.json --label label -e 1 clear
}

@test "a public key in place of the identity: it is named, whoever can read it" {
	sealed
	for mode in 644 600; do
		chmod "$mode" alice.pub
		told 1 "alice.pub: line 1: this is a public key, for others; the identity file that smpc-keygen -o wrote" -- \
			smpc-sum -i alice.pub -p parties.json s.alice
		told 1 "alice.pub: line 1: this is a public key" -- smpc-share -i alice.pub -p parties.json -o z p.csv
		told 1 "alice.pub: line 1: this is a public key" -- smpc-keygen -y -i alice.pub
		told 1 "alice.pub: line 1: this is a public key" -- smpc-party -i alice.pub -p parties.json -- true
		with_mark alice.pub
	done
	chmod 644 parties.json
	told 1 "parties.json: line 1: not an identity file" -- smpc-sum -i parties.json -p parties.json s.alice
	# a secret that others can read is refused as before, wherever it stands in the file
	printf '# mine\n\n%s\n' "$(tail -n 1 alice.key)" >loose.key
	chmod 644 loose.key
	told 4 "loose.key: others have access to this secret key (mode 644)" -- smpc-sum -i loose.key -p parties.json s.alice
}

@test "compressed files, spreadsheets, UTF-16" {
	gzip -c p.csv >p.csv.gz
	gzip -c p.1 >p.1.gz
	told 1 "p.csv.gz: is compressed; pipe it through zcat" -- smpc-share -n 2 -o z p.csv.gz
	told 1 "p.1.gz: is not a share stream: it is compressed; pipe it through zcat" -- smpc-sum p.1.gz
	zcat p.1.gz | quietly into out smpc-sum
	printf 'PK\003\004xlsx' >p.xlsx
	told 1 "p.xlsx: is a zip archive (.npz, .xlsx?)" "take the table out" -- smpc-share -n 2 -o z p.xlsx
	printf '\377\376a\0\n\0' >p.txt
	told 1 "p.txt: is UTF-16 text" "iconv" -- smpc-share -n 2 -o z p.txt
}

@test "formats of other software: Parquet, HDF5, pickles, PyTorch; of ours, a safetensors file in the wrong place" {
	printf 'PAR1\025\004\025\140' >t.parquet
	printf '\211HDF\r\n\032\n\0\0\0\0' >t.h5
	printf '\200\004\225\012\0\0\0\0\0\0\0}' >t.pkl
	printf '\200\002\212\012l\374\234F\371' >old.pt
	python3 -c 'import zipfile; zipfile.ZipFile("new.pt", "w").writestr("model/data.pkl", "x")'
	told 1 "t.parquet: is a Parquet file; export the table as CSV" -- smpc-share -n 2 -o z t.parquet
	told 1 "t.h5: is an HDF5 file" "CSV" "safetensors" -- smpc-share -n 2 -o z t.h5
	told 1 "t.pkl: is a pickle" "safetensors" -- smpc-share -n 2 -o z t.pkl
	told 1 "old.pt: is a pickle" "safetensors" -- smpc-share -n 2 -o z old.pt
	told 1 "new.pt: is a PyTorch file" "safetensors" "smpc-share --net" -- smpc-share -n 2 -o z --net "dense 1" new.pt
	told 1 "new.pt: is not a share stream: it is a PyTorch file" -- smpc-reveal new.pt p.1
	smpc-reveal --safetensors -o t.safetensors p.1 p.2
	told 1 "is not a share stream: it is a safetensors file in the clear" "--net" -- smpc-predict --plan t.safetensors p.1
	# its length, in the first bytes, may be that of a pickle: 0x280
	python3 - <<-'E'
		import json, struct
		head = json.dumps({"w": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}}).encode().ljust(0x280)
		open("odd.safetensors", "wb").write(struct.pack("<Q", len(head)) + head + struct.pack("<d", 1))
	E
	quietly smpc-share -n 2 -o odd odd.safetensors
	told 1 "it is a safetensors file in the clear" -- smpc-sum odd.safetensors
}

@test "shares where a model is expected, or its weights" {
	told 1 "p.1: is no model" "smpc-share --net" -- smpc-predict --plan p.1 p.1
	told 1 "p.1: is a share stream, not a table" -- smpc-share -n 2 -o z --net "dense 1" p.1
	told 2 "p.csv: is a table: --net" -- smpc-share -n 2 -o z --net "dense 1" p.csv
}

@test "networks: a comma that is missing, a layer that there is not" {
	told 2 "layer 'dense 8 relu dense 1'" "'dense UNITS'" "separate layers by commas" -- \
		smpc-train --plan -l label -n "dense 8 relu dense 1" p.1
	told 2 "layer 'linear 8'" "there is: dense, conv2d, " "softmax" -- smpc-train --plan -l label -n "linear 8, relu" p.1
}

@test "options as other programs call them" {
	local word
	for word in learning-rate:rate lr:rate learning_rate:rate batch-size:batch regularization:l2 weight-decay:l2; do
		told 2 "--${word%:*} is not an option; did you mean --${word#*:}?" -- smpc-train -l label "--${word%:*}" 1 p.1
		told 2 "--${word%:*} is not an option; did you mean --${word#*:}?" -- smpc-train -l label "--${word%:*}=1" p.1
	done
	# not where there is nothing of the kind
	told 2 "--lr is not an option; see" -- smpc-sum --lr 1 p.1
}

@test "a parties file where shares are expected, in one line or in many; a party that there is not" {
	sealed
	told 1 "parties.json: is not a share stream: it is a parties file" "-p" -- smpc-info parties.json
	python3 -m json.tool parties.json >pretty.json
	told 1 "pretty.json: is not a share stream: it is a parties file" -- smpc-info pretty.json
	told 1 "standard input: is not a share stream: it is a parties file" -- sh -c 'smpc-cat <parties.json'
	echo '{"a":1}' >other.json
	told 1 "other.json: record 1 at byte 0: " -- smpc-info other.json
	told 2 "no party is named 'southampton'; there are " "alice, bob" -- smpc-seal -i owner.key -p parties.json southampton p.1
}

@test "an agent that has ended" {
	told 3 "does not answer" "has smpc-party ended?" "unset SMPC_LINK" -- env SMPC_LINK="$PWD/gone" smpc-ping
}

@test "semicolons between columns, commas in numbers" {
	table semi.csv 'age;weight' '31;61,5'
	told 1 "semi.csv:2: 2 fields where the header has 1" "-d ';' says so" -- smpc-share -n 2 -o z semi.csv
	told 1 "semi.csv:2: column 'weight': '61,5' is not a number" "--decimal ," -- smpc-share -n 2 -d ';' -o z semi.csv
	table semi.csv 'age;weight' '31;61.5'
	told 1 "'31;61.5' is not a number" "-d ';' says so" -- smpc-share -n 2 -o z semi.csv
	quietly smpc-share -n 2 -d ';' -o z semi.csv
	table tabs.csv $'age\tweight' $'31\t61.5'
	told 1 "-d tab says so" -- smpc-share -n 2 -o y tabs.csv
	quietly smpc-share -n 2 -d $'\t' -o y tabs.csv
}

@test "other tables: no header, missing values, text" {
	table bare.csv 31,61.5 47,82
	told 1 "bare.csv:1: " "--no-header" -- smpc-share -n 2 -o z bare.csv
	table na.csv age,weight 31,NA
	told 1 "na.csv:2: column 'weight': the value is missing" "--na" -- smpc-share -n 2 -o z na.csv
	table text.csv age,city 31,Bonn
	told 1 "text.csv:2: column 'city': 'Bonn' is not a number" "-x" "--one-hot" -- smpc-share -n 2 -o z text.csv
}

@test "sharing without saying among whom, where to, or as whom" {
	identities
	told 2 "among whom? give -p parties.json or -n N" -- smpc-share -o z p.csv
	told 2 "give -o PREFIX" -- smpc-share -n 2 p.csv
	told 2 "-i KEY, or --no-seal" -- smpc-share -p parties.json -o z p.csv
	told 1 "p.0: exists; -f overwrites it" -- smpc-share -n 2 -o p p.csv
	told 2 "no party is named 'alcie'; did you mean 'alice'?" -- smpc-seal -i owner.key -p parties.json alcie p.1
	told 1 "alice.key: exists; a key is never overwritten" -- smpc-keygen -o alice.key
	told 2 "-i and the parties file with -p" -- smpc-party -- true
}

@test "a number where a file is expected" {
	told 2 "there is no file '3'; a public number is given with -c" -- smpc-mul p.1 3
}
