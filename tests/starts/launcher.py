"""Starts programs of ours with one environment after another, each in a process of its own.

Everything is imported once and each start is a fork, so that two hundred take seconds. Standard
input has JSON lines ``{"words", "env", "said", "refused"}``; each is answered with a line that has
the exit status and the output. A start that is not refused is told to stop once its output matches
``said``.
"""

import json
import os
import re
import runpy
import signal
import sys
import tempfile
import time
import warnings
from pathlib import Path

import bridge.command_line
import receiver.command_line
from local import run

# The commands load when they are named, or all for the whole command line.
LOADED = (bridge.command_line.command_line(), receiver.command_line.command_line(), run)
SECONDS = 20.0


def start(words: list[str], env: dict[str, str], said: str, refused: bool) -> tuple[int, str, bool]:
    """Return exit status, output, and whether a process was left behind."""
    with tempfile.NamedTemporaryFile() as output:
        child = os.fork()
        if child == 0:
            _become(words, env, output.fileno())
        path = Path(output.name)
        deadline = time.monotonic() + SECONDS
        told = False
        while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
            matches = not refused and re.search(said, path.read_text(errors="replace"))
            if not told and (matches or time.monotonic() > deadline):
                os.kill(child, signal.SIGTERM)
                told = True
            if time.monotonic() > deadline + SECONDS:
                os.killpg(child, signal.SIGKILL)
            time.sleep(0.02)
        return os.waitstatus_to_exitcode(ended[1]), path.read_text(errors="replace"), _left(child)


def _become(words: list[str], env: dict[str, str], output: int) -> None:
    os.setsid()
    status = 1
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.clear()
        os.environ.update(env)
        program, *sys.argv[1:] = words
        if program == "run":
            run.main()
        else:
            warnings.simplefilter("ignore")  # it is loaded already, as it should be
            runpy.run_module(program, run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _left(group: int) -> bool:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    """Answer each line with one line."""
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        asked = json.loads(line)
        status, output, left = start(**asked)
        answers.write(json.dumps({"status": status, "output": output, "left": left}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
