/* Sample formats of libav to float, full scale = 1. */
#ifndef AS_MEDIA_SAMPLES_H
#define AS_MEDIA_SAMPLES_H

#include <stdbool.h>

#include <libavutil/frame.h>

bool as_samples_supported(int av_sample_format);
/* n samples of one channel, from sample `first` of the frame on, to dst[0], dst[step], … */
void as_samples_gather(float *dst, int step, const AVFrame *f, int channel, int first, int n);
/* All channels, interleaved. */
void as_samples_interleave(float *dst, const AVFrame *f, int first, int n);
/* The mean of channels a and b; b = -1: a alone. */
void as_samples_mix(float *dst, const AVFrame *f, int a, int b, int first, int n);
/* Sum of squares of n samples; *peak rises to the largest magnitude among them. */
double as_samples_energy(const float *v, int n, float *peak);

#endif
