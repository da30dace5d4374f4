"""Ctrl-C while a program loads, and while Python takes it down: it ends there, without a word.

Python would print where it was at work, which is no place of ours. ``process.orderly_end`` has it
heard in between. Nothing is changed where it is ignored, as of a job in the background.
"""

import signal


def end_silently() -> None:
    """Have Ctrl-C end the process at once, by the signal."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def are_heard() -> None:
    """Have Ctrl-C raise KeyboardInterrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
