"""From where this request comes, as far as signing in needs to know it."""

from __future__ import annotations

from flask import request

from reports_service.accounts.browsers import browser_of, system_of
from reports_service.accounts.guessing import Visit
from reports_service.core.addresses import address_of_request, prefix_of


def visit(device: str | None) -> Visit:
    """``device``: the number that this device keeps, if it has one."""
    said = request.user_agent.string
    address = address_of_request()
    return Visit(
        device=device or None,
        address=address,
        address_prefix=prefix_of(address),
        browser=browser_of(said),
        system=system_of(said),
    )
