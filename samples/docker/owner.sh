# What an owner does: North has the first 300 patients; South has others, and asks about the last three.
case $SMPC_PARTY in
north)
	head -n 301 /patients.csv >table.csv
	smpc-share --from north table.csv
	smpc-reveal --to north -o weights.csv
	echo "weights: $(tail -n +2 weights.csv | wc -l)"
	;;
south)
	{ head -n 1 /patients.csv; tail -n +302 /patients.csv | head -n -3; } >table.csv
	{ head -n 1 /patients.csv; tail -n 3 /patients.csv; } | cut -d , -f -30 >query.csv
	smpc-share --from south table.csv
	smpc-share --from south --tag query query.csv
	smpc-reveal --to south -o answer.csv
	echo "answer: $(tail -n +2 answer.csv | paste -s -d ' ')"
	;;
esac
