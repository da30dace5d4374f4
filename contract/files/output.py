"""What a command prints once its work is done, where the output may take nothing."""

import logging


def is_printed(line: str, log: logging.Logger) -> bool:
    """Print what was done; False if the output takes nothing: the work is done all the same.

    It may go to a log on a full disk, while the disk that was written to has room.
    """
    try:
        print(line, flush=True)  # noqa: T201 - a command's output
    except BrokenPipeError:
        raise
    except OSError as error:
        log.error("%s: what it prints cannot be written: %s", line, error.strerror)
        return False
    return True
