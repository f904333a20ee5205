/* The hot loops one value at a time. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-vectorize")
#endif

#define KERNEL_VERSION(name) plain_##name
#include "kernels_rename.h"

#include "dsp/kernel.c"
#include "kernels.h"

const struct kernels kernels_plain = {KERNELS(KERNEL_ROW)};
