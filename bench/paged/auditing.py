"""Lighthouse, from npm, on pages that everybody may open."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from bin.support import node
from tests.browser import chromium

PROGRAM: Final = Path(__file__).parents[1] / "pages/node_modules/lighthouse/cli/index.js"
CATEGORIES: Final = ("accessibility", "best-practices")


def audited(address: str) -> Mapping[str, Any]:
    """Lighthouse's report on a page, as a phone sees it."""
    ended = subprocess.run(
        [
            *(program_of_node(), str(PROGRAM), address, "--output=json", "--quiet"),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={' '.join(['--headless=new', *chromium.flags()])}",
        ],
        env={**os.environ, "CHROME_PATH": chromium.program()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise SystemExit(f"Lighthouse on {address}: {ended.stderr[-2000:]}")
    found: Mapping[str, Any] = json.loads(ended.stdout)
    return found


def scores(found: Mapping[str, Any]) -> dict[str, float]:
    """Of each category, out of 100."""
    return {name: round(found["categories"][name]["score"] * 100) for name in CATEGORIES}


def failures(found: Mapping[str, Any]) -> Iterator[str]:
    """The audits that took points."""
    for name in CATEGORIES:
        for audit in found["categories"][name]["auditRefs"]:
            result = found["audits"][audit["id"]]
            if audit["weight"] and result["score"] not in (None, 1):
                yield f"{name}: {result['title']}"


def program_of_node() -> str:
    """The Node that npm was run by: of this machine, or of the wheel."""
    npm = node.of_this_machine() or node.of_the_wheel(Path(sysconfig.get_path("purelib")))
    if npm is None:
        raise SystemExit("There is no Node to run Lighthouse with.")
    return str(Path(npm[0]).with_name("node"))
