"""What every process of ours does alike: its log, its stop signals, its exit status."""

import asyncio
import logging
import signal

EXIT_CONFIG = 78  # EX_CONFIG of sysexits.h


def start_log(level: str) -> None:
    """Send log lines to standard error; libraries speak only when something is wrong."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=level)
    for name in ("pymongo", "aiohttp.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # aiosmtpd logs every line of a letter at DEBUG, every command at INFO, and as a WARNING what it
    # does not take for a command, which can be a letter's text.
    logging.getLogger("mail.log").setLevel(logging.ERROR)


def stop_signal() -> asyncio.Event:
    """Return an event that is set once the running loop's process is told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    return stop
