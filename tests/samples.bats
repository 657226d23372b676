#!/usr/bin/env bats
# Every sample runs and prints what it promises.

load helper

sample() {
	capture "$ROOT/samples/$1/run"
	assert_success
}

@test "every sample has a README and a test" {
	local dir name
	for dir in "$ROOT"/samples/*/; do
		name=$(basename "$dir")
		assert_file_exists "$dir/README.md"
		grep -q "sample $name" "$BATS_TEST_FILENAME"
	done
}

@test "first-shares: 2 + 5 is 7, times 6 is 42, two of three are noise, and the message from elsewhere" {
	sample first-shares
	assert_line --index 5 7
	assert_line --index 7 42
	refute_line --index 9 7
	assert_line --index 9 --regexp '^[0-9]+$'
	assert_line --index 11 "happy encrypting"
	stderr_has "share of party '2' is missing"
	stderr_has noise
}

@test "first-shares: what is shown of party 3 differs from run to run" {
	sample first-shares
	local first=${lines[2]}
	sample first-shares
	assert_not_equal "$first" "${lines[2]}"
}

@test "private-survey: the exact mean of 24 salaries" {
	quietly "$ROOT/samples/private-survey/run"  # sample private-survey
	assert_line --index 0 salary
	assert_line --index 1 50295.83333333333
}

@test "breast-cancer: at least 0.96 of the patients are told right, and the model is revealed" {
	quietly "$ROOT/samples/breast-cancer/run"  # sample breast-cancer
	assert_line --index 0 "113 patients that were not trained on:"
	assert_line --index 1 --regexp '^accuracy'
	awk '$1 == "accuracy" { exit !($2 >= 0.96) }' <<<"$output"
	assert_line --regexp '^0\.[0-9]+	worst_radius$'
	[ "${#lines[@]}" -eq 11 ]
}

@test "boosted: trees of categories and gaps, as good as those of who sees all patients" {
	quietly "$ROOT/samples/boosted/run"  # sample boosted
	assert_line --index 0 "patients of both hospitals that were not trained on:"
	awk '$1 == "accuracy" { exit !($2 >= 0.8) }' <<<"${lines[1]}"
	awk '$1 == "auc" { exit !($2 >= 0.82) }' <<<"${lines[2]}"
	assert_line --index 4 "lactate"
	assert_line --index 5 "age"
}

@test "two-registries: the model of a secret join is that of the tables in the clear" {
	quietly "$ROOT/samples/two-registries/run"  # sample two-registries
	assert_line --index 0 "people whom both know: 180"
	[ "${#lines[@]}" -eq 6 ]
	printf '%s\n' "${lines[@]:2}" | awk '{ d = $1 - $2; if (d > .005 || d < -.005 || $1 < .1) exit 1 }'
}

# drawn FILE COLUMN...: sample plots draws these columns of a log.
drawn() {
	capture "$ROOT/samples/plots/run" "$1" out.png
	assert_success
	assert_output "out.png: ${*:2}"
	assert_equal "$(head -c 8 out.png | od -An -tx1 | tr -d ' \n')" 89504e470d0a1a0a
	assert_equal "$(find . -type f -name 'out*')" ./out.png
}

@test "plots: the log of a training as PNG, with the columns that it has" {
	needs gnuplot
	capture "$ROOT/samples/plots/run"
	assert_success
	assert_output "training.png: loss accuracy rounds bytes seconds"
	[ "$(stat -c %s training.png)" -gt 1000 ]
	printf '%s\n' epoch,steps,seconds,loss,accuracy,rounds,bytes 1,9,.5,.7,-,40,1000000 2,18,.9,.5,-,80,2000000 |
		tr , '\t' >log
	drawn log loss rounds bytes seconds
	# more columns, more to see
	cut -f 1-4 log >less
	first=$(stat -c %s out.png)
	drawn less loss seconds
	[ "$(stat -c %s out.png)" -lt "$first" ]
}

@test "plots: what is no log, and a machine without gnuplot" {
	mkdir bin
	printf '#!/bin/sh\nexit 1\n' >bin/gnuplot
	chmod +x bin/gnuplot
	printf 'a,b\n1,2\n' >table.csv
	PATH=$PWD/bin:$PATH capture "$ROOT/samples/plots/run" table.csv out.png
	assert_failure 1
	stderr_has "table.csv: is not a log of smpc-train"
	printf 'epoch\tloss\n1\t-\n' >empty
	PATH=$PWD/bin:$PATH capture "$ROOT/samples/plots/run" empty out.png
	assert_failure 1
	stderr_has "nothing to draw"
	# a gnuplot that fails leaves no picture
	PATH=$PWD/bin:$PATH run "$ROOT/samples/plots/run" "$ROOT/samples/plots/training.tsv" out.png
	assert_failure
	assert_not_exists out.png
	rm bin/gnuplot
	ln -s "$(command -v sh)" "$(command -v dirname)" bin
	capture env PATH="$PWD/bin" "$ROOT/samples/plots/run"
	assert_failure 77
	stderr_has "apt-get install gnuplot-nox"
}

@test "xor-reservoir: from 2 to 0 1 1 0, by one command and by a loop of filters" {
	unsanitized "time; other tests have all of its tools"
	quietly "$ROOT/samples/xor-reservoir/run" 50  # sample xor-reservoir
	[ "$(grep -c '^   1 2\.0000 #' <<<"$output")" -eq 2 ]
	awk '$1 == 250 { train = $2 } $1 == 50 { loop = $2 } END { exit !(train < 0.01 && loop < 0.2) }' <<<"$output"
	assert_line "train: predicted 0 1 1 0"
	assert_line "loop: predicted 0 1 1 0"
}

# Ports that other samples, running at the same time, do not take.
ports() {
	export PORT=$((10240 + RANDOM % 8192))
}

@test "small-network: each owner learns what the network says of the own rows, and it is right" {
	ports
	quietly "$ROOT/samples/small-network/run"  # sample small-network
	assert_line --index 1 one,two,three,lamp,predicted_lamp
	[ "$(grep -c '^[01],[01],[01],[01],[-0-9.]*$' <<<"$output")" -eq 8 ]
}

@test "federated: five rounds among three sites are as good as all rows at one place" {
	quietly "$ROOT/samples/federated/run"  # sample federated
	[ "${#lines[@]}" -eq 6 ]
	awk '/^round 5/ { ours = $NF } /^pooled/ { pooled = $NF } END { exit !(ours >= 0.95 && ours >= pooled - 0.01) }' <<<"$output"
}

@test "prediction-service: ten queries are answered once each, though a party is killed now and then" {
	ports
	capture "$ROOT/samples/prediction-service/run"  # sample prediction-service
	assert_success
	assert_equal "$stderr" "carol.wrong was refused"
	[ "$(grep -c '^patient [0-9]*: [-0-9.]*$' <<<"$output")" -eq 10 ]
}

@test "docker: what the five containers run, without containers: a model and an answer, and shares at home" {
	local name pids=()  # sample docker
	ports
	export POST=$PWD/post TABLE=$ROOT/samples/breast-cancer/patients.csv
	export DEALER=127.0.0.1:$PORT ALICE=127.0.0.1:$((PORT + 1)) BOB=127.0.0.1:$((PORT + 2))
	mkdir post dealer alice bob north south
	for name in dealer alice bob north south; do
		DATA=$PWD/$name SMPC_STATE=$PWD/$name/state timeout 60 sh "$ROOT/samples/docker/party" $name >$name.log 2>&1 3>&- &
		pids+=($!)
	done
	for name in "${pids[@]}"; do
		wait "$name" || { cat ./*.log && false; }
	done
	grep -q '^accuracy	0\.9' alice.log
	grep -q '^model: 37 lines$' north.log
	assert_equal "$(cat south.log)" "answer: 1 1 0"
	assert_equal "$(cat dealer.log)" ""
	assert_equal "$(echo ./*/model.*)" "./alice/model.alice ./bob/model.bob ./dealer/model.dealer ./north/model.csv"
	# public keys and the parties file
	assert_equal "$(find post -type f | wc -l)" 6
}
