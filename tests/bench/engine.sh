#!/usr/bin/env bash
# The engine and training, a dealer and two computing parties on this machine, one thread each.  Targets are in the output;
# they are for two cores that nobody else uses.
set -euo pipefail

echo "# what everything is made of"
rates
echo "# operations"
engine
echo "# training"
train logistic-569x30 logistic-10000x100 784-128-128-10 lenet xor-reservoir
echo "# training over lines with a round trip of 40 ms and 350 Mbit/s"
train -w logistic-step 784-step
