"""``python -m receiver``: the health check, which is to be cheap, or the command line."""

import gc
import os
import sys

from contract import interrupts


def main() -> None:
    """Do as told, and end with the status of that."""
    interrupts.end_silently()
    from receiver.health_check import all_is_well

    if not all_is_well(sys.argv[1:], os.environ):
        gc.disable()  # nothing of what loads is garbage, and looking for it is a fifth of the start
        from receiver import command_line  # its imports are what is not cheap

        gc.freeze()  # nor will it be: no later search has to pass it
        gc.enable()
        command_line.main()


if __name__ == "__main__":
    main()
