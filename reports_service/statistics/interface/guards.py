"""Who may see the figures of all agencies; who may see one's only is shown the way there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from reports_service.core.auth import current_actor, requires
from reports_service.domain.roles import Permission
from reports_service.statistics.service import FiguresNotYours

View = TypeVar("View", bound=Callable[..., Any])


def of_all_agencies(view: View) -> View:
    """``requires(SEE_FIGURES)``; officers and heads are told where their own figures stand."""
    guarded = requires(Permission.SEE_FIGURES)(view)

    @wraps(guarded)
    def entered(*args: Any, **kwargs: Any) -> Any:
        actor = current_actor()
        if not actor.may(Permission.SEE_FIGURES) and actor.agency_id is not None:
            raise FiguresNotYours.to(actor)
        return guarded(*args, **kwargs)

    return entered  # type: ignore[return-value]
