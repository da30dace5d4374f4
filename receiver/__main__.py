"""``python -m receiver``: first the cheap health check, otherwise the command line."""

import gc
import os
import sys

from contract import interrupts


def main() -> None:
    """Run the health check or the command, and exit with its status."""
    interrupts.end_silently()
    from receiver.health_check import all_is_well

    if not all_is_well(sys.argv[1:], os.environ):
        gc.disable()  # imports make no garbage; looking for it takes a fifth of the start
        from receiver import command_line  # these imports are slow

        gc.freeze()  # what is loaded stays: later collections skip it
        gc.enable()
        command_line.main()


if __name__ == "__main__":
    main()
