#!/usr/bin/env bats
#
# Models of trees in the JSON of xgboost: in by smpc-share, predictions on shares, out by smpc-reveal --xgboost, against a reader
# in Python that shares no code with them (tests/slow/trees-xgboost.sh has xgboost itself).

load helper
load shares
load parties
load engine
load training

trees=$ROOT/tests/python/xgboost_trees.py

# made KIND SEED: m.json, a model at random, t.csv, and m.* and t.*, their shares.
made() {
	python3 "$trees" make "$1" "$2" m.json t.csv
	quietly smpc-share -f -n 2 -o m m.json
	local -a missing=()
	[[ $1 == *-missing ]] && missing=(--na 'a,b,c=mean')
	quietly smpc-share -f -n 2 "${missing[@]}" -o t t.csv
}

# near DUE TOLERANCE <GOT: two tables of numbers, the first with names.
near() {
	tail -n +2 | paste -d , "$1" - | awk -F , -v most="$2" '
		{ for (i = 1; i <= NF / 2; i++) if ($i == "" || ($i - $(i + NF / 2)) ^ 2 > most ^ 2) { print; bad = 1 } n++ }
		END { exit bad || n != 70 }'
}

# predicted KIND SEED TOLERANCE: of this model, as the reader does.
predicted() {
	made "$1" "$2"
	together 2 p smpc-predict 'm.{}' 't.{}'
	smpc-reveal p.1 p.2 >got
	python3 "$trees" predict m.json t.csv >due
	near due "$3" <got
}

# same KIND SEED: out again it predicts the same, and in and out again it is the same file.
same() {
	made "$1" "$2"
	quietly smpc-reveal --xgboost -o out.json m.1 m.2
	python3 "$trees" predict m.json t.csv >due
	(echo names && python3 "$trees" predict out.json t.csv) >got
	# leaves up to 16 are float32 there
	near due 2e-6 <got
	quietly smpc-share -f -n 2 -o again out.json
	smpc-reveal --xgboost again.1 again.2 | cmp - out.json
}

# changed EXPRESSION...: x.json, m.json after Python has executed these with its learner L, its booster B and its first tree T.
changed() {
	python3 - "$@" <<-'E'
		import json, sys
		M = json.load(open("m.json"))
		L = M["learner"]
		B = L["gradient_booster"]["model"]
		T = B["trees"][0]
		for e in sys.argv[1:]:
		    exec(e)
		json.dump(M, open("x.json", "w"))
	E
}

# refused STATUS TEXT EXPRESSION...: what is so changed is refused with a message that has TEXT, and no share is left.
refused() {
	changed "${@:3}"
	fails_with "$1" smpc-share -n 2 -o x x.json || return 1
	stderr_has "$2" || return 1
	assert_not_exists x.1
}

@test "predictions on shares are those of the trees: numbers, binary, classes; and where values are missing" {
	predicted numbers 1 1e-4
	predicted binary 2 1e-4
	predicted classes 3 1e-3
	predicted numbers-missing 4 1e-4
	predicted classes-missing 5 1e-3
}

@test "out again, a model predicts the same; in and out once more, it is the same file" {
	local seed
	for seed in 1 2 3; do
		same numbers-missing $seed
		same binary-missing $seed
		same classes-missing $seed
	done
}

# trained LABEL TOLERANCE ARGUMENT...: of a model of t that smpc-train makes in the clear the JSON predicts what smpc-predict
# does.
trained() {
	local label exclude=()
	for label in y two three; do
		[ $label = "$1" ] || exclude+=(-x "$label")
	done
	smpc-cut "${exclude[@]}" t >of
	quietly smpc-train --clear -l "$1" "${@:3}" -o m of
	smpc-predict --clear m of >p
	smpc-reveal p >got
	quietly smpc-reveal --xgboost -o out.json m
	python3 "$trees" predict out.json t.csv >due
	near due "$2" <got
}

