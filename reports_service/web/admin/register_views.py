"""The pages of a register: its list, a new one, one that is there, its end, and back again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import marshmallow as ma
from flask import Blueprint, request, url_for
from sqlalchemy.orm import object_session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from reports_service.core.auth import Actor, current_actor, requires
from reports_service.core.db import db, unit_of_work
from reports_service.core.endings import is_over
from reports_service.domain.errors import NotFound, Refusal
from reports_service.domain.roles import Permission
from reports_service.domain.text import fold
from reports_service.web.admin.inputs import called, filled, read, rows_in
from reports_service.web.admin.registers import Register
from reports_service.web.forms import labelled, plain, problem_of
from reports_service.web.pages import back_to, language, page

Answer = str | Response | tuple[str, int]
MORE: Final = "more"  # the button that asks for one more row, where no script adds it
administers = requires(Permission.ADMINISTER)


@dataclass(frozen=True)
class Row:
    """One of a register's list, in words."""

    title: str
    address: str
    cells: Sequence[str]
    ended_at: datetime | None


def serve(bp: Blueprint, register: Register) -> None:
    """Add the register's pages to a blueprint."""
    views: dict[tuple[str, str, str], Callable[..., Answer]] = {
        ("", "", "GET"): lambda: listed(register),
        ("/new", "_new", "GET"): lambda: begun(register),
        ("/new", "_add", "POST"): lambda: added(register),
        ("/<key>", "_one", "GET"): lambda key: shown(register, key),
        ("/<key>", "_change", "POST"): lambda key: changed(register, key),
        ("/<key>/end", "_end", "POST"): lambda key: ended(register, key),
        ("/<key>/back", "_back", "POST"): lambda key: brought_back(register, key),
    }
    for (path, name, method), view in views.items():
        address = f"/admin/{register.slug}{path}"
        bp.add_url_rule(address, register.slug + name, _guarded(view), methods=[method])


def _guarded(view: Callable[..., Answer]) -> Callable[..., Answer]:
    def entered(**values: str) -> Answer:
        return view(**values)

    return administers(entered)


def listed(register: Register) -> str:
    """All of them, or those whose name, code or address holds what was sought; ended ones apart."""
    sought = request.args.get("q", "").strip()
    things = db.session.scalars(register.listing()).unique().all()
    going_on = [one for one in things if not is_over(one)]
    over = db.session.scalars(register.ended()).unique().all()
    return page(
        "admin/list.html",
        register=register,
        rows=sorted(_rows(register, going_on, sought), key=lambda row: fold(row.title)),
        ended=_rows(register, over, sought),
        sought=sought,
        all=len(going_on),
    )


def _rows(register: Register, things: Sequence[Any], sought: str) -> list[Row]:
    spoken, wanted = language(), fold(sought)
    rows = [
        Row(
            register.title_of(one, spoken),
            url_for(f"admin.{register.slug}_one", key=register.key_of(one)),
            [value(one, spoken) for _, value in register.columns],
            one.ended_at,
        )
        for one in things
    ]
    return [row for row in rows if wanted in fold(" ".join((row.title, *row.cells)))]


def begun(register: Register) -> str:
    """An empty form."""
    return form(register, {})


def added(register: Register) -> Answer:
    """A new one."""
    if MORE in request.form:
        return form(register, MultiDict(request.form).to_dict())
    try:
        values = register.taken_new.load(said(register, new=True))
        with unit_of_work():
            thing = register.add(current_actor(), values)
            key = register.key_of(thing)
    except (Refusal, ma.ValidationError) as wrong:
        return again(register, wrong)
    return back_to(f"admin.{register.slug}_one", key=key, done="added")


def shown(register: Register, key: str) -> str:
    """One, as it is now."""
    thing = register.find(key)
    return form(register, filled(register.inputs, register.shown.dump(thing)), thing)


def changed(register: Register, key: str) -> Answer:
    """What was typed instead of what was there."""
    if MORE in request.form:
        return form(register, MultiDict(request.form).to_dict(), register.find(key))
    try:
        values = register.taken.load(said(register, new=False))
        with unit_of_work():
            register.change(current_actor(), key, values)
    except NotFound:
        raise
    except (Refusal, ma.ValidationError) as wrong:
        return again(register, wrong, key)
    return back_to(f"admin.{register.slug}_one", key=key, done="changed")


def ended(register: Register, key: str) -> Answer:
    """It serves no more from now on; its history stays. Its page says how to take that back."""
    return _done(register, key, "ended", lambda actor: register.end(actor, key, None))


def brought_back(register: Register, key: str) -> Answer:
    """It serves again; where that cannot be, the page says why."""
    return _done(register, key, "brought_back", lambda actor: register.bring_back(actor, key))


def _done(register: Register, key: str, done: str, act: Callable[[Actor], Any]) -> Answer:
    try:
        with unit_of_work():
            act(current_actor())
    except NotFound:
        raise
    except Refusal as wrong:
        problem, status = problem_of(wrong)
        thing = register.find(key)
        given = filled(register.inputs, register.shown.dump(thing))
        return form(register, given, thing, problem), status
    return back_to(f"admin.{register.slug}_one", key=key, done=done)


def said(register: Register, *, new: bool) -> dict[str, Any]:
    """What was typed, as the schema of a new one or of a change takes it."""
    typed = read(register.inputs, request.form, new=new)
    if not new:
        return typed
    return {name: value for name, value in typed.items() if value is not None}


def again(
    register: Register, wrong: Refusal | ma.ValidationError, key: str | None = None
) -> tuple[str, int]:
    """The form as it was filled in, with what is wrong."""
    names = called(register.inputs, language())
    problem, status = problem_of(wrong, lambda path: _quoted(names, path))
    places = {name: place for place, name in enumerate(names)}
    in_order = sorted(
        problem["errors"], key=lambda one: places.get(plain(one["field"]), len(places))
    )
    problem = {**problem, "errors": in_order}
    thing = register.find(key) if key is not None else None
    return form(register, MultiDict(request.form).to_dict(), thing, problem), status


def _quoted(names: Mapping[str, str], path: str) -> str:
    name = names.get(plain(path))
    return f"«{name}»" if name else labelled(path)


def form(
    register: Register,
    given: Mapping[str, str],
    thing: Any = None,
    problem: Mapping[str, Any] | None = None,
    **more: Any,
) -> str:
    """The form, filled in with what is given; ``thing``: the one that is there."""
    if thing is not None and object_session(thing) is not None:
        db.session.refresh(thing)  # what was refused must not be shown as if it were so
    spoken = language()
    return page(
        "admin/edit.html",
        register=register,
        thing=thing,
        title=register.title_of(thing, spoken) if thing is not None else None,
        key=register.key_of(thing) if thing is not None else None,
        over=is_over(thing),
        given={**_sampled(register, given), **given},
        problem=problem,
        places=lambda rows: rows_in(rows, given),
        options=lambda one: one.options(spoken),
        units=lambda one: one.units(spoken),
        **more,
    )


def _sampled(register: Register, given: Mapping[str, str]) -> dict[str, str]:
    """What a thing is tried on at first: what it says itself."""
    return {one.name: given.get(like, "") for like, one in register.sample.items()}
