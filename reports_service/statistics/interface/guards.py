"""Who may see the figures of all agencies; who may see one's only is shown the way there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import request

from reports_service.core.auth import answer_in, current_actor, requires
from reports_service.core.words import LANGUAGES
from reports_service.domain.roles import Permission
from reports_service.statistics.service import FiguresNotYours

View = TypeVar("View", bound=Callable[..., Any])


def of_all_agencies(view: View) -> View:
    """``requires(SEE_FIGURES)``; officers and heads are told where their own figures stand, in the
    language that the query asks for: it is not read by its schema before that.
    """
    guarded = requires(Permission.SEE_FIGURES)(view)

    @wraps(guarded)
    def entered(*args: Any, **kwargs: Any) -> Any:
        actor = current_actor()
        if not actor.may(Permission.SEE_FIGURES) and actor.agency_id is not None:
            if request.args.get("lang") in LANGUAGES:
                answer_in(request.args["lang"])
            raise FiguresNotYours.to(actor)
        return guarded(*args, **kwargs)

    return entered  # type: ignore[return-value]