@test "what was trained here predicts the same as JSON: units of columns and labels, shares of classes, missing values" {
	python3 - >t.csv <<-'E'
		import random
		r = random.Random(3)
		print("a,b,c,y,two,three")
		for _ in range(70):
		    a, b, c = r.randrange(100) / 10, r.randrange(10 ** 6) + 0.5, r.randrange(-50, 50) / 10000
		    y = 300 * a + b / 1000 + 40000 * c + r.gauss(0, 9)
		    print(a, "" if r.random() < 0.1 else b, c, round(y, 2), int(y > 2000), (y > 1000) + (y > 2500), sep=",")
	E
	quietly smpc-share --public --range b=0..1e6 --range c=-0.01..0.01 --range y=-1e4..1e4 --codes two=0,1 \
		--codes three=0,1,2 --na b=mean -o t t.csv
	trained y 0.02 -m boost --trees 4
	smpc-info --json m | grep -q '"feature-units":\[0,'
	trained y 0.02 -m forest --trees 3
	trained two 1e-4 -m tree --classes 2 --depth 3
	trained two 1e-4 -m boost --classes 2 --trees 4
	trained three 1e-4 -m forest --classes 3 --trees 4
	trained three 1e-3 -m boost --classes 3 --trees 4
}

@test "what the header of a model says" {
	made classes 4
	is_line trees m.1 "boost softmax, trees 4, depth 3, classes 3, missing"
	is_line features m.1 "a, b, c"
	smpc-reveal --json m.1 m.2 | python3 -c '
import json, sys
print(*[(o["name"], len(o["rows"]), len(o["rows"][0])) for o in map(json.loads, sys.stdin)], sep="\n")' >tensors
	assert_equal "$(<tensors)" "('splits', 84, 3)
('thresholds', 84, 1)
('missing', 84, 1)
('gains', 84, 1)
('leaves', 96, 1)"
	made numbers 4
	is_line trees m.1 "boost squared, trees 4, depth 3, missing"
	made binary 4
	is_line trees m.1 "boost logistic, trees 4, depth 3, classes 2, missing"
}

@test "a table has what each feature has gained, and how many splits look at it" {
	made binary 5
	smpc-reveal --table m.1 m.2 >table
	python3 - >due <<-'E'
		import json
		gain, weight = [0, 0, 0], [0, 0, 0]
		for t in json.load(open("m.json"))["learner"]["gradient_booster"]["model"]["trees"]:
		    for left, j, g in zip(t["left_children"], t["split_indices"], t["loss_changes"]):
		        if left != -1:
		            gain[j] += g
		            weight[j] += 1
		print("name,gain,weight")
		for j in range(3):
		    print("%s,%.9g,%d" % ("abc"[j], gain[j], weight[j]))
	E
	diff due table
	fails_with 2 smpc-reveal --table --ratios m.1 m.2
	fails_with 2 smpc-reveal --table --xgboost m.1 m.2
	fails_with 2 smpc-reveal --xgboost --partial m.1
}

@test "a threshold becomes the word that its value is shared as: of decimals, too, and far from 0" {
	local value
	made numbers 6
	for value in 0.1 0.2 0.3 0.7 -0.7 12.3 -1234.567 12345.678 32767.1 -32767.9 0 0.00001; do
		changed "T.update(left_children=[1, -1, -1], right_children=[2, -1, -1], parents=[2147483647, 0, 0])" \
			"T.update(split_indices=[0, 0, 0], default_left=[0, 0, 0], loss_changes=[1.0, 0.0, 0.0])" \
			"import struct" \
			"T['split_conditions'] = [struct.unpack('f', struct.pack('f', $value))[0], 0.25, 0.75]" \
			"B['trees'] = [T]; B['tree_info'] = [0]"
		quietly smpc-share -f -n 2 -o x x.json
		printf '%s\n' a,b,c "$value,0,0" >v.csv
		quietly smpc-share -f -n 2 --fraction-bits 16 -o v v.csv
		# the threshold is the word of the value, or, where float32 is coarser, one that is the same there
		smpc-reveal --tensor thresholds x.1 x.2 >word
		smpc-reveal v.1 v.2 | awk -F , 'NR == 2 { printf "%.0f\n", $1 * 65536 }' >due
		paste word due | awk '{ d = $2 - $1; ulp = ($1 < 0 ? -$1 : $1) / 2 ^ 23; exit !(d >= 0 && d <= (ulp > 1 ? ulp : 0)) }' ||
			fail "$value: $(paste word due)"
		# and xgboost has the value on the right
		smpc-reveal --xgboost -o out.json x.1 x.2
		assert_equal "$(python3 "$trees" predict out.json v.csv)" "$(python3 "$trees" predict x.json v.csv)"
		assert_equal "$(python3 "$trees" predict x.json v.csv)" -11.75
	done
}

