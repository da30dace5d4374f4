"""Ctrl-C while a program loads, and while Python shuts down, ends it there without a word.

Python would print a traceback of unrelated code. In between ``process.orderly_end`` handles it. If
the signal is ignored, as in a background job, nothing is changed.
"""

import signal


def end_silently() -> None:
    """Make Ctrl-C end the process at once, by the signal."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def are_heard() -> None:
    """Make Ctrl-C raise KeyboardInterrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
