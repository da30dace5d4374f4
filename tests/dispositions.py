"""Signals in processes that the tests start: the same wherever the tests were started from.

An ignored signal stays ignored in every child (signal(7)): a shell makes commands with ``&`` ignore
Ctrl-C, nohup(1) a closed terminal. A signal with a handler has its default again in a child. So the
tests go on as if it were ignored, and what they start can be stopped.
"""

import signal

AS_USUAL = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM)


def of_a_terminal() -> None:
    """Give every child the dispositions of a program started in a terminal."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, AS_USUAL)
    for number in AS_USUAL:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, _nothing)


def _nothing(_number: int, _frame: object) -> None:
    pass
