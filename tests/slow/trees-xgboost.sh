#!/usr/bin/env bash
#
# Models that xgboost has trained, of numbers, two and three classes, without and with missing values: shared, asked for
# predictions in a session, and compared with xgboost's own; revealed as JSON, loaded by xgboost, and compared again, with gains.
# A line for each model.  Skipped where there is no xgboost (Debian: python3-xgboost).

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
PATH=$(realpath "${BUILD:-$here/../../build}")/bin:$PATH

data() {
	/usr/bin/python3 -B "$here/trees-xgboost.py" "$@"
}

if ! /usr/bin/python3 -c 'import xgboost' 2>/dev/null; then
	echo "needs xgboost, which Debian has as python3-xgboost"
	exit 77
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# try NAME: in a directory of its own.
try() {
	mkdir "$dir/$1" && cd "$dir/$1" && data write "$1" || return 1
	smpc-share -n 2 -o m m.json || return 1
	smpc-reveal --xgboost -o out.json m.1 m.2 || return 1
	smpc-reveal --table -o table.csv m.1 m.2 || return 1
	case $1 in
	*-missing)
		# --na COLUMN=mean keeps what is missing, and the model says where it goes
		smpc-share -n 2 --na a,b,c,d=mean -o t t.csv || return 1
		;;
	*)
		smpc-share -n 2 -o t t.csv || return 1
		;;
	esac
	smpc-local -n 2 -o p -- smpc-predict 'm.{}' 't.{}' || return 1
	smpc-reveal -o p.csv p.1 p.2 || return 1
	data compare "$1"
}

failed=0
for name in numbers hist binary classes several numbers-missing binary-missing classes-missing; do
	(try "$name") || { echo "$name: FAILED" && failed=1; }
done
exit $failed