@test "trees of a single leaf, of several at a time, and a base score in the form of xgboost 3" {
	made numbers 7
	changed "T.update({k: [v[0]] for k, v in T.items() if isinstance(v, list) and v})" "T['left_children'] = T['right_children'] = [-1]" \
		"T['split_conditions'] = [1.5]" "B['trees'] = [T]" "B['tree_info'] = [0]" \
		"L['learner_model_param']['base_score'] = '[2.5E-1]'"
	quietly smpc-share -n 2 -o x x.json
	is_line trees x.1 "boost squared, trees 1, depth 1, missing"
	together 2 p smpc-predict 'x.{}' 't.{}'
	assert_equal "$(smpc-reveal p.1 p.2 | sed 1d | sort -u)" 1.75
	# all trees of a class stand together where several are grown at a time
	made classes 8
	changed "order = sorted(range(12), key=lambda i: B['tree_info'][i])" "B['trees'] = [B['trees'][i] for i in order]" \
		"B['tree_info'] = [B['tree_info'][i] for i in order]"
	quietly smpc-share -f -n 2 -o x x.json
	for tensor in splits thresholds missing leaves; do
		cmp <(smpc-reveal --tensor $tensor m.1 m.2) <(smpc-reveal --tensor $tensor x.1 x.2)
	done
}

@test "models that are no trees with numeric splits, or have no room, are refused, and it is said why" {
	made numbers 9
	refused 1 "booster=gbtree" "L['gradient_booster']['name'] = 'gblinear'"
	refused 1 "booster=gbtree" "L['gradient_booster'] = {'name': 'dart', 'gbtree': L['gradient_booster'], 'weight_drop': [1.0]}"
	refused 1 "objective 'rank:pairwise'" "L['objective']['name'] = 'rank:pairwise'"
	refused 1 "2 labels" "L['learner_model_param']['num_target'] = '2'"
	refused 1 "categorical" "T['split_type'][0] = 1"
	refused 1 "categorical" "T['categories_nodes'] = [0]"
	refused 1 "--one-hot" "L['feature_types'] = ['float', 'c', 'float']"
	refused 1 "3 numbers in a leaf" "T['tree_param']['size_leaf_vector'] = '3'"
	refused 5 "divide the column" "T['split_conditions'][0] = 32769.0"
	refused 5 "leave out" "T['loss_changes'][0] = 1e30"
	refused 5 "divide the labels" "T['split_conditions'][-1] = 1e30"
	refused 1 "max_depth=10" "n = 12" \
		"T.update({k: [v[0]] * (2 * n + 1) for k, v in T.items() if isinstance(v, list) and v})" \
		"T['left_children'] = [i + 1 if i % 2 == 0 and i < 2 * n else -1 for i in range(2 * n + 1)]" \
		"T['right_children'] = [i + 2 if i % 2 == 0 and i < 2 * n else -1 for i in range(2 * n + 1)]"
	refused 1 "4096 rounds" "B['trees'] = 5000 * [T]" "B['tree_info'] = 5000 * [0]"
	printf '{L\0\0\0\0\0\0\0\7learner' >x.json
	fails_with 1 smpc-share -n 2 -o x x.json
	stderr_has "UBJSON"
	fails_with 2 smpc-share -n 2 --fraction-bits 8 -o x m.json
	fails_with 2 smpc-share -n 2 --net "dense 1" -o x m.json
}

