#!/usr/bin/env bats
#
# Trainings that are killed fifty times, at any party and at any time.

load ../helper
load ../shares
load ../parties
load ../engine
load ../training

@test "fifty kills: the model is that of a training without any, to the bit" {
	local i
	patients 2
	options=(--faithful -l malignant --standardize -e 300)
	model 2 whole "${options[@]}" 'train.{}'
	options+=(--checkpoint 'c.{}' --every 3steps)
	for ((i = 0; i < 50; i++)); do
		killed_training 0.$((RANDOM % 3 + 1))$((RANDOM % 10))$((RANDOM % 10)) part "${options[@]}" 'train.{}'
	done
	[ "$(steps_in c.1)" -gt 50 ]
	model 2 part "${options[@]}" 'train.{}'
	cmp whole.csv part.csv
}
