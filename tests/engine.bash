# shellcheck shell=bash
#
# Tools that compute in a session, with real parties.  A test file begins with
#
#	load helper
#	load shares
#	load parties
#	load engine

exact=$ROOT/tests/python/products.py
figures=$ROOT/tests/python/figures.py

# numbers FILE ROWS COLUMNS BITS SEED: a CSV without header of random numbers w / 2^16, |w| < 2^BITS, written exactly.
numbers() {
	python3 "$exact" numbers "$2" "$3" "$4" "$5" >"$1"
}

# shared_csv N NAME...: NAME.csv shared by the dealer and N parties: NAME.0 to NAME.N.  Numbers may be as large and as small as
# 16 fraction bits have room for.
shared_csv() {
	local n=$1 name
	shift
	for name; do
		smpc-share -n "$n" --no-header --fraction-bits 16 -o "$name" "$name.csv" || return 1
	done
}

# tensor N SHARES NAME: a tensor that all sufficient sets of shares agree on, NAME.csv.
tensor() {
	local i files=()
	for ((i = 1; i <= $1; i++)); do
		files+=("$2.$i")
	done
	smpc-reveal -t "$3" -o "$3.csv" "${files[@]}" || return 1
	for ((i = 1; i <= $1; i++)); do
		smpc-reveal -t "$3" "$2.0" "$2.$i" | cmp - "$3.csv" || return 1
	done
}

# together N NAME CMD...: CMD at all parties in a session, in silence; their results are NAME.0 to NAME.N.
together() {
	quietly smpc-local -n "$1" -o "$2" -- "${@:3}"
}

# all_hold N NAME: the shares NAME.* say the same in every sufficient set; NAME.out is what they say.
all_hold() {
	local i files=()
	for ((i = 1; i <= $1; i++)); do
		files+=("$2.$i")
	done
	smpc-reveal -o "$2.out" "${files[@]}" || return 1
	for ((i = 1; i <= $1; i++)); do
		smpc-reveal "$2.0" "$2.$i" | cmp - "$2.out" || return 1
	done
}

# is_exactly OP GOT ARGUMENT...: tests/python/products.py finds what is due.
is_exactly() {
	run python3 "$exact" "$@"
	assert_success || return 1
	assert_output ""
}

# is_figure OP GOT ARGUMENT...: tests/python/figures.py finds what is due.
is_figure() {
	run python3 "$figures" "$@"
	assert_success || return 1
	assert_output ""
}

# yields N "OP ARGUMENT..." CMD...: CMD at all parties in a session gives what tests/python/products.py finds due.
yields() {
	local n=$1 due
	read -ra due <<<"$2"
	together "$n" y "${@:3}" || return 1
	all_hold "$n" y || return 1
	is_exactly "${due[0]}" y.out "${due[@]:1}"
}

# costs N CMD...: what --plan says, and what --stats says at every party, are what passed on every link: besides what is
# dealt and opened, the digests of blocks, which the dealer sends and does not get, and a byte at the end.
costs() {
	local n=$1 plan rounds agreed dealt opened i j bytes tool=$2
	shift
	quietly "${@//\{\}/1}" --plan || return 1
	plan=$output
	[[ $plan =~ ^rounds\ ([0-9]+),\ and\ ([0-9]+)\ to\ agree\;\ dealt\ ([0-9]+)\ bytes,\ opened\ ([0-9]+)\ bytes\ per\ link$ ]] ||
		fail "what is this plan: $plan" || return 1
	rounds=${BASH_REMATCH[1]} agreed=${BASH_REMATCH[2]} dealt=${BASH_REMATCH[3]} opened=${BASH_REMATCH[4]}
	quietly "${@//\{\}/0}" --plan || return 1
	assert_output "$plan" || return 1
	capture smpc-local -n "$n" -o costs -- "$@" --stats
	assert_success || return 1
	for ((i = 0; i <= n; i++)); do
		stderr_has "$i: $tool: $plan" || return 1
		for ((j = 0; j <= n; j++)); do
			[ "$i" -ne "$j" ] || continue
			bytes=$((j == 0 ? 1 : 32 * (agreed - 1) + 1))
			if [ "$i" -gt 0 ] && [ "$j" -gt 0 ]; then
				bytes=$((bytes + opened))
			elif [ "$i" -eq 0 ] && [ "$j" -eq "$n" ]; then
				bytes=$((bytes + dealt))
			fi
			stderr_has "$i: $tool: $j: sent $bytes bytes" || return 1
		done
	done
	stderr_has "1: $tool: rounds: $((rounds + agreed))" || return 1
}

