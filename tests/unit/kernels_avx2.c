/* The hot loops as the AVX2 clones are; compiled with AVX2_FLAGS and HOT_FLAGS. */
#define KERNEL_VERSION(name) avx2_##name
#include "kernels_rename.h"

#include "dsp/kernel.c"
#include "kernels.h"

const struct kernels kernels_avx2 = {KERNELS(KERNEL_ROW)};

bool kernels_avx2_run(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx2");
#else
	return true;
#endif
}
