"""What a process that the tests start does with a signal, whatever the tests were started from.

A signal that is ignored stays so in every child (signal(7)), and a shell has what it starts with
``&`` ignore Ctrl-C, nohup(1) a closed terminal. What has a handler is as usual again in a child. So
the tests themselves go on as if it were ignored, and what they start can be stopped.
"""

import signal

AS_USUAL = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM)


def of_a_terminal() -> None:
    """Have every child do with a signal what it does when it is started in a terminal."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, AS_USUAL)
    for number in AS_USUAL:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, _nothing)


def _nothing(_number: int, _frame: object) -> None:
    pass
