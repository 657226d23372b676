#!/bin/sh
# What an owner does: North has the first 300 patients; South has others, and asks about the last three.
table=${TABLE:-/patients.csv}
case $SMPC_PARTY in
north)
	head -n 301 "$table" >table.csv
	smpc-share --from north table.csv
	smpc-reveal --to north -o model.csv
	echo "model: $(grep -c . model.csv) lines"
	;;
south)
	{ head -n 1 "$table"; tail -n +302 "$table" | head -n -3; } >table.csv
	{ head -n 1 "$table"; tail -n 3 "$table"; } | cut -d , -f -30 >query.csv
	smpc-share --from south table.csv
	smpc-share --from south --tag query query.csv
	smpc-reveal --to south -o answer.csv
	echo "answer: $(tail -n +2 answer.csv | paste -s -d ' ')"
	;;
esac
