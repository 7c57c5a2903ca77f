"""How long what signing in leaves behind is kept."""

from __future__ import annotations

from reports_service.accounts import guessing, resets, sessions


def forget_old() -> None:
    """Delete attempts after a day, ways to a new password after a week, sessions that ended after
    three months, and devices that were not seen for a year.
    """
    guessing.forget_old()
    resets.forget_old()
    sessions.forget_old()
