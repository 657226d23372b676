#!/usr/bin/env bats
# Committed vectors are what their generators make.

load helper

@test "fixed.tsv is what exact fractions give" {
	python3 "$ROOT/tests/vectors/fixed.py" >fixed.tsv
	cmp fixed.tsv "$ROOT/tests/vectors/fixed.tsv"
}

@test "privacy_figures.h is what exact decimals give" {
	python3 "$ROOT/tests/python/privacy.py" >privacy_figures.h
	cmp privacy_figures.h "$ROOT/tests/unit/privacy_figures.h"
}

@test "the second reader passes its own tests" {
	tap_program python3 "$ROOT/tests/python/test_sharestream.py"
}