@test "hostile models are refused" {
	made classes 10
	refused 1 "below two others" "T['left_children'][0] = 0" "T['right_children'][0] = 1"
	refused 1 "below two others" "T['left_children'][0] = 1" "T['left_children'][1:3] = [1, -1]" "T['right_children'][1:3] = [2, -1]"
	refused 1 "no nodes of the tree" "T['left_children'][0] = 10 ** 9" "T['right_children'][0] = 10 ** 9 + 1"
	refused 1 "no nodes of the tree" "T['left_children'][0] = len(T['parents']) - 1" "T['right_children'][0] = len(T['parents'])"
	refused 1 "no nodes of the tree" "T['left_children'][0] = -2" "T['right_children'][0] = -1"
	refused 1 "no nodes of the tree" "T['left_children'][0] = 'x'"
	refused 1 "behind its left" "T['right_children'][0] = 0"
	refused 1 "a number for each node" "T['split_conditions'].pop()"
	refused 1 "a number for each node" "del T['default_left']"
	refused 1 "a number for each node" "T['left_children'] = 3"
	refused 1 "has no nodes" "T.update({k: [] for k, v in T.items() if isinstance(v, list)})"
	refused 1 "xgboost model" "T['split_conditions'][0] = float('nan')"
	refused 1 "xgboost model" "T['split_conditions'][0] = float('inf')"
	refused 1 "there should be a number" "T['split_conditions'][0] = 1e300"
	refused 1 "there should be a number" "T['split_conditions'][0] = None"
	refused 1 "no feature" "T['split_indices'][0] = 3"
	refused 1 "no feature" "T['split_indices'][0] = -1"
	refused 1 "default_left" "T['default_left'][0] = 2"
	refused 1 "of which class" "B['tree_info'][0] = 3"
	refused 1 "of which class" "B['tree_info'][0] = -1"
	refused 1 "not as many trees" "B['tree_info'][0] = 1"
	refused 1 "not as many trees" "B['trees'].pop()" "B['tree_info'].pop()"
	refused 1 "tree_info" "B['tree_info'].pop()"
	refused 1 "no trees" "B['trees'] = []"
	refused 1 "num_class" "L['learner_model_param']['num_class'] = '1000000000000'"
	refused 1 "softmax takes 3" "L['learner_model_param']['num_class'] = '0'"
	refused 1 "num_feature" "L['learner_model_param']['num_feature'] = '99999999999999999999'"
	refused 1 "num_feature" "L['learner_model_param']['num_feature'] = '0'"
	refused 1 "num_feature" "L['learner_model_param']['num_feature'] = 3"
	refused 1 "feature_names" "L['feature_names'] = ['a', 'b']"
	refused 1 "comes twice" "L['feature_names'] = ['a', 'b', 'a']"
	refused 1 "no name" "L['feature_names'] = ['a', 'b', 3]"
	refused 1 "base_score" "L['learner_model_param']['base_score'] = 'nan'"
	refused 1 "base_score" "L['learner_model_param']['base_score'] = '[1,2]'"
	refused 1 "has no learner" "M['learner'] = 3"
	refused 1 "has no objective" "L['objective'] = []"
	refused 1 "too many" "L['learner_model_param']['num_feature'] = '500000'" "L['feature_names'] = []" \
		"B['trees'] = 300 * B['trees']" "B['tree_info'] = 300 * B['tree_info']"
	head -c 700 m.json >x.json
	fails_with 1 smpc-share -n 2 -o x x.json
	echo '{"learner"' >x.json
	fails_with 1 smpc-share -n 2 -o x x.json
	made binary 11
	refused 1 "between 0 and 1" "L['learner_model_param']['base_score'] = '1E0'"
	refused 1 "num_class" "L['learner_model_param']['num_class'] = '3'"
}

@test "what is no whole model of trees is not revealed as one" {
	made numbers 12
	fails_with 1 smpc-reveal --xgboost t.1 t.2
	stderr_has "not the first one of a model of trees"
	fails_with 1 smpc-reveal --xgboost --tensor leaves m.1 m.2
	fails_with 1 smpc-reveal --xgboost --tensor splits m.1 m.2
	stderr_has "'thresholds' is missing"
	fails_with 1 smpc-reveal --table --tensor splits m.1 m.2
}

@test "the units of features are kept in a model, and thresholds are in that of the data" {
	made numbers 13
	smpc-reveal --json -o clear m.1 m.2
	sed 's/"features":/"feature-units":[0,2,-3],&/' clear >units
	quietly smpc-share -n 2 -o u units
	smpc-reveal --json u.1 u.2 | cmp - units
	smpc-reveal --xgboost -o u.json u.1 u.2
	python3 - <<-'E'
		import json
		m, u = [json.load(open(f))["learner"]["gradient_booster"]["model"]["trees"] for f in ("m.json", "u.json")]
		count = lambda trees: sorted((j, t) for x in trees for l, j, t in
		    zip(x["left_children"], x["split_indices"], x["split_conditions"]) if l != -1)
		for (j, t), (k, v) in zip(count(m), count(u)):
		    assert j == k and abs(v - t * [1, 4, 0.125][j]) < 1e-4, (j, t, v)
	E
	for bad in '[0,2]' '[0,2,63]' '[0,2,0.5]' '[0,-63,0]' '{}' '3'; do
		sed "s/\"input\":/\"feature-units\":$bad,&/" clear >units
		fails_with 1 smpc-share -n 2 -o v units
	done
	# a network has none
	echo '{"name":"dense1.weight","model":{"network":"dense 1","input":[1,1,1],"feature-units":[1]},"rows":[[1]]}
		{"name":"dense1.bias","rows":[[1]]}' >net
	fails_with 1 smpc-share -n 2 -o v net
	stderr_has "units of features"
}
