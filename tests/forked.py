"""The process that has loaded our programs, and becomes each of them by a fork.

A start of receiver or bridge is a second of imports, and the tests make hundreds. Here they are
loaded once; a fork does all that the program does from its ``__main__`` on, as a process with an
environment, files, signals and an end of its own. ``tests/forks.py`` asks for them. The processes
with which a bridge parses are forked in the same way, and are its children.
"""

import atexit
import ctypes
import gc
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import threading
import traceback
import warnings
from contextlib import suppress
from importlib import import_module
from typing import Any

from tests.dispositions import AS_USUAL

PACKAGES = ("contract", "bridge", "receiver", "local")
MESSAGE_BYTES = 1024 * 1024
FILES = 4  # standard input, output and error, and where its end is told
PARSER = "bridge.courier.parsing.parse_worker"
PARSING = ("smtp", "imap", "import")  # commands of the bridge
LEAST_MEMORY_MB = 512  # with less it matters that a fork has more modules than a start
ADOPTS = 36  # prctl(2): PR_SET_CHILD_SUBREAPER


def load() -> None:
    """Load whatever our programs consist of."""
    for name in PACKAGES:
        package = import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.endswith("__main__"):
                import_module(found.name)


def serve(asking: socket.socket) -> bytes:
    """Fork on request, and report how each fork ends; return, in a fork, what it must become.

    Returns nothing once nobody can ask any more.
    """
    with selectors.PollSelector() as events:
        events.register(asking, selectors.EVENT_READ)
        while True:
            for key, _ in events.select():
                if key.data is not None:
                    events.unregister(key.fd)
                    os.close(key.fd)
                    end(*key.data)
                    continue
                asked, files, *_ = socket.recv_fds(asking, MESSAGE_BYTES, FILES)
                if not asked:
                    return b""
                pid = os.fork()
                if pid == 0:
                    asking.close()
                    for other in events.get_map().values():
                        if other.data is not None:
                            os.close(other.fd)
                            os.close(other.data[1])
                    have_for_streams(files)
                    return asked
                *streams, told = files
                for each in streams:
                    os.close(each)
                events.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, told))
                asking.send(str(pid).encode())


def end(pid: int, told: int) -> None:
    """Report how a process ended, and let go of it."""
    _, status = os.waitpid(pid, 0)
    os.write(told, str(os.waitstatus_to_exitcode(status)).encode())
    os.close(told)


def have_for_streams(files: list[int]) -> None:
    """Have the files as standard input, output and error."""
    for number, each in enumerate(files[:-1]):
        os.dup2(each, number)
    for each in files:
        os.close(each)


def become(
    program: str, words: list[str], env: dict[str, str], directory: str, mask: int, leads: bool
) -> None:
    """Run a program without traces of the process that forked; it ends as any other does."""
    for number in AS_USUAL:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if leads:
        os.setsid()
    os.umask(mask)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(env)
    if program == "bridge" and not leads and {*words[:1]} & {*PARSING}:
        fork_parsers()
    run(program, words)


def run(program: str, words: list[str]) -> None:
    """Run a program, which is loaded already."""
    sys.argv[1:] = words
    warnings.filterwarnings("ignore", category=RuntimeWarning, module="runpy")  # it is loaded
    runpy.run_module(program, run_name="__main__", alter_sys=True)


def fork_parsers() -> None:
    """Let this bridge have forks of a child for its parsers, who become children of its own."""
    asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ctypes.CDLL(None).prctl(ADOPTS, 1, 0, 0, 0)
    if os.fork() == 0:
        asking.close()
        for number in AS_USUAL:
            signal.signal(number, signal.SIG_IGN)
        try:
            have_for_streams([os.open(os.devnull, os.O_RDWR) for _ in range(FILES)])
            fork_while_asked(asked)
        finally:
            os._exit(0)
    asked.close()
    start = subprocess._fork_exec  # type: ignore[attr-defined]

    def fork_or_start(args: list[bytes], *how: Any) -> int:
        words = [os.fsdecode(each) for each in args]
        if words[1:3] != ["-m", PARSER] or int(words[3]) < LEAST_MEMORY_MB:
            return int(start(args, *how))
        env, reading, writing = how[4], how[5], how[8]
        told = json.dumps({"words": words[3:], "env": [os.fsdecode(each) for each in env]})
        answer = b""
        with suppress(OSError):  # it was killed
            socket.send_fds(asking, [told.encode()], [reading, writing, 2])
            answer = asking.recv(100)
        return int(answer or start(args, *how))

    subprocess._fork_exec = fork_or_start  # type: ignore[attr-defined]


def fork_while_asked(asked: socket.socket) -> None:
    """Fork a parser for each request; end with the bridge.

    Its own parent ends at once, so that the nearest that adopts has it: the bridge.
    """
    while True:
        said, files, *_ = socket.recv_fds(asked, MESSAGE_BYTES, FILES - 1)
        if not said:
            return
        reading, writing = os.pipe()
        if between := os.fork():
            os.waitpid(between, 0)
            asked.send(os.read(reading, 100))
            for each in (reading, writing, *files):
                os.close(each)
            continue
        if parser := os.fork():
            os.write(writing, str(parser).encode())
            os._exit(0)
        asked.close()
        for each in (reading, writing):
            os.close(each)
        have_for_streams([*files, os.dup(files[0])])
        parse(**json.loads(said))


def parse(words: list[str], env: list[str]) -> None:
    """Be a parser until its input ends."""
    for number in AS_USUAL:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(dict(each.split("=", 1) for each in env))
    try:
        run(PARSER, words)
        leave(0)
    except SystemExit as told:
        if isinstance(told.code, str):
            print(told.code, file=sys.stderr)
        leave(int(told.code not in (None, 0)))
    except BaseException:
        traceback.print_exc()
        leave(1)


def leave(status: int) -> None:
    """End as Python does, but without taking apart objects that would have to be copied for it."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks is told, too, and ends this by leaving
    load()
    gc.freeze()
    if asked := serve(socket.socket(fileno=int(sys.argv[1]))):
        try:
            become(**json.loads(asked))
        except SystemExit as told:
            if not isinstance(told.code, str):
                leave(told.code or 0)
            raise
        leave(0)
