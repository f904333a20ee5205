"""By how many milliseconds is what this computer plays late against a file, an address or a title?

    python3 get_lag.py 'https://…' [SOURCE]        or        from get_lag import get_lag
"""
import ctypes as c
import os
import select
import sys

LOCKED = 2  # enum as_live_state


class Error(c.Structure):
    _fields_ = [("status", c.c_int), ("sys_errno", c.c_int), ("msg", c.c_char * 512)]


class Config(c.Structure):
    _fields_ = [("reference", c.c_char_p), ("capture", c.c_char_p), ("fast", c.c_bool), ("at_once", c.c_bool), ("pcm", c.c_char_p)]


class Reading(c.Structure):
    _fields_ = ([("t_s", c.c_double), ("state", c.c_int)]
                + [(name, c.c_double) for name in ("lag_ms", "lag_err_ms", "calibrated_lag_ms", "position_s", "drift_ppm",
                                                   "drift_err_ppm", "confidence", "p_false")]
                + [("no_match", c.c_bool), ("ambiguous", c.c_bool), ("reference_broken", c.c_bool)]
                + [(name, c.c_double) for name in ("last_lag_ms", "last_t_s", "level_db")]
                + [("xruns", c.c_int64)])


class Status(c.Structure):
    _fields_ = [("state", c.c_int), ("ended", c.c_bool), ("error", Error), ("rest", c.c_char * 4096)]


def load(name="libaudiosync.so.0"):
    lib = c.CDLL(name)
    lib.as_options_new.restype = lib.as_live_open.restype = c.c_void_p
    lib.as_live_next.restype = c.c_bool
    for f in (lib.as_options_free, lib.as_live_fd, lib.as_live_close):
        f.argtypes = [c.c_void_p]
    lib.as_live_open.argtypes = [c.c_void_p, c.POINTER(Config), c.POINTER(Error)]
    lib.as_live_start.argtypes = [c.c_void_p, c.POINTER(Error)]
    lib.as_live_next.argtypes = [c.c_void_p, c.POINTER(Reading)]
    lib.as_live_status.argtypes = [c.c_void_p, c.POINTER(Status)]
    return lib


def get_lag(reference, capture=None, lib=None):
    """The lag in ms, or None: it is not what plays. Raises OSError with the reason where it cannot be told."""
    lib = lib or load()
    err, reading, status = Error(), Reading(), Status()
    config = Config(os.fsencode(reference), capture and os.fsencode(capture), at_once=True)
    options = lib.as_options_new()
    live = lib.as_live_open(options, config, err)
    try:
        if not live or lib.as_live_start(live, err) != 0:
            raise OSError(err.msg.decode())
        while reading.state != LOCKED and not reading.no_match and not status.ended:
            select.select([lib.as_live_fd(live)], [], [])
            lib.as_live_status(live, status)
            while reading.state != LOCKED and lib.as_live_next(live, reading):
                pass
        if reading.state == LOCKED:
            return reading.calibrated_lag_ms
        if status.error.status != 0:
            raise OSError(status.error.msg.decode())
        return None
    finally:
        lib.as_live_close(live)
        lib.as_options_free(options)


if __name__ == "__main__":
    try:
        lag_ms = get_lag(*sys.argv[1:3]) if len(sys.argv) > 1 else sys.exit("which sound?")
    except OSError as e:
        sys.exit(str(e))
    print(round(lag_ms, 1)) if lag_ms is not None else sys.exit("it is not what plays")
