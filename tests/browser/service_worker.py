"""The service worker of a page: waited for, and woken as parts of the browser wake it.

Nothing here waits for ever: a worker that does not come fails the test that needs it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from playwright.sync_api import CDPSession, Page, Worker

WITHIN_MS: Final = 30_000  # generous: the machine may be busy with other tests
# The content policy forbids to poll from outside, so the page itself waits.
WAIT: Final = """
    ([what, within]) => {
        const {serviceWorker} = navigator;
        const come = {
            held: () => serviceWorker.controller || new Promise((done) =>
                serviceWorker.addEventListener("controllerchange", done, {once: true})),
            ready: () => serviceWorker.ready,
        };
        const late = async () => {
            await new Promise((done) => setTimeout(done, within));
            const known = (await serviceWorker.getRegistrations()).map((one) =>
                [one.installing, one.waiting, one.active].map((worker) => worker?.state));
            throw new Error(`no service worker is ${what}: ${JSON.stringify(known)}`);
        };
        return Promise.race([come[what](), late()]).then(() => null);
    }
"""
# What a desk would show is kept instead of shown: that is no part of the service.
KEEP_NOTICES: Final = """
    () => {
        self.kept = [];
        ServiceWorkerRegistration.prototype.showNotification = async (title, options) => {
            self.kept.push({title, ...options});
        };
    }
"""


def held(page: Page) -> None:
    """Wait until the service worker holds the page."""
    page.evaluate(WAIT, ["held", WITHIN_MS])


def pushed(page: Page, message: Mapping[str, str]) -> list[dict[str, Any]]:
    """Hand a message to the worker as a push service does; the notices that it then shows."""
    page.evaluate(WAIT, ["ready", WITHIN_MS])
    worker = _worker(page)
    worker.evaluate(KEEP_NOTICES)
    _dispatch(page, "deliverPushMessage", data=json.dumps(message))
    shown: list[dict[str, Any]] = worker.evaluate("() => self.kept")
    return shown


def synchronized(page: Page, tag: str) -> None:
    """Tell the worker that the network is back, as the browser does in the background."""
    _dispatch(page, "dispatchSyncEvent", tag=tag, lastChance=False)


def _worker(page: Page) -> Worker:
    if found := page.context.service_workers:
        return found[-1]
    return page.context.wait_for_event("serviceworker", timeout=WITHIN_MS)


def _dispatch(page: Page, event: str, **details: Any) -> None:
    session = page.context.new_cdp_session(page)
    number = _registration(page, session)
    origin = page.evaluate("window.origin")
    session.send(f"ServiceWorker.{event}", {"origin": origin, "registrationId": number, **details})


def _registration(page: Page, session: CDPSession) -> str:
    told: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda update: told.extend(one["registrationId"] for one in update["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.title()  # what the browser told meanwhile is heard
    return told[-1]
