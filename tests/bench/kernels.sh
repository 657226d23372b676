#!/usr/bin/env bash
# The kernels of common/ring on one core: bit slicing, packing, sines and cosines.  Target: a pair of sine and cosine of up
# to 30 fraction bits in less than 3 ns where there is AVX-512.
set -euo pipefail
kernels
