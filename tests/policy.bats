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
	local rules=${2:-'{"operations": ["mul", "matmul", "train", "predict", "stat", "quantile", "ping", "share"]},
		{"operations": ["reveal", "score"], "to": ["alice", "bob", "receiver"], "rows": 5}'}
	printf '{"version": 1, "party": "%s", %s "rules": [%s]}\n' "$1" "${3-\"reveals\": 3,}" "$rules" >"$1.policy"
}

# guarded NAME ARG...: the agent of NAME with its policy.
guarded() {
	agent "$1" --policy "$1.policy" "${@:2}"
}

# shared_rows NAME N: a table of N rows, a = 1, 2, ...
shared_rows() {
	seq "$2" | sed '1i a' | owned -o "$1"
}

# declined NAME: it ends at once, as alice takes no part; or as somebody who has ended says so.
declined() {
	within 5 test -e "$1.status" || return 1
	ended "$1" 0 4 "party 'alice' does not take part in this step" || return 1
	assert_equal "$1: $(grep -c -e policy -e rule -e rows "$1.err")" "$1: 0"
}

# refused TEXT...: alice is refused, 4, and told why; the others end at once, and are not.
refused() {
	ended alice 5 4 "$@" || return 1
	declined dealer || return 1
	declined bob || return 1
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

@test "an owner shares over links, sealed files are opened" {
	rm ./*.key
	parties dealer alice bob owner-
	policy alice '{"operations": ["share"]}, {"operations": ["reveal"], "to": ["bob"], "rows": 6}'
	seq 6 | sed '1i a' >x.csv
	agent owner -- smpc-share --from owner x.csv
	each_agent dealer bob -- sh -c 'smpc-share --from owner -o x && smpc-sum x.{} | smpc-reveal --to bob'
	guarded alice -- sh -c 'smpc-share --from owner -o x && smpc-sum x.alice | smpc-reveal --to bob'
	well owner dealer alice bob
	assert_equal "$(cat bob.out)" "$(printf 'a\n21')"
	smpc-share -p parties.json -i owner.key -o y x.csv
	each_agent dealer bob -- sh -c 'smpc-sum y.{} | smpc-reveal --to bob'
	guarded alice -- sh -c 'smpc-sum y.alice | smpc-reveal --to bob'
	well dealer alice bob
	nothing_left
}

@test "an operation that no rule names: 4, why at the own side alone, and the others end at once" {
	shared_rows x 6
	policy alice '{"operations": ["ping"]}' ""
	agent dealer -- smpc-mul x.dealer x.dealer
	guarded alice -- smpc-mul x.alice x.alice
	agent bob -- smpc-mul x.bob x.bob
	refused "alice.policy: no rule allows operation 'mul'"
	# a quantile is somebody's number, and no sum over rows as other statistics are
	policy alice '{"operations": ["stat"]}' ""
	each_agent dealer bob -- smpc-stat mean,iqr x.{}
	guarded alice -- smpc-stat mean,iqr x.alice
	refused "alice.policy: no rule allows operation 'quantile'"
	each_agent dealer bob -- sh -c 'smpc-stat rank-correlation x.{} >/dev/null'
	guarded alice -- sh -c 'smpc-stat rank-correlation x.alice >/dev/null'
	well dealer alice bob
	nothing_left
}

@test "rows: a row, few rows, rows that are put together with themselves, rows that are picked: 4" {
	local step
	shared_rows x 6
	shared_rows y 4
	policy alice
	printf '%s\n' 1 0 0 0 0 0 >mask.csv
	printf '%s\n' 1,0,0,0,0,0 >pick.csv
	for _ in 1 2 3 4 5 6; do
		cat pick.csv
	done >often.csv
	while read -r step; do
		agent dealer -- sh -eu -c "p=dealer; $step"
		guarded alice -- sh -eu -c "p=alice; $step"
		agent bob -- sh -eu -c "p=bob; $step"
		refused "5 rows have to be behind every value" || {
			echo "not refused: $step"
			return 1
		}
	done <<-'E'
		smpc-reveal --to bob x.$p
		smpc-sum y.$p | smpc-reveal --to bob
		smpc-head -n 4 x.$p | smpc-sum | smpc-reveal --to bob
		smpc-cat --repeat y.$p y.$p | smpc-sum | smpc-reveal --to bob
		{ smpc-head -n 4 x.$p; smpc-head -n 3 x.$p; } | smpc-sum | smpc-reveal --to bob
		smpc-mul -c mask.csv x.$p | smpc-sum | smpc-reveal --to bob
		smpc-matmul --left -c pick.csv x.$p | smpc-reveal --to bob
		smpc-matmul --left -c often.csv x.$p | smpc-sum | smpc-reveal --to bob
		smpc-transpose x.$p | smpc-sum | smpc-reveal --to bob
		smpc-stat median x.$p | smpc-reveal --to bob
		smpc-stat mean,mode x.$p | smpc-reveal -t mean --to bob
		smpc-sum x.$p >s.$p; smpc-head -n 5 x.$p | smpc-sum | smpc-sub s.$p - | smpc-reveal --to bob
		smpc-sum x.$p >s.$p; smpc-head -n 5 x.$p | smpc-sum | smpc-mul -c -1 - >t.$p; smpc-cat s.$p t.$p | smpc-sum | smpc-reveal --to bob
		smpc-sum x.$p >s.$p; smpc-cat -o u.$p s.$p x.$p; smpc-reveal --to bob u.$p
	E
	nothing_left
}

@test "rows: sums, means, scaled and joined tables, other orders, statistics, a public matrix on the right: enough" {
	local step
	shared_rows x 6
	shared_rows y 4
	printf '%s\n' 2 >right.csv
	policy alice '{"operations": ["stat", "mul", "ping"]}, {"operations": ["reveal"], "to": ["bob"], "rows": 5}' '"reveals": 100,'
	while read -r step; do
		agent dealer -- sh -eu -c "p=dealer; $step"
		guarded alice -- sh -eu -c "p=alice; $step"
		agent bob -- sh -eu -c "p=bob; $step"
		well dealer alice bob || {
			echo "refused: $step"
			return 1
		}
		assert [ -s bob.out ]
	done <<-'E'
		smpc-sum --mean x.$p | smpc-reveal --to bob
		smpc-cat x.$p y.$p | smpc-sum | smpc-reveal --to bob
		smpc-mul -c 3 y.$p | smpc-cat - x.$p | smpc-sum | smpc-reveal --to bob
		smpc-shuf --seed 1 x.$p | smpc-split --seed 2 --ratio 0.84 | smpc-sum | smpc-reveal --to bob
		smpc-stat mean,variance x.$p | smpc-reveal --to bob
		smpc-mul x.$p x.$p | smpc-sum | smpc-reveal --to bob
		smpc-matmul -c right.csv x.$p | smpc-sum | smpc-reveal --to bob
		smpc-cut --rename a=b x.$p | smpc-paste x.$p - | smpc-sum | smpc-reveal --to bob
	E
	nothing_left
}

# grouped: g, of 6 rows of category u and 7 of category v, and values of which some are missing.
grouped() {
	printf '%s\n' u,1,1 v,2, u,3,3 v,4,4 u,5,5 v,6, u,7,7 v,8,8 u,9,9 v,10,10 u,11,11 v,12,12 v,13,13 |
		sed '1i c,a,b' | owned --codes c=u,v --range a=0..20 --range b=0..20 --na b=mean -o g
}

@test "rows: figures of groups have the least count behind them" {
	local step group='smpc-group --by c --min-count 5'
	grouped
	printf '%s\n' k p p p p p p p q q q q q q >k.csv
	smpc-share --public --codes k=p,q -o k.pub k.csv
	policy alice '{"operations": ["group", "stat", "mul"]}, {"operations": ["reveal"], "to": ["bob"], "rows": 5}' '"reveals": 100,'
	while read -r step; do
		each_agent dealer bob -- sh -eu -c "p={}; $step"
		guarded alice -- sh -eu -c "p=alice; $step"
		well dealer alice bob || {
			echo "refused: $step"
			return 1
		}
		assert [ -s bob.out ]
	done <<-E
		$group --count --sum a --mean b --variance a g.\$p | smpc-reveal --to bob
		smpc-group --by c --count g.\$p | smpc-reveal --to bob
		$group --sum a g.\$p | smpc-cut -c sum_a | smpc-head -n 1 | smpc-reveal --to bob
		$group --sum a g.\$p | smpc-sum | smpc-reveal --to bob
		$group --sum a g.\$p | smpc-cut -c sum_a | smpc-mul -c 2 - | smpc-reveal --to bob
	E
	rm ./*.out
	while read -r step; do
		each_agent dealer bob -- sh -eu -c "p={}; $step"
		guarded alice -- sh -eu -c "p=alice; $step"
		refused "5 rows have to be behind every value" || {
			echo "not refused: $step"
			return 1
		}
	done <<-E
		smpc-group --by c --min-count 4 --count g.\$p | smpc-reveal --to bob
		smpc-group --by c --min-count 1 --sum a g.\$p | smpc-sum | smpc-reveal --to bob
		$group --count --max a g.\$p | smpc-reveal --to bob
		$group --count --min a g.\$p | smpc-cut -c count | smpc-reveal --to bob
		smpc-paste g.\$p k.pub | smpc-group --by k --min-count 5 --count | smpc-reveal --to bob
		smpc-cat --repeat g.\$p g.\$p | smpc-group --by c --min-count 10 --sum a | smpc-reveal --to bob
		$group --sum a g.\$p | smpc-cut -c sum_a >s.\$p; smpc-head -n 1 s.\$p >t.\$p; smpc-sum s.\$p | smpc-sub - t.\$p | smpc-reveal --to bob
		$group --sum a g.\$p >s.\$p; smpc-group --by c --min-count 6 --sum b g.\$p | smpc-cut -c sum_b | smpc-paste s.\$p - | smpc-reveal --to bob
	E
	nothing_left
}

@test "a part that was made outside of the agent's sight, or without its policy: 4" {
	shared_rows x 6
	policy alice
	for p in dealer alice bob; do
		at $p smpc-sum x.$p >s.$p
	done
	each_agent dealer bob -- smpc-reveal --to bob s.{}
	guarded alice -- smpc-reveal --to bob s.alice
	refused "was not made, from the owners' shares on, by tools under this party's agent"
	# a script that hides what it does
	each_agent dealer bob -- sh -c 'smpc-sum x.{} | smpc-reveal --to bob'
	guarded alice -- sh -c 'env -u SMPC_POLICY smpc-sum x.alice | smpc-reveal --to bob'
	refused "was not made, from the owners' shares on"
	each_agent dealer bob -- sh -c 'smpc-sum x.{} | smpc-reveal --to bob'
	guarded alice -- sh -c 'smpc-sum x.alice | env -u SMPC_POLICY smpc-reveal --to bob'
	refused "the tool does not say what it reads"
	nothing_left
}

@test "a share that is changed after the agent has judged it: what was judged is sent" {
	shared_rows x 6
	policy alice
	for p in dealer bob; do
		at $p smpc-sum -o s.$p x.$p
	done
	guarded alice -- sh -c 'smpc-sum -o s.alice x.alice; smpc-reveal --to bob -w 20 s.alice'
	within 10 held_by_tool s.alice
	cp x.alice s.alice
	each_agent dealer bob -- sh -c 'smpc-reveal --to bob -w 20 s.{}'
	well dealer alice bob
	assert_equal "$(cat bob.out)" "$(printf 'a\n21')"
	nothing_left
}

@test "receivers: nobody but who is named, --to all only where all are" {
	shared_rows x 6
	policy alice '{"operations": ["reveal"], "to": ["alice", "receiver"], "rows": 5}'
	each_agent dealer bob -- sh -c 'smpc-sum x.{} | smpc-reveal --to bob'
	guarded alice -- sh -c 'smpc-sum x.alice | smpc-reveal --to bob'
	refused "'reveal' may not reveal to 'bob'"
	each_agent dealer bob -- sh -c 'smpc-sum x.{} | smpc-reveal --to all'
	guarded alice -- sh -c 'smpc-sum x.alice | smpc-reveal --to all'
	refused "'reveal' may not reveal to"
	each_agent dealer bob -- sh -c 'smpc-sum x.{} | smpc-reveal --to receiver'
	guarded alice -- sh -c 'smpc-sum x.alice | smpc-reveal --to receiver'
	agent receiver -- smpc-reveal --to receiver
	well dealer alice bob receiver
	assert_equal "$(cat receiver.out)" "$(printf 'a\n21')"
	# the receiver, too, is told at once, and not why
	policy alice '{"operations": ["reveal"], "to": ["alice"], "rows": 5}'
	each_agent dealer bob -- sh -c 'smpc-sum x.{} | smpc-reveal --to receiver'
	agent receiver -- smpc-reveal --to receiver
	guarded alice -- sh -c 'smpc-sum x.alice | smpc-reveal --to receiver'
	declined receiver
	refused "'reveal' may not reveal to 'receiver'"
	nothing_left
}

@test "reveals: so many out of one sharing, after a restart, too, whatever was made of it" {
	shared_rows x 6
	shared_rows y 6
	policy alice
	local how
	for how in smpc-sum 'smpc-sum --mean' 'smpc-mul -c 2 - | smpc-sum'; do
		agent dealer -- sh -c "smpc-cat x.dealer | $how | smpc-reveal --to bob"
		guarded alice -- sh -c "smpc-cat x.alice | $how | smpc-reveal --to bob"
		agent bob -- sh -c "smpc-cat x.bob | $how | smpc-reveal --to bob"
		well dealer alice bob || return 1
	done
	rm ./*.out
	each_agent dealer bob -- sh -c 'smpc-cat x.{} y.{} | smpc-sum | smpc-reveal --to bob'
	guarded alice -- sh -c 'smpc-cat x.alice y.alice | smpc-sum | smpc-reveal --to bob'
	refused "out of one sharing no more than 3 reveals are made"
	# what was refused is not counted out of the other one
	each_agent dealer bob -- sh -c 'for i in 1 2 3; do smpc-sum y.{} | smpc-reveal --to bob || exit; done'
	guarded alice -- sh -c 'for i in 1 2 3; do smpc-sum y.alice | smpc-reveal --to bob || exit; done'
	well dealer alice bob
	assert_equal "$(grep -c . bob.out)" 6
	nothing_left
}

@test "reveals: one stream of several results is as many; what SIGKILL met in between stays counted" {
	shared_rows x 6
	policy alice
	local step='smpc-sum x.{} >a.{}; smpc-shuf --seed 1 x.{} | smpc-sum >b.{}; smpc-head -n 5 x.{} | smpc-sum >c.{}; smpc-cat a.{} b.{} c.{} >s.{}'
	each_agent dealer bob -- sh -c "$step; smpc-reveal --to bob -w 3 s.{}"
	guarded alice -- sh -c "${step//\{\}/alice}; smpc-reveal --to bob s.alice & sleep 600"
	ended bob 10 0
	ended dealer 10 0
	kill -KILL "$(pid alice)"
	within 5 test -e alice.status
	# half a line, as a crash leaves it, is no reveal, and spoils none
	assert_equal "$(awk '{ print $2 }' state.alice/alice/policy-reveals)" 3
	printf 0123456789abcdef >>state.alice/alice/policy-reveals
	rm ./*.out
	each_agent dealer bob -- sh -c 'smpc-sum x.{} | smpc-reveal --to bob'
	guarded alice -- sh -c 'smpc-sum x.alice | smpc-reveal --to bob'
	refused "out of one sharing no more than 3 reveals are made"
	echo damaged >>state.alice/alice/policy-reveals
	fails_with 1 env SMPC_STATE=state.alice smpc-party -i alice.key -p parties.json --policy alice.policy -- true
	stderr_has "policy-reveals: is damaged"
}

@test "reveals: counted before the session, and not given back where it does not come about" {
	shared_rows x 6
	policy alice
	guarded alice -- sh -c 'smpc-sum x.alice | smpc-reveal --to bob -w 600'
	within 10 test -s state.alice/alice/policy-reveals
	kill -KILL "$(pid alice)"
	within 5 test -e alice.status
	assert_equal "$(awk '{ print $2 }' state.alice/alice/policy-reveals)" 1
}

@test "a tool that names more parts than are kept is refused, and told why" {
	policy alice
	guarded alice -- sh -c "python3 '$peer' reveals 10001 score bob; python3 '$peer' reveals 10000 score bob"
	ended alice 20 0
	assert_equal "$(sed -n 1p alice.out)" \
		"4 alice.policy: what this tool reads has more than 10000 parts, and no more are looked up: read less of it at once"
	# so many are looked up, and not known
	assert_equal "$(sed -n 2p alice.out | cut -c 1-15)" "4 alice.policy:"
	assert_equal "$(sed -n 2p alice.out | grep -c 10000)" 0
	nothing_left
}

@test "reveals: two agents of one party count in one place" {
	shared_rows x 6
	policy alice
	local i
	for i in 1 2; do
		agent alice --policy alice.policy -l "127.0.0.1:$(free_ports 1)" -- \
			sh -c 'for i in 1 2 3; do smpc-sum x.alice | smpc-reveal --to bob -w 1; done'
		mv alice.pid "first.$i"
	done
	within 20 sh -c '[ "$(grep -c . state.alice/alice/policy-reveals)" -ge 3 ]'
	nap 2
	assert_equal "$(grep -c . state.alice/alice/policy-reveals)" 3
}

# other_days: the days of the week that are not today, nor yesterday or tomorrow, as JSON.
other_days() {
	local day list=()
	for day in 2 3 4 5; do
		list+=("\"$(date -u -d "+$day days" +%a | tr '[:upper:]' '[:lower:]')\"")
	done
	(IFS=,; echo "[${list[*]}]")
}

@test "hours: of the policy and of a rule" {
	shared_rows x 6
	local never always='{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "24:00", "zone": "local"}'
	never="{\"days\": $(LC_ALL=C other_days), \"from\": \"00:00\", \"to\": \"24:00\", \"zone\": \"+02:00\"}"
	policy alice '{"operations": ["mul"]}' "\"hours\": $never,"
	each_agent dealer bob -- smpc-mul x.{} x.{}
	guarded alice -- smpc-mul x.alice x.alice
	refused "it is outside the hours of this policy"
	policy alice "{\"operations\": [\"mul\"], \"hours\": $never}" "\"hours\": $always,"
	each_agent dealer bob -- smpc-mul x.{} x.{}
	guarded alice -- smpc-mul x.alice x.alice
	refused "rule 1: 'mul' is outside its hours"
	policy alice "{\"operations\": [\"mul\"], \"hours\": $never}, {\"operations\": [\"mul\"]}" "\"hours\": $always,"
	each_agent dealer bob -- smpc-mul -o z.{} x.{} x.{}
	guarded alice -- smpc-mul -o z.alice x.alice x.alice
	well dealer alice bob
	nothing_left
}

# labelled: t, of 20 rows with labels.
labelled() {
	local i
	for i in $(seq 20); do
		echo "$((i % 7)),$((i % 3 == 0))"
	done | sed '1i a,label' | owned --range a=0..10 -o t
}

@test "figures: scores and losses, by receiver, rows and counts" {
	local train='smpc-train --label label --epochs 2 -o m.{} t.{}' score='smpc-predict m.{} t.{} | smpc-score --label label --metrics accuracy - t.{}'
	labelled
	policy alice '{"operations": ["train", "predict"]}, {"operations": ["score"], "to": ["alice", "bob"], "rows": 20}, {"operations": ["reveal"], "to": ["bob"], "rows": 20}' '"reveals": 2,'
	each_agent dealer bob -- sh -euc "$train; $score; smpc-reveal --to bob m.{} >model.{}"
	guarded alice -- sh -euc "${train//\{\}/alice}; ${score//\{\}/alice}; smpc-reveal --to bob m.alice"
	well dealer alice bob
	assert [ -s bob.out ]
	assert [ -s model.bob ]
	rm ./*.out
	# now as often as may be
	each_agent dealer bob -- sh -c "$score"
	guarded alice -- sh -c "${score//\{\}/alice}"
	ended alice 10 4 "out of one sharing no more than 2 reveals are made"
	within 10 test -e bob.status
	within 10 test -e dealer.status
	assert_equal "$(cat bob.out dealer.out)" ""
	# too few rows
	policy alice '{"operations": ["train", "predict"]}, {"operations": ["score"], "to": ["alice", "bob"], "rows": 21}' '"reveals": 9,'
	each_agent dealer bob -- sh -c "$score"
	guarded alice -- sh -c "${score//\{\}/alice}"
	ended alice 10 4 "21 rows have to be behind every value"
	ended bob 10 3 "'alice'"
	ended dealer 10 3
	assert_equal "$(grep -c policy bob.err dealer.err | cut -d: -f2 | sort -u)" 0
	assert_equal "$(cat bob.out dealer.out)" ""
	# of tables, so many are in a cell
	policy alice '{"operations": ["train", "predict"]}, {"operations": ["score"], "to": ["alice", "bob"], "rows": 11}' '"reveals": 9,'
	score=${score/accuracy/roc}
	each_agent dealer bob -- sh -c "$score"
	guarded alice -- sh -c "${score//\{\}/alice}"
	ended alice 10 4 "11 rows have to be behind every value, and of what would be revealed no more than 10 are"
	ended bob 10 3 "'alice'"
	ended dealer 10 3
	each_agent dealer bob -- sh -c "$score --min-count 11"
	guarded alice -- sh -c "${score//\{\}/alice} --min-count 11"
	well dealer alice bob
	rm bob.out
	score=${score/roc/accuracy}
	each_agent dealer bob -- sh -c "$score --bootstrap 100 --seed 1"
	guarded alice -- sh -c "${score//\{\}/alice} --bootstrap 100 --seed 1"
	ended alice 10 4 "11 rows have to be behind every value, and of what would be revealed no more than 9 are"
	ended bob 10 3 "'alice'"
	ended dealer 10 3
	# to somebody else, and losses where none are allowed
	each_agent dealer bob -- sh -c "$train --reveal loss"
	guarded alice -- sh -c "${train//\{\}/alice} --reveal loss"
	refused "'train' may reveal nothing"
	policy alice '{"operations": ["predict"]}, {"operations": ["score"], "to": ["alice"], "rows": 1}' '"reveals": 9,'
	each_agent dealer bob -- sh -c "$score -w 5 --to bob"
	guarded alice -- sh -c "${score//\{\}/alice} --to bob"
	ended alice 10 4 "'score' may not reveal to 'bob'"
	declined bob
	declined dealer
	nothing_left
}

@test "losses of epochs are as many reveals" {
	local train='smpc-train --label label --epochs 4 -o m.{} --reveal loss t.{}'
	labelled
	policy alice '{"operations": ["train"], "to": ["alice", "bob"], "rows": 10}' '"reveals": 3,'
	each_agent dealer bob -- sh -c "$train"
	guarded alice -- sh -c "${train//\{\}/alice}"
	ended alice 10 4 "out of one sharing no more than 3 reveals"
	policy alice '{"operations": ["train"], "to": ["alice", "bob"], "rows": 10}' '"reveals": 4,'
	each_agent dealer bob -- sh -c "$train"
	guarded alice -- sh -c "${train//\{\}/alice}"
	ended alice 20 0
	ended bob 20 0
	assert_equal "$(awk '{ print $2 }' state.alice/alice/policy-reveals)" 4
}

@test "what is sealed leaves the house: to those whom a rule for seal names" {
	shared_rows x 6
	policy alice '{"operations": ["seal"], "to": ["receiver"]}' ""
	guarded alice -- smpc-seal -o s receiver x.alice
	well alice
	guarded alice -- smpc-seal -o s bob x.alice
	ended alice 5 4 "'seal' may not reveal to 'bob'"
	guarded alice -- smpc-seal -o s alice x.alice
	well alice
	policy alice '{"operations": ["ping"]}' ""
	guarded alice -- smpc-seal -o s receiver x.alice
	ended alice 5 4 "no rule allows operation 'seal'"
}

@test "whoever comes later is told as well, as long as the tool would have waited; agents that go on are of use" {
	shared_rows x 6
	policy alice '{"operations": ["ping"]}' ""
	guarded alice -- sh -c 'smpc-mul -w 20 x.alice x.alice; echo $? >first; sleep 60'
	within 5 test -s first
	assert_equal "$(cat first)" 4
	each_agent dealer bob -- smpc-mul x.{} x.{}
	declined bob
	declined dealer
	kill "$(pid alice)"
	within 5 test -e alice.status
	nothing_left
}

@test "dealt beforehand: a policy of the dealer, and of who uses it" {
	shared_rows x 6
	policy dealer '{"operations": ["ping"]}' ""
	guarded dealer --deal-to deal -- smpc-mul -o z.dealer x.dealer x.dealer
	ended dealer 5 4 "no rule allows operation 'mul'"
	agent dealer --deal-to deal -- sh -c 'smpc-mul -o z.dealer x.dealer x.dealer'
	well dealer
	policy alice '{"operations": ["ping"]}' ""
	guarded alice --dealt deal -- sh -c 'smpc-mul -o z.alice x.alice x.alice; sleep 60'
	agent bob --dealt deal -- smpc-mul -o z.bob x.bob x.bob
	ended bob 5 4 "party 'alice' does not take part in this step"
	kill "$(pid alice)"
	within 5 test -e alice.status
	policy alice
	guarded alice --dealt deal -- sh -c 'smpc-mul -o z.alice x.alice x.alice; smpc-sum z.alice | smpc-reveal --to bob'
	agent bob --dealt deal -- sh -c 'smpc-mul -o z.bob x.bob x.bob; smpc-sum z.bob | smpc-reveal --to bob'
	well alice bob
	assert_equal "$(cat bob.out)" "$(printf 'a\n91')"
	nothing_left
}

@test "an agent in the background tells the shell; another party's policy, names that are not there, a file that is none: refused" {
	policy alice
	eval "$(SMPC_STATE=state.alice smpc-party -i alice.key -p parties.json --policy alice.policy)"
	assert_equal "$SMPC_POLICY" "$PWD/alice.policy"
	kill "$SMPC_AGENT_PID"
	fails_with 4 smpc-party -i bob.key -p parties.json --policy alice.policy -- touch ran
	stderr_has "is the policy of party 'alice', and this is 'bob'"
	fails_with 4 env SMPC_POLICY=alice.policy smpc-party -i bob.key -p parties.json -- touch ran
	policy alice '{"operations": ["reveal"], "to": ["eve"], "rows": 5}'
	fails_with 1 smpc-party -i alice.key -p parties.json --policy alice.policy -- touch ran
	stderr_has "alice.policy: rule 1: field 'to': 'eve' is not in parties.json"
	fails_with 1 smpc-party -i alice.key -p parties.json --policy parties.json -- touch ran
	fails_with 1 smpc-party -i alice.key -p parties.json --policy missing -- touch ran
	assert_not_exists ran
}

@test "--check-policy prints what is to be signed, and refuses what is unsound" {
	policy alice
	run smpc-party --policy alice.policy -p parties.json --check-policy
	assert_success
	assert_line "What may leave the house of party 'alice', by alice.policy"
	assert_line "   Results or figures may be revealed to: alice, bob, receiver."
	assert_line "   Every value has at least 5 rows behind it."
	assert_line "Out of one sharing at most 3 reveals are made, of all rules together."
	assert_line "BLAKE2b-256 of the file: $(b2sum -l 256 <alice.policy | cut -d ' ' -f 1)"
	fails_with 2 smpc-party --check-policy
	policy alice '{"operations": ["reveal"]}'
	fails_with 1 smpc-party --policy alice.policy --check-policy
	stderr_has "rule 1: 'reveal' reveals: field 'to' must say to whom"
	policy alice '{"operations": ["revael"]}'
	fails_with 1 smpc-party --policy alice.policy --check-policy
	stderr_has "rule 1: unknown operation 'revael'; did you mean 'reveal'?"
}

@test "a policy knows every operation that a tool asks a session for" {
	local op
	grep -ohE '(\.op = |descriptor_add\(&?d, "op", )[^;]*' "$ROOT"/tools/*.c "$ROOT"/common/cli/*.c | grep -o '"[a-z-]*"' |
		tr -d '"' | grep -vx -e op -e no-truncate -e checkpoint >ops
	grep -oE '\.name = "[a-z]+"' "$ROOT/tools/smpc-compare.c" | cut -d '"' -f 2 >>ops
	assert [ "$(sort -u ops | wc -l)" -gt 10 ]
	while read -r op; do
		policy alice "{\"operations\": [\"$op\"]}" ""
		run smpc-party --policy alice.policy --check-policy
		if ! [[ $output == *"The party takes part in: $op."* || $output == *"'$op' reveals"* ]]; then
			fail "$op: $output" || return 1
		fi
	done < <(sort -u ops)
}
