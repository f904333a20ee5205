/* From tracked hypotheses to numbers that people can trust: false-alarm probability, margin (doc/algorithm.md, sections 4 and 5). */
#ifndef AS_SYNC_EVIDENCE_H
#define AS_SYNC_EVIDENCE_H

#include "sync/track.h"

#define AS_SCORE_MAX 99.0

/* -log10 of the probability that unrelated sound gives a hypothesis as good as this, all that was searched included; 0 … 99.
 * The best probe (t->best_nats, search paid) and the windows that do not touch it are independent witnesses. */
double as_evidence_score(const struct as_track *t, int n_hypotheses);

/* By how many standard deviations a explains the sound better than b: over the windows that both predict to overlap, or, if
 * there are too few of them, over what each predicts. */
double as_evidence_contrast(const struct as_track *a, const struct as_track *b);

/* The same as decades of probability, 0 … 99, negative where b explains it better. */
double as_evidence_margin(double contrast);

/* Decades by which a true overlap beats sound that merely occurs in both clips: a phrase, a jingle, a chorus match loudly for
 * a while and then stop, a true overlap goes on. matched and missed are sums of window weights, strength the matched
 * windows' median amplitude over the noise. */
double as_evidence_coverage(double matched, double missed, double strength);

#endif
