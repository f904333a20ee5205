/* The hot loops in every version: what the library dispatches to on this processor, and the same source compiled without vectors
 * and with the widest that the build knows. */
#ifndef TEST_KERNELS_H
#define TEST_KERNELS_H

#include <stdbool.h>

#include "dsp/kernel.h"

#define KERNELS(X) \
	X(mul_conj) X(mul_conj_add) X(inverse_root) X(scale) X(smooth_power) X(max) X(max_each) X(mark_tops) \
	X(argmax) X(widen) X(dot) X(energy) X(prefix_energy) X(power) X(whiten) \
	X(blend) X(tame) X(sum_sqrt) X(sum_squares) X(quantise) X(split) \
	X(merge)

struct kernels {
#define KERNEL_MEMBER(name) __typeof__(&as_kernel_##name) name;
	KERNELS(KERNEL_MEMBER)
};
#define KERNEL_ROW(name) .name = as_kernel_##name,

extern const struct kernels kernels_library, kernels_plain, kernels_avx2;

/* Whether this processor can run kernels_avx2; on others than x86 those are what the baseline's vectors make of the source. */
bool kernels_avx2_run(void);

#endif
