#!/usr/bin/env bats
#
# Shares are noise to whoever holds too few of them.
# Its tests are long.

load helper

statistics() {
	run python3 "$ROOT/tests/python/statistics.py" "$@"
	assert_success
}

@test "the statistics notice constants, stuck bits, reused keys, and nothing in noise" {
	statistics self
}

@test "masked: m, every lam_i and the dealer's lam of constant tables are uniform" {
	# slow/statistics.sh has two parties, too
	statistics uniform masked-3
}

@test "additive: every share of constant tables is uniform, mod 2^64, 501337 and 2" {
	# slow/statistics.sh has three parties, and 2^64 - 59
	statistics uniform additive-2 prime bits
}

@test "sharings of a table have no key, id or word in common; of two tables, size and header" {
	statistics apart
}

@test "selections and results hold no keys, and smpc-cat keeps them" {
	statistics keyless
}
