"""The parent of a deployment's processes in production mode, as systemd or a container host is:
``python -m tests.faults.supervising PLAN.json``.

The plan is a list of ``{"name", "command", "account"}``; all inherit this process's environment.
Who ends is started again, by the same code that ``bin/run`` looks after its children with.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from reports_service.cli.children import Child, Family
from reports_service.core.lifeline import ended_with_parent

PROJECT = Path(__file__).resolve().parents[2]
NEEDED = ("database", "queue")  # by the others: stopped last


def main(plan: Path) -> None:
    """Start all that the plan names, and look after them until SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    children = [
        Child(one["name"], _as_account(one), PROJECT, os.environ, needed=one["name"] in NEEDED)
        for one in json.loads(plan.read_text(encoding="utf-8"))
    ]
    family = Family(children, on_end=_tell_end)
    family.start()
    try:
        family.watch()
    except KeyboardInterrupt:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        family.stop()


def _as_account(one: dict[str, object]) -> list[str]:
    """The command; where it is to run as another account, by way of this module."""
    command = [str(word) for word in one["command"]]  # type: ignore[attr-defined]
    if not one["account"]:
        return command
    return [sys.executable, "-m", "tests.faults.supervising", "as", str(one["account"]), *command]


def become(uid_and_gid: str, command: list[str]) -> None:
    """Turn this process into ``command``, run by another account. Never returns."""
    uid, _, gid = uid_and_gid.partition(":")
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
    ended_with_parent(signal.SIGINT)()  # the kernel forgets it where the account changes
    os.chdir("/")
    os.execv(command[0], command)


def _tell_end(name: str, code: int, pause_s: float) -> None:
    print(f"{name} ended ({code}); again in {pause_s:.0f} s", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "as":
        become(sys.argv[2], sys.argv[3:])
    main(Path(sys.argv[1]))
