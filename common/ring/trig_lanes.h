/*
 * The sines and cosines of as many angles as TRIG_LANES holds, up to 30 fraction bits: the text of
 * a function, for trig_plain.c, which makes it one of plain words, and trig_x86.c, which makes it
 * one of vectors; so they cannot differ.
 *
 *	TRIG_STEP	the name of the function, with its attributes
 *	TRIG_LANES	its type of words: uint64_t, or a vector of them
 *	TRIG_MUL(a, b)	the products of the low halves
 *
 * Source: an octant on either side of the nearest quarter turn; there, with t the distance from it
 * in octants and y = t^2,
 *	sin(t pi/4) = t (s0 - y (s1 - y (s2 - y (s3 - y s4))))
 *	1 - cos(t pi/4) = y (c0 - y (c1 - y (c2 - y c3)))
 * The polynomials meet their functions where that makes the greatest
 * error about the least: sin at the roots of the Chebyshev polynomial T_11 in t, cos at those of
 * T_5 in y, stretched so that 0 and its other four lie in 0 .. 1.  Each constant is scaled by the
 * power of two beside it, to 32 bits.
 */
#ifdef TRIG_LANES

static inline TRIG_STEP(TRIG_LANES *sine, TRIG_LANES *cosine, TRIG_LANES u, unsigned bits)
{
	const uint64_t octant = (uint64_t)1 << 61, half = (uint64_t)1 << (63 - bits);
	const TRIG_LANES zero = u ^ u;
	TRIG_LANES w, x, y, p, s, c, minus, swap;

	/*
	 * w: the quarter in two bits; the others are the distance from its middle, and bit 61 says
	 * on which side.  minus is not made from ~w: some compilers then let each round wait for
	 * the one before, at three times the cost.
	 */
	w = u + octant;
	minus = -(((w + octant) << 2) >> 63);
	swap = -((w << 1) >> 63);

	/*
	 * The distance without its sign, ones' complement, to 32 bits: t is (x + 1/2) / 2^32, and y
	 * its square, rounded.
	 */
	x = ((w ^ minus) >> 29) & 0xffffffff;
	y = (TRIG_MUL(x, x) + x + 0x80000000) >> 32;

	p = zero + 0xa5a883d6;                                           /* s4 2^53 */
	p = 0x99644236 - (TRIG_MUL(y, p) >> 39);                         /* s3 2^46 */
	p = 0xa335da3f - (TRIG_MUL(y, p) >> 38);                         /* s2 2^40 */
	p = 0xa55de724 - (TRIG_MUL(y, p) >> 37);                         /* s1 2^35 */
	p = 0xc90fdaa2 - ((TRIG_MUL(y, p) + ((uint64_t)1 << 34)) >> 35); /* s0 2^32 */
	/* p / 2 is about 0x60000000 */
	s = (TRIG_MUL(x, p) + (half + 0x60000000)) >> (64 - bits);

	p = zero + 0xecfba2d3;                   /* c3 2^50 */
	p = 0xaae3313a - (TRIG_MUL(y, p) >> 39); /* c2 2^43 */
	p = 0x81e0ef64 - (TRIG_MUL(y, p) >> 38); /* c1 2^37 */
	p = 0x9de9e63f - (TRIG_MUL(y, p) >> 36); /* c0 2^33 */
	c = ((((uint64_t)1 << 62) + (half >> 2)) - (TRIG_MUL(y, p) >> 3)) >> (62 - bits);

	/* Turn back by whole quarters. */
	s = (s ^ minus) - minus;
	x = (s ^ c) & swap;
	s ^= x;
	c ^= x;
	p = -(w >> 63);
	*sine = (s ^ p) - p;
	p ^= swap;
	*cosine = (c ^ p) - p;
}

#endif
