/* Calls of PortAudio, one at a time and without its words on the terminal. */
#ifndef AS_MEDIA_PORTAUDIO_QUIET_H
#define AS_MEDIA_PORTAUDIO_QUIET_H

/* PortAudio's own state is the process's and is not made for threads; and it and what it loads (ALSA, JACK) write to descriptor 2
 * whatever one does, as libpulse does now and then. So each of its calls that finds, opens, starts or closes lies between these two,
 * which hold one lock of the process: descriptor 2 of the whole process leads nowhere in between, and what another thread writes
 * there is lost. What these libraries allocate in between and keep for ever does not count as a leak.
 * From the first of them on ALSA's messages are not printed in between either. Returns what as_portaudio_leave wants. */
int as_portaudio_enter(void);
void as_portaudio_leave(int saved);

#endif
