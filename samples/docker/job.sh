#!/bin/sh
# What the dealer and the computing parties do, each on its own shares.
# shellcheck disable=SC2086 # names of parties are words
p=$SMPC_PARTY
smpc-share --force --from north -o north
smpc-share --force --from south -o south
smpc-cat north.$p south.$p | smpc-split --seed 1 --rest test.$p -o train.$p
smpc-train --label malignant --standardize --rate 0.5 -o model.$p train.$p
smpc-predict model.$p test.$p | smpc-score --label malignant --metrics accuracy - test.$p

# North gets the model, and South an answer about patients of its own.
smpc-reveal --to north model.$p
smpc-share --force --from south --tag query -o query
smpc-predict --as classes model.$p query.$p | smpc-reveal --to south
