/* From tracked hypotheses to numbers that people can trust: false-alarm probability, margin (doc/algorithm.md, sections 4 and 5). */
#ifndef AS_SYNC_EVIDENCE_H
#define AS_SYNC_EVIDENCE_H

#include "sync/track.h"

#define AS_SCORE_MAX 99.0

/* -log10 of the probability that unrelated sound gives a hypothesis as good as this, all that was searched included; 0 … 99.
 * The best probe (t->best_nats, search paid) and the windows that do not touch it are independent witnesses; where the windows were
 * looked at along a line found with all of them, the lines that could have been found are paid instead: lags is how many samples of
 * lag were searched. */
double as_evidence_score(const struct as_track *t, int n_hypotheses, double lags);

/* The same for a place where several tracks lead: in a large room many echoes match, and each of them shows that the two belong
 * together, whichever is the first. Tracks near t count for it. */
double as_evidence_place(const struct as_track *t, const struct as_track *all, int n, double lags);

/* Whether b may be an echo of a, or a of b. */
bool as_evidence_near(const struct as_track *a, const struct as_track *b);

/* By how many standard deviations a explains the sound better than b: over the windows that both predict to overlap, or, if
 * there are too few of them, over what each predicts. */
double as_evidence_contrast(const struct as_track *a, const struct as_track *b);

/* By how many decades two tracks that may be echoes of one another differ in what their windows say against chance: that the louder
 * of two is the sound itself is as sure as that it is the louder one. */
double as_evidence_echo_margin(const struct as_track *a, const struct as_track *b);

/* A contrast as decades of probability, 0 … 99, negative where b explains it better. */
double as_evidence_margin(double contrast);

/* Decades by which a true overlap beats sound that merely occurs in both clips: a phrase, a jingle, a chorus match loudly for
 * a while and then stop, a true overlap goes on. matched and missed are sums of window weights, strength the matched
 * windows' median amplitude over the noise. */
double as_evidence_coverage(double matched, double missed, double strength);

#endif
