#include "kernels.h"

const struct kernels kernels_library = {KERNELS(KERNEL_ROW)};
