"""The process and its children end when standard input closes, and leave no temporary folder behind."""

import os
import signal
import subprocess
import sys
import threading


def end_with_standard_input() -> None:
    """Watches standard input, a pipe that the parent holds open and nobody writes to."""
    threading.Thread(target=_wait, daemon=True, name="lifetime").start()


def _wait() -> None:
    try:
        while os.read(0, 4096):
            pass
    finally:
        _end()


def _end() -> None:
    folder = os.environ.get("TMPDIR")
    children = _children()
    if folder and os.path.basename(folder).startswith("fnseal-emulator-"):
        # In a session of its own, since this process group dies with the next call.
        subprocess.Popen(
            [sys.executable, "-c", _REMOVE, str(os.getpid()), folder],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    for child in children:
        _kill(child)
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _children() -> list[int]:
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True).stdout
    pairs = [line.split() for line in table.splitlines()]
    return [int(pid) for pid, parent in pairs if int(parent) == os.getpid()]


def _kill(child: int) -> None:
    """Waits for its end too: in a container nobody else may, and it would stay in the table of processes."""
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except OSError:
        pass  # it has ended, or someone else waits for it


# A worker that was just being killed may still write for a moment: it is removed until it stays away.
_REMOVE = """
import os, shutil, sys, time
for _ in range(50):
    shutil.rmtree(sys.argv[2], ignore_errors=True)
    try:
        os.kill(int(sys.argv[1]), 0)
    except OSError:
        if not os.path.exists(sys.argv[2]):
            break
    time.sleep(0.1)
"""
