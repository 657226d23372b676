#!/usr/bin/env bats

load helper
load shares

@test "-o: a key for the owner's eyes, the public key on standard output" {
	umask 000
	quietly smpc-keygen -o my.key
	assert_output --regexp '^smpc-public-[A-Za-z0-9_-]{48}$'
	assert_equal "$(stat -c %a my.key)" 600
	grep -q '^smpc-secret-' my.key
	refute_output --partial secret
	public=$output
	quietly smpc-keygen -y -i my.key
	assert_output "$public"
	quietly smpc-keygen --public --identity=my.key
	assert_output "$public"
	quietly smpc-keygen --output=other.key
	[ "$output" != "$public" ]
}

@test "an existing file, a link or a directory is never overwritten" {
	echo precious >my.key
	fails_with 1 smpc-keygen -o my.key
	stderr_has "never overwritten"
	assert_equal "$(cat my.key)" precious
	ln -s target link
	fails_with 1 smpc-keygen -o link
	[ ! -e target ]
	mkdir d
	fails_with 1 smpc-keygen -o d
	fails_with 1 smpc-keygen -o nowhere/key
	holds d link my.key
}

@test "-y: no key, a damaged one, one that others can read" {
	smpc-keygen -o my.key >/dev/null
	fails_with 1 smpc-keygen -y -i nowhere
	: >empty
	chmod 600 empty
	fails_with 1 smpc-keygen -y -i empty
	stderr_has "no secret key"
	sed 's/\(secret-....\)./\1!/' my.key >bad
	chmod 600 bad
	fails_with 1 smpc-keygen -y -i bad
	secret=$(sed -n 's/.*secret-//p' my.key)
	[[ $stderr != *"${secret:8}"* ]]
	chmod 644 my.key
	fails_with 4 smpc-keygen -y -i my.key
	stderr_has "chmod 600"
}

@test "wrong command lines" {
	fails_with 2 smpc-keygen
	stderr_has "give -o FILE"
	fails_with 2 smpc-keygen -y
	fails_with 2 smpc-keygen -i my.key
	fails_with 2 smpc-keygen -y -o k -i my.key
	fails_with 2 smpc-keygen -o -
	stderr_has "not to standard output"
	fails_with 2 smpc-keygen my.key
	stderr_has "too many"
	holds
}

@test "an odd umask" {
	quietly sh -c 'umask 777 && exec smpc-keygen -o my.key'
	assert_equal "$(stat -c %a my.key)" 600
}
