/* AS_CLONES before a function: it is compiled for the baseline and for AVX2, and the loader chooses. The clones give the
 * same bits, since AVX2 without FMA rounds where the baseline does and no sum is reordered. On aarch64 the
 * baseline has NEON, and nothing is to be chosen. */
#ifndef AS_DSP_CLONES_H
#define AS_DSP_CLONES_H

/* The loader chooses a clone before ThreadSanitizer has begun, which does not survive that. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define AS_NO_CLONES
#endif
#elif defined(__SANITIZE_THREAD__)
#define AS_NO_CLONES
#endif

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(AS_NO_CLONES)
#define AS_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define AS_CLONES
#endif

#endif
