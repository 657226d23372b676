#ifndef SMPC_TESTS_UNIT_GOLDEN_H
#define SMPC_TESTS_UNIT_GOLDEN_H

#include <stddef.h>

/* Written by golden print: from>to, bytes, the beginning of their hash. */

static const struct {
	const char *name;
	size_t parties;
	const char *links;
} golden[] = {
	{ "product", 2,
		"0>2 560 250da4ad47a1ec61,"
		" 1>2 560 3002f044e27fe62a,"
		" 2>1 560 f7e38caffded4556" },
	{ "product", 3,
		"0>3 560 15f0fba5d22c8690,"
		" 1>2 560 160bb27fd2a6d13f,"
		" 1>3 560 160bb27fd2a6d13f,"
		" 2>1 560 1afbb470e2726117,"
		" 2>3 560 1afbb470e2726117,"
		" 3>1 560 3fcbad63558836d8,"
		" 3>2 560 3fcbad63558836d8" },
	{ "two products", 2,
		"0>2 1120 9bbab55a17243846,"
		" 1>2 1120 27564c42c1d6ad76,"
		" 2>1 1120 5bf1cbb929c3b68e" },
	{ "two products", 3,
		"0>3 1120 e1e10dcb797f1776,"
		" 1>2 1120 ef0c085d669848a9,"
		" 1>3 1120 ef0c085d669848a9,"
		" 2>1 1120 950638664300b68c,"
		" 2>3 1120 950638664300b68c,"
		" 3>1 1120 f475c8df773f3a78,"
		" 3>2 1120 f475c8df773f3a78" },
	{ "products in groups", 2,
		"0>2 32 4aa1f5fc11a605ea,"
		" 1>2 32 ce1ed65999fdf6c9,"
		" 2>1 32 36cfbff6d73933a7" },
	{ "products in groups", 3,
		"0>3 32 b6953fb6ee32ecb4,"
		" 1>2 32 ffbaf0a1dfbf69a2,"
		" 1>3 32 ffbaf0a1dfbf69a2,"
		" 2>1 32 8ef67293e1bddfdf,"
		" 2>3 32 8ef67293e1bddfdf,"
		" 3>1 32 0548b790c8b20939,"
		" 3>2 32 0548b790c8b20939" },
	{ "columns", 2,
		"0>2 96 c4ad561639de16ef,"
		" 1>2 96 94dd05959f7b1e2b,"
		" 2>1 96 9934e86ebb7d8363" },
	{ "columns", 3,
		"0>3 96 c7c5f4ecabcc4dd1,"
		" 1>2 96 82704f8ae0651de3,"
		" 1>3 96 82704f8ae0651de3,"
		" 2>1 96 bf46def16fc9210d,"
		" 2>3 96 bf46def16fc9210d,"
		" 3>1 96 6f40ffe29cde5ebe,"
		" 3>2 96 6f40ffe29cde5ebe" },
	{ "matrices", 2,
		"0>2 240 21cd1bac2a1571a1,"
		" 1>2 240 4876e3f621ae9597,"
		" 2>1 240 c2a71f267e06224a" },
	{ "matrices", 3,
		"0>3 240 cc88b5b38531315b,"
		" 1>2 240 60f0c63a1f076b0c,"
		" 1>3 240 60f0c63a1f076b0c,"
		" 2>1 240 7e80840431696274,"
		" 2>3 240 7e80840431696274,"
		" 3>1 240 f71b01ff1bca0644,"
		" 3>2 240 f71b01ff1bca0644" },
	{ "matrices, transposed", 2,
		"0>2 240 0197fde02e9aaa7f,"
		" 1>2 240 cdc60d7a52684cdd,"
		" 2>1 240 e8cd0c96a0d821f3" },
	{ "matrices, transposed", 3,
		"0>3 240 01b749547c090844,"
		" 1>2 240 aaedb1a1fc56370b,"
		" 1>3 240 aaedb1a1fc56370b,"
		" 2>1 240 ca09042bd548f23d,"
		" 2>3 240 ca09042bd548f23d,"
		" 3>1 240 09c9ac6c5141fdf1,"
		" 3>2 240 09c9ac6c5141fdf1" },
	{ "convolution", 2,
		"0>2 144 e4d49caa4fd60670,"
		" 1>2 144 d466a0ef1b18ab90,"
		" 2>1 144 5e61eb3ebda56a74" },
	{ "convolution", 3,
		"0>3 144 b325b16375972d0e,"
		" 1>2 144 19bffdc1b89c189d,"
		" 1>3 144 19bffdc1b89c189d,"
		" 2>1 144 8e6a32cf326570d5,"
		" 2>3 144 8e6a32cf326570d5,"
		" 3>1 144 d49c8c063f8f12f0,"
		" 3>2 144 d49c8c063f8f12f0" },
	{ "convolution, filters", 2,
		"0>2 128 293ae730cb0bcd30,"
		" 1>2 128 b3c15585f38403ac,"
		" 2>1 128 1255ec09cfa6b85b" },
	{ "convolution, filters", 3,
		"0>3 128 a84e04a1b1f331c1,"
		" 1>2 128 be40e5c07cfa8220,"
		" 1>3 128 be40e5c07cfa8220,"
		" 2>1 128 99d9f4e6cebe6b15,"
		" 2>3 128 99d9f4e6cebe6b15,"
		" 3>1 128 a4ea41b32353363a,"
		" 3>2 128 a4ea41b32353363a" },
	{ "convolution, images", 2,
		"0>2 256 17b2056e11c5cde8,"
		" 1>2 256 d8b854e03756c1a9,"
		" 2>1 256 a0d458126482edce" },
	{ "convolution, images", 3,
		"0>3 256 8c760f1e6aca1b53,"
		" 1>2 256 34e886b28d9202be,"
		" 1>3 256 34e886b28d9202be,"
		" 2>1 256 a1f5161d8f1f4d33,"
		" 2>3 256 a1f5161d8f1f4d33,"
		" 3>1 256 5467ef44304ff968,"
		" 3>2 256 5467ef44304ff968" },
	{ "truncation by 16", 2,
		"0>2 700 4db379c1cb23387e,"
		" 1>2 560 febc87a1cfec0c8c,"
		" 2>1 560 9b2683cfe9a5a800" },
	{ "truncation by 16", 3,
		"0>3 700 bd7d5dbd7b19dced,"
		" 1>2 560 4861d41d492f3b02,"
		" 1>3 560 4861d41d492f3b02,"
		" 2>1 560 eb239f379a4abfbb,"
		" 2>3 560 eb239f379a4abfbb,"
		" 3>1 560 ca075844fbe861b9,"
		" 3>2 560 ca075844fbe861b9" },
	{ "truncation in place", 2,
		"0>2 700 4db379c1cb23387e,"
		" 1>2 560 febc87a1cfec0c8c,"
		" 2>1 560 9b2683cfe9a5a800" },
	{ "truncation in place", 3,
		"0>3 700 bd7d5dbd7b19dced,"
		" 1>2 560 4861d41d492f3b02,"
		" 1>3 560 4861d41d492f3b02,"
		" 2>1 560 eb239f379a4abfbb,"
		" 2>3 560 eb239f379a4abfbb,"
		" 3>1 560 ca075844fbe861b9,"
		" 3>2 560 ca075844fbe861b9" },
	{ "truncation by 3", 2,
		"0>2 587 3540340577d81ece,"
		" 1>2 560 8b16ccfb77efbadf,"
		" 2>1 560 97350a8607ce5cdc" },
	{ "truncation by 3", 3,
		"0>3 587 f64a497c367892cd,"
		" 1>2 560 b182aaeb6bc02e5b,"
		" 1>3 560 b182aaeb6bc02e5b,"
		" 2>1 560 b888e202dbce85d1,"
		" 2>3 560 b888e202dbce85d1,"
		" 3>1 560 cfd62565cad98699,"
		" 3>2 560 cfd62565cad98699" },
	{ "faithful truncation by 16", 2,
		"0>2 2460 e605fdd095abb643,"
		" 1>2 1248 c3ed5391f56725ee,"
		" 2>1 1248 e1e4391d57d0b22a" },
	{ "faithful truncation by 16", 3,
		"0>3 2460 6132afe2403a1c72,"
		" 1>2 1248 4646261dfdc884f6,"
		" 1>3 1248 4646261dfdc884f6,"
		" 2>1 1248 a60b0ef6dbfcc61e,"
		" 2>3 1248 a60b0ef6dbfcc61e,"
		" 3>1 1248 123f5acf275a00f0,"
		" 3>2 1248 123f5acf275a00f0" },
	{ "faithful truncation by 3", 2,
		"0>2 1259 bb0db67102506df2,"
		" 1>2 1136 5c37a1e7b28241ff,"
		" 2>1 1136 94ffb4b8eaef700e" },
	{ "faithful truncation by 3", 3,
		"0>3 1259 36977530c93a1cb8,"
		" 1>2 1136 1d319d1b01d54b1c,"
		" 1>3 1136 1d319d1b01d54b1c,"
		" 2>1 1136 ffa8f042972f4f22,"
		" 2>3 1136 ffa8f042972f4f22,"
		" 3>1 1136 10c5f8e54cd90ec4,"
		" 3>2 1136 10c5f8e54cd90ec4" },
	{ "comparison, bits 0 to 63", 2,
		"0>2 5264 fff3216166c96512,"
		" 1>2 624 f23d979ddadc3ec2,"
		" 2>1 624 7d095039d2024e78" },
	{ "comparison, bits 0 to 63", 3,
		"0>3 5264 29b326a5aeb62d4a,"
		" 1>2 624 9c7e1a0265b65ef0,"
		" 1>3 624 9c7e1a0265b65ef0,"
		" 2>1 624 f96e97a2bfd43ec5,"
		" 2>3 624 f96e97a2bfd43ec5,"
		" 3>1 624 a793cc5ba039bf06,"
		" 3>2 624 a793cc5ba039bf06" },
	{ "comparison, bits 0 to 8", 2,
		"0>2 512 b3147073243c52d2,"
		" 1>2 64 a5c7ac742869b7f9,"
		" 2>1 64 17ec6db4e37c3c11" },
	{ "comparison, bits 0 to 8", 3,
		"0>3 512 fb438b1387d3b1d6,"
		" 1>2 64 199163171b3ff482,"
		" 1>3 64 199163171b3ff482,"
		" 2>1 64 e7179b9336f43cc5,"
		" 2>3 64 e7179b9336f43cc5,"
		" 3>1 64 edc5872c5177fa2c,"
		" 3>2 64 edc5872c5177fa2c" },
	{ "comparison, bits 16 to 48", 2,
		"0>2 2544 eb3d93f91139900b,"
		" 1>2 304 3aad10b9fcff7544,"
		" 2>1 304 420d9bd0b49e575b" },
	{ "comparison, bits 16 to 48", 3,
		"0>3 2544 45a413c0ff46d568,"
		" 1>2 304 cca1a9715a4337c7,"
		" 1>3 304 cca1a9715a4337c7,"
		" 2>1 304 b4f859a956c4b2f8,"
		" 2>3 304 b4f859a956c4b2f8,"
		" 3>1 304 95ee9aa19a92d709,"
		" 3>2 304 95ee9aa19a92d709" },
	{ "comparison, three thresholds", 2,
		"0>2 416 51d97be49542b74c,"
		" 1>2 192 56644108fa4b5d19,"
		" 2>1 192 8938e5249e9eb3e1" },
	{ "comparison, three thresholds", 3,
		"0>3 416 66b1cbf0950b3a10,"
		" 1>2 192 c42037b3ca40107b,"
		" 1>3 192 c42037b3ca40107b,"
		" 2>1 192 841948f3ead3adf0,"
		" 2>3 192 841948f3ead3adf0,"
		" 3>1 192 141dc33899d76b62,"
		" 3>2 192 141dc33899d76b62" },
	{ "equality of 64 bits", 2,
		"0>2 4720 8d4c7e8562af7080,"
		" 1>2 336 baa7c4fb21053ad2,"
		" 2>1 336 a1de030e0db3be9f" },
	{ "equality of 64 bits", 3,
		"0>3 4720 9b764851beec84c9,"
		" 1>2 336 422016fcbf6ae43a,"
		" 1>3 336 422016fcbf6ae43a,"
		" 2>1 336 a64d709dfe25cb4b,"
		" 2>3 336 a64d709dfe25cb4b,"
		" 3>1 336 99557d02fe48ecc1,"
		" 3>2 336 99557d02fe48ecc1" },
	{ "equality of 7 bits", 2,
		"0>2 368 7b1fe83da4ffa455,"
		" 1>2 48 5bcb40ec103b5ce3,"
		" 2>1 48 c8cf17c4db4de728" },
	{ "equality of 7 bits", 3,
		"0>3 368 9239579a3c846ecd,"
		" 1>2 48 33f499271f87bd51,"
		" 1>3 48 33f499271f87bd51,"
		" 2>1 48 e5bb877d248272f3,"
		" 2>3 48 e5bb877d248272f3,"
		" 3>1 48 a7aa34661ffa1188,"
		" 3>2 48 a7aa34661ffa1188" },
	{ "and of 2", 2,
		"0>2 16 7b365e79737cd2e3,"
		" 1>2 16 28645071be894889,"
		" 2>1 16 c9520072dcb14ace" },
	{ "and of 2", 3,
		"0>3 16 7c03a4c8bb150ba7,"
		" 1>2 16 f38f9b6b03e61199,"
		" 1>3 16 f38f9b6b03e61199,"
		" 2>1 16 33b7ef91df0e5f78,"
		" 2>3 16 33b7ef91df0e5f78,"
		" 3>1 16 bfb617fa57ccffe6,"
		" 3>2 16 bfb617fa57ccffe6" },
	{ "and of 4", 2,
		"0>2 176 3c3972d200d50155,"
		" 1>2 16 15273ccb7419a344,"
		" 2>1 16 85db7bce892119dd" },
	{ "and of 4", 3,
		"0>3 176 bc33292eee786f7a,"
		" 1>2 16 17a37af78ad6c910,"
		" 1>3 16 17a37af78ad6c910,"
		" 2>1 16 796c47cef93d65de,"
		" 2>3 16 796c47cef93d65de,"
		" 3>1 16 051f0b63d785a353,"
		" 3>2 16 051f0b63d785a353" },
	{ "selection", 2,
		"0>2 2800 c604114ceba705a2,"
		" 1>2 560 69588e4b40eb4851,"
		" 2>1 560 408df065ce8b48c0" },
	{ "selection", 3,
		"0>3 2800 2c212e7439f7553d,"
		" 1>2 560 44fb84b5ec9ff07e,"
		" 1>3 560 44fb84b5ec9ff07e,"
		" 2>1 560 22dfeb000258fcf6,"
		" 2>3 560 22dfeb000258fcf6,"
		" 3>1 560 10eb0a06071a361c,"
		" 3>2 560 10eb0a06071a361c" },
	{ "selection, truncated", 2,
		"0>2 4480 a32d6e38defbd778,"
		" 1>2 560 84850e0ab7b4a863,"
		" 2>1 560 662b411f469bc534" },
	{ "selection, truncated", 3,
		"0>3 4480 68850b9692eb7dcf,"
		" 1>2 560 49d39b71f2812ecf,"
		" 1>3 560 49d39b71f2812ecf,"
		" 2>1 560 9a7bfebae5d4a0a3,"
		" 2>3 560 9a7bfebae5d4a0a3,"
		" 3>1 560 521681d11ea63f1a,"
		" 3>2 560 521681d11ea63f1a" },
	{ "selection of two results", 2,
		"0>2 4480 a32d6e38defbd778,"
		" 1>2 1120 f5253e7753103c2c,"
		" 2>1 1120 9ff1eac329b4738b" },
	{ "selection of two results", 3,
		"0>3 4480 68850b9692eb7dcf,"
		" 1>2 1120 57856b9384a9bc7c,"
		" 1>3 1120 57856b9384a9bc7c,"
		" 2>1 1120 e97981806f62c339,"
		" 2>3 1120 e97981806f62c339,"
		" 3>1 1120 be36aa3a64e75c5a,"
		" 3>2 1120 be36aa3a64e75c5a" },
	{ "relu", 2,
		"0>2 1960 4910318f4dd231cd,"
		" 1>2 560 149f114e2cd04089,"
		" 2>1 560 197aed7b7a9b8484" },
	{ "relu", 3,
		"0>3 1960 ec2b8ff8f92f0e51,"
		" 1>2 560 2dc652fb29ea900a,"
		" 1>3 560 2dc652fb29ea900a,"
		" 2>1 560 1573f44ded736ed9,"
		" 2>3 560 1573f44ded736ed9,"
		" 3>1 560 5599901203bd9309,"
		" 3>2 560 5599901203bd9309" },
	{ "series", 2,
		"0>2 3360 d634919bba40f158,"
		" 1>2 560 852f0dc646b28dd2,"
		" 2>1 560 08eb64a45f589c29" },
	{ "series", 3,
		"0>3 3360 f5dc076d97b72875,"
		" 1>2 560 8876b9510d7083de,"
		" 1>3 560 8876b9510d7083de,"
		" 2>1 560 3742a4559e1f99d4,"
		" 2>3 560 3742a4559e1f99d4,"
		" 3>1 560 3690705220d4b435,"
		" 3>2 560 3690705220d4b435" },
	{ "power of two", 2,
		"0>2 5680 874dfdb83ae62619,"
		" 1>2 688 169b4564d3e67a29,"
		" 2>1 688 8a3858a7ff8c0e77" },
	{ "power of two", 3,
		"0>3 5680 5110f3cb90e32415,"
		" 1>2 688 0fb503fa75931bc9,"
		" 1>3 688 0fb503fa75931bc9,"
		" 2>1 688 a508d2d81128fe13,"
		" 2>3 688 a508d2d81128fe13,"
		" 3>1 688 e27c2c914ce977d1,"
		" 3>2 688 e27c2c914ce977d1" },
	{ "revealed sum", 2,
		"1>2 576 f464bab6ae739ba2,"
		" 2>1 576 4bcf3dd4ba862b6a" },
	{ "revealed sum", 3,
		"1>2 576 513f49534e31c35d,"
		" 1>3 576 bc6c60f01b732020,"
		" 2>1 576 81c3424186138df4,"
		" 2>3 576 044d7ea7b41ae6d0,"
		" 3>1 576 ff11848c62ed7c32,"
		" 3>2 576 0f4215e80daf7f83" },
	{ "revealed layer", 2,
		"0>2 2822 d49ea8facc32f64f,"
		" 1>2 1760 a82f9368c02d05cb,"
		" 2>1 1760 9bcde1f2d64aa239" },
	{ "revealed layer", 3,
		"0>3 2822 c4fb79b57195098a,"
		" 1>2 1760 dd30c5ec19e00def,"
		" 1>3 1760 22f9cb209cefdf30,"
		" 2>1 1760 96e8de63d47a3058,"
		" 2>3 1760 a680ef4753a02835,"
		" 3>1 1760 32712951f8da927f,"
		" 3>2 1760 c9476df5b67258a6" },
	{ "check", 2,
		"1>2 16 89c49e6d0e0c5c9b,"
		" 2>1 16 89c49e6d0e0c5c9b" },
	{ "check", 3,
		"1>2 16 d7f0c50bb55423a1,"
		" 1>3 16 73da7adc58f12ccd,"
		" 2>1 16 d7f0c50bb55423a1,"
		" 2>3 16 2a46561f44e9ea32,"
		" 3>1 16 73da7adc58f12ccd,"
		" 3>2 16 2a46561f44e9ea32" },
	{ "secret order", 2,
		"0>2 560 3630c926bab671b4,"
		" 1>2 560 0594b500d6146ea4,"
		" 2>1 560 ffe0df0a58b34f25" },
	{ "secret order", 3,
		"0>3 560 39afb82cd359e4d4,"
		" 1>2 560 48cf71c9e50b1cf8,"
		" 1>3 560 48cf71c9e50b1cf8,"
		" 2>1 560 2951d835cb1c0a9c,"
		" 2>3 560 2951d835cb1c0a9c,"
		" 3>1 560 797d4e421ffe0d54,"
		" 3>2 560 797d4e421ffe0d54" },
	{ "secret order of wide rows", 2,
		"0>2 552 01578cda399a955f,"
		" 1>2 552 5aaf1ff870ed5c04,"
		" 2>1 552 10fe7776760d2970" },
	{ "secret order of wide rows", 3,
		"0>3 552 5e82f9ed6359905c,"
		" 1>2 552 6592b9f15538c988,"
		" 1>3 552 6592b9f15538c988,"
		" 2>1 552 b2b13ba22041e266,"
		" 2>3 552 b2b13ba22041e266,"
		" 3>1 552 13f1d4b0e51c2f59,"
		" 3>2 552 13f1d4b0e51c2f59" },
	{ "secret order, back", 2,
		"0>2 560 fcf8de200ae7a5b2,"
		" 1>2 560 116b52d8a52f382f,"
		" 2>1 560 3d3cc23f8c788176" },
	{ "secret order, back", 3,
		"0>3 560 392f6e71436e4ced,"
		" 1>2 560 5002e1a458557322,"
		" 1>3 560 5002e1a458557322,"
		" 2>1 560 be8101e5a2259d4e,"
		" 2>3 560 be8101e5a2259d4e,"
		" 3>1 560 9e2dbbcba42da745,"
		" 3>2 560 9e2dbbcba42da745" },
	{ "secret order of bits", 2,
		"0>2 16 d38541e8169240d7,"
		" 1>2 16 ea8c3f0ff27e8288,"
		" 2>1 16 810e32c4b4e50e13" },
	{ "secret order of bits", 3,
		"0>3 16 134bba572ba4d0a3,"
		" 1>2 16 bed31689710642af,"
		" 1>3 16 bed31689710642af,"
		" 2>1 16 03c6804fc2b8e198,"
		" 2>3 16 03c6804fc2b8e198,"
		" 3>1 16 09906b025b561294,"
		" 3>2 16 09906b025b561294" },
	{ "secret order to choose from", 2,
		"0>2 560 0a0fe38acc06d86f,"
		" 1>2 1120 7b4683f5f7ca09fb,"
		" 2>1 560 8f17f06c0e2558ba" },
	{ "secret order to choose from", 3,
		"0>3 560 f204750d50559584,"
		" 1>2 1120 8749f383e70ea196,"
		" 1>3 1120 8749f383e70ea196,"
		" 2>1 1120 1cb488444e18f263,"
		" 2>3 1120 1cb488444e18f263,"
		" 3>1 560 c85f02ae12a29ca1,"
		" 3>2 560 c85f02ae12a29ca1" },
	{ "secret order of bits to choose from", 2,
		"0>2 16 4e5d5a57227c8591,"
		" 1>2 32 5c422804a23f7e45,"
		" 2>1 16 294b9f75a3654ea8" },
	{ "secret order of bits to choose from", 3,
		"0>3 16 edd061c268db48c4,"
		" 1>2 32 f98b4d2272225d4d,"
		" 1>3 32 f98b4d2272225d4d,"
		" 2>1 32 7f788eccafd5d61f,"
		" 2>3 32 7f788eccafd5d61f,"
		" 3>1 16 6651991623779c44,"
		" 3>2 16 6651991623779c44" },
	{ "choice", 2,
		"1>2 560 2bebe4854b6c3d79,"
		" 2>1 560 4c29c5bb1d303fd3" },
	{ "choice", 3,
		"1>2 560 2bebe4854b6c3d79,"
		" 1>3 560 2bebe4854b6c3d79,"
		" 2>1 560 8409d4b858935947,"
		" 2>3 560 8409d4b858935947,"
		" 3>1 560 ef8a7c01639442cd,"
		" 3>2 560 ef8a7c01639442cd" },
	{ "choice of bits", 2,
		"1>2 16 e0edfaf35b6dbd81,"
		" 2>1 16 d2fb863c1d9ce4d2" },
	{ "choice of bits", 3,
		"1>2 16 e0edfaf35b6dbd81,"
		" 1>3 16 e0edfaf35b6dbd81,"
		" 2>1 16 483b253714634301,"
		" 2>3 16 483b253714634301,"
		" 3>1 16 fa1da2093981d35e,"
		" 3>2 16 fa1da2093981d35e" },
	{ "common order", 2,
		"" },
	{ "common order", 3,
		"1>3 32 d8e6c2fbf65c3b6b" },
	{ "bits that nobody knows", 2,
		"" },
	{ "bits that nobody knows", 3,
		"1>3 32 d8e6c2fbf65c3b6b" },
	{ "what the dealer is told", 2,
		"1>0 8 2035adc0d7086496" },
	{ "what the dealer is told", 3,
		"1>0 8 2035adc0d7086496" },
	{ "AES", 2,
		"0>2 36800 30e5eabb6dff562a,"
		" 1>2 25600 63d3856c0e4f01ea,"
		" 2>1 25600 5406be56041ac4a5" },
	{ "AES", 3,
		"0>3 36800 d5a072fc1a4d9fe1,"
		" 1>2 25600 c6b100a6ba39677d,"
		" 1>3 25600 c6b100a6ba39677d,"
		" 2>1 25600 b773fa464c8531e3,"
		" 2>3 25600 b773fa464c8531e3,"
		" 3>1 25600 b76d517278ed6921,"
		" 3>2 25600 b76d517278ed6921" },
	{ "revealed bits", 2,
		"1>2 32 a78812ff08c73ace,"
		" 2>1 32 d93b562c3cb86fb3" },
	{ "revealed bits", 3,
		"1>2 32 0544aece9ef4aff4,"
		" 1>3 32 74e4e6f01a8cd217,"
		" 2>1 32 0a1fd7c84dc84cb0,"
		" 2>3 32 89e0adbafb8114a2,"
		" 3>1 32 9b8d04fc1a7a43ff,"
		" 3>2 32 4c5962e73f491a8c" },
	{ "noise", 2,
		"0>2 560 41f116ac75f4587e,"
		" 1>2 560 b86cbdfe3f4dde0b,"
		" 2>1 560 08e27085c1e0132c" },
	{ "noise", 3,
		"0>3 560 0c6b4d5d70610fa7,"
		" 1>2 560 806e559a7a3f6453,"
		" 1>3 560 806e559a7a3f6453,"
		" 2>1 560 e55686f5267c0dd3,"
		" 2>3 560 e55686f5267c0dd3,"
		" 3>1 560 da4bb97b1f2e0dd8,"
		" 3>2 560 da4bb97b1f2e0dd8" },
	{ "noise in place", 2,
		"0>2 560 41f116ac75f4587e,"
		" 1>2 560 b86cbdfe3f4dde0b,"
		" 2>1 560 08e27085c1e0132c" },
	{ "noise in place", 3,
		"0>3 560 0c6b4d5d70610fa7,"
		" 1>2 560 806e559a7a3f6453,"
		" 1>3 560 806e559a7a3f6453,"
		" 2>1 560 e55686f5267c0dd3,"
		" 2>3 560 e55686f5267c0dd3,"
		" 3>1 560 da4bb97b1f2e0dd8,"
		" 3>2 560 da4bb97b1f2e0dd8" },
};

#endif /* !SMPC_TESTS_UNIT_GOLDEN_H */
