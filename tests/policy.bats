#!/usr/bin/env bats
#
# smpc-policy(5): what a party takes part in, and what it lets out.

load helper
load shares
load parties

setup() {
	common_setup
	parties_setup
	parties dealer alice bob receiver-
}

# policy NAME [RULES [FIELDS]]: a policy of NAME, NAME.policy; by default it allows what these tests do.
policy() {
	local rules=${2:-'{"operations": ["mul", "matmul", "train", "predict", "stat", "ping", "share"]},
		{"operations": ["reveal", "score"], "to": ["alice", "bob", "receiver"], "rows": 5}'}
	printf '{"version": 1, "party": "%s", %s "rules": [%s]}\n' "$1" "${3-\"reveals\": 3,}" "$rules" >"$1.policy"
}

# guarded NAME ARG...: the agent of NAME with its policy.
guarded() {
	agent "$1" --policy "$1.policy" "${@:2}"
}

# shared_rows NAME N: a table of N rows, a = 1, 2, ...
shared_rows() {
	seq "$2" | sed '1i a' | smpc-share -p parties.json --no-seal -o "$1"
}

# refused TEXT...: alice is refused, 4, and told why; the others end at once, with 4, and are not.
refused() {
	ended alice 5 4 "$@" || return 1
	ended dealer 5 4 "party 'alice' does not take part in this step" || return 1
	ended bob 5 4 "party 'alice' does not take part in this step" || return 1
	assert_equal "$(cat dealer.err bob.err | grep -c -e policy -e rule -e rows || true)" 0 || return 1
	assert_equal "$(cat ./*.out)" ""
}

@test "what the policy allows runs as without one" {
	shared_rows x 6
	policy alice
	agent dealer -- sh -c 'smpc-sum --mean x.dealer | smpc-reveal --to bob'
	guarded alice -- sh -c 'smpc-sum --mean x.alice | smpc-reveal --to bob'
	agent bob -- sh -c 'smpc-sum --mean x.bob | smpc-reveal --to bob'
	well dealer alice bob
	assert_equal "$(cat bob.out)" "$(printf 'a\n3.5')"
	nothing_left
}

@test "an operation that no rule names: 4, why at the own side alone, and the others end at once" {
	shared_rows x 6
	policy alice '{"operations": ["ping"]}' ""
	agent dealer -- smpc-mul x.dealer x.dealer
	guarded alice -- smpc-mul x.alice x.alice
	agent bob -- smpc-mul x.bob x.bob
	refused "alice.policy: no rule allows operation 'mul'"
	nothing_left
}
