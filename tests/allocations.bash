# shellcheck shell=bash
#
# The files that tests/allocations.cases are about.  Load helper and shares first.

# allocation_files: make them where we are.
allocation_files() {
	local good=$ROOT/tests/vectors/good name
	table table.csv a,b,c 1,2,no 3,4.5,yes 5,-6,no
	table d.csv a,b,d 1,2,0 3,4.5,1 5,-6,0 2,1,1 4,4,0 1,1,1 2,3,0 5,5,1
	table eye.csv 1,0 0,1
	shared x a,b 1,2 3,4 5,6
	shared y a,b 7,8 9,10 11,12
	shared w c 1 2 3
	smpc-share -n 2 --range a=0..1000 -o r <(printf 'a\n1\n')
	smpc-share -n 2 --range a=0..1e6 -o s <(printf 'a\n2\n')
	shared v e 1 2
	smpc-share -n 2 --range a=0..100 --budget clinic=1,1e-6 -o budget <(printf 'a\n1\n2\n')
	smpc-share -n 2 --fraction-bits 0 --codes c=0,1 -o c <(printf 'c\n1\n0\n1\n')
	smpc-share -n 2 --key id -o k <(printf 'id,a\n1,1\n2,2\n')
	smpc-share -n 2 --key id --key doctor --duplicates doctor -o i <(printf 'id,doctor,c\n1,1,1\n3,1,2\n')
	smpc-share -n 2 --key id --duplicates id -o l <(printf 'id,b\n1,1\n1,3\n')
	smpc-share --public -o p <(printf 'a,b\n1,2\n3,4\n5,6\n')
	smpc-share -n 2 --na b=mean -o sparse <(printf 'a,b\n1,2\n3,NA\n5,6\n')
	smpc-reveal --public -o sparse sparse.1 sparse.2
	smpc-share --public --fraction-bits 0 --codes c=0,1 -o one <(printf 'c\n1\n0\n1\n')
	printf '%s\n' s,t,n f,a,1 m,b,2 f,b,3 m,a,4 f,a,5 f,b,6 >grouped.csv
	smpc-share -n 2 --codes s=f,m --one-hot t=a,b --range n=0..10 -o group grouped.csv
	smpc-share --public --codes s=f,m --range n=0..10 -o grouped -c s,n grouped.csv
	smpc-share --public --codes s=f,m --codes t=a,b --range n=0..10 -o tested grouped.csv
	smpc-share --public -o train d.csv
	smpc-train --clear -l d -e 1 -b 4 -o trained train
	smpc-share -n 2 -o train d.csv
	smpc-reveal --safetensors -o trained.safetensors trained
	awk 'BEGIN { print "a,b"; for (i = 0; i < 40; i++) print i % 3 "," i % 5 }' >many.csv
	smpc-share --public --range a=0..2 --range b=0..4 -o many many.csv
	smpc-share -n 2 -o trained trained.safetensors
	identities
	smpc-seal -i alice.key -p parties.json -o sealed bob x.1
	for name in about keys model; do
		cp "$good/$name.alice" "$good/$name.bob" "$good/$name.dealer" .
	done
	smpc-reveal --safetensors -o model.safetensors model.alice model.bob
	smpc-schema --draft --quiet -o schema.json table.csv
}
