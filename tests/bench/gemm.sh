#!/usr/bin/env bash
# The matrix product mod 2^64 against OpenBLAS on one core, in 10^9 products per second.  Targets at 1024 x 1024: 0.75 of
# dgemm with AVX-512, 0.3 with AVX2.  An old OpenBLAS does not know a new processor and falls back to AVX2; it is then told
# to use AVX-512, so that like is compared with like.
set -euo pipefail
gemm
if grep -qsw avx512f /proc/cpuinfo; then
	OPENBLAS_CORETYPE=SkylakeX gemm
fi