# as_planned N TOOL PLAN [LESS]: what --stats has said is PLAN; but of rows that are only moved to be chosen from, the last
# party opens LESS bytes less.
as_planned() {
	local n=$1 tool=$2 plan=$3 less=${4:-0} p
	for ((p = 0; p < n; p++)); do
		stderr_has "$p: $tool: $plan" || return 1
	done
	[[ $plan =~ ^(.*\ opened\ )([0-9]+)(\ .*)$ ]] || fail "what is this plan: $plan" || return 1
	stderr_has "$n: $tool: ${BASH_REMATCH[1]}$((BASH_REMATCH[2] - less))${BASH_REMATCH[3]}"
}

# announced BITS FILE...: the headers of these shares say from here on that words are below 2^BITS in magnitude.
announced() {
	PYTHONPATH=$ROOT/tests/python python3 - "$@" <<-'P'
		import sys
		import sharestream as share
		most = 2 ** int(sys.argv[1]) - 1
		for name in sys.argv[2:]:
		    with open(name, 'rb') as f:
		        records = share.parse(f.read())
		    for r in records:
		        r.header['about'] = [{'kind': 'number', 'range': [str(-most), str(most)]}] * r.cols
		    with open(name, 'wb') as f:
		        f.write(b''.join(map(share.encode_binary, records)))
	P
}

# forged WORD: the stream on standard input, its first word changed by WORD, as its owner might have made it.
forged() {
	smpc-cat --json - | python3 -c '
import json, sys
for line in sys.stdin:
    record = json.loads(line)
    del record["digest"]
    record["words"][0] = str((int(record["words"][0]) + int(sys.argv[1])) % 2**64)
    print(json.dumps(record))
    break' "$1"
}

# in_units EXPONENT NAME...: of the columns of these shares it is said that they are in units of 2^EXPONENT, and no more.
in_units() {
	local exponent=$1 name party
	shift
	for name; do
		for party in 0 1 2; do
			smpc-cat --json "$name.$party" | python3 -c '
import json, sys
for line in sys.stdin:
    record = json.loads(line)
    del record["digest"]
    record["smpc"] = 2
    record["about"] = [{"kind": "number", "exponent": int(sys.argv[1])}] * record["shape"][1]
    print(json.dumps(record))' "$exponent" >"$name.edited" || return 1
			mv "$name.edited" "$name.$party"
		done
	done
}

# known_of NAME: what its header says of its columns, a line for each.
known_of() {
	smpc-info "$1.1" | sed -n 's/^column  *//p'
}

# differs_by RELATIVE NAME LINE...: the first column of the shares NAME.* holds these numbers, but for so much of each.
differs_by() {
	local most=$1 name=$2
	smpc-reveal "$name.1" "$name.2" | tail -n +2 | cut -d , -f 1 >got
	shift 2
	printf '%s\n' "$@" | paste got - | awk -v most="$most" '
		{ d = $1 - $2; if (d < 0) d = -d; w = ($2 < 0) ? -$2 : $2; if (!(d <= most * w)) { print; bad = 1 } }
		END { exit bad }'
}

# emptied: the stream on standard input with its rows taken out, and another id.
emptied() {
	smpc-cat --json - | python3 -c '
import json, sys
record = json.loads(sys.stdin.readline())
del record["digest"]
record.update(id="ab" * 32, shape=[0, record["shape"][1]], words=[])
print(json.dumps(record))'
}

# refused_operands TOOL ARGUMENT...: what no session is held for, with x.1 in place of INPUT: other schemes, other moduli,
# no agent, both of --plan and --clear.
refused_operands() {
	printf '1\n2\n' >small.csv
	smpc-share -n 2 --no-header -o small small.csv
	smpc-share -n 2 --no-header --additive -o added small.csv
	smpc-share -n 2 --no-header -q 97 -o modular small.csv
	fails_with 2 "${@//INPUT/small.1}" || return 1
	stderr_has smpc-party || return 1
	stderr_has smpc-local || return 1
	fails_with 2 "${@//INPUT/added.1}" --plan || return 1
	stderr_has "without --additive" || return 1
	fails_with 2 "${@//INPUT/modular.1}" --plan || return 1
	fails_with 2 "${@//INPUT/small.1}" --clear || return 1
	stderr_has "takes public streams" || return 1
	fails_with 2 "${@//INPUT/small.1}" --clear --plan || return 1
	# under an agent: another party's share, and a stream of public numbers alone
	capture smpc-local -o never -- "${@//INPUT/small.1}"
	assert_failure 4 || return 1
	stderr_has "is a share of party '1'" || return 1
	assert_not_exists never.1
}

# refused_public TOOL ARGUMENT...: no session is held for public streams alone.
refused_public() {
	printf '1\n2\n' >small.csv
	smpc-share -f -n 2 --no-header -o small small.csv
	smpc-reveal --public -o small.public small.1 small.2
	capture smpc-local -o never -- "${@//INPUT/small.public}"
	assert_failure 2 || return 1
	stderr_has "--clear" || return 1
	assert_not_exists never.1
}
