"""The pages of a register: its list, a new one, one that is there, its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask import Blueprint, request, url_for
from sqlalchemy.orm import object_session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from reports_service.core.auth import current_actor, requires
from reports_service.core.db import db, unit_of_work
from reports_service.domain.errors import NotFound, Refusal
from reports_service.domain.roles import Permission
from reports_service.domain.text import fold
from reports_service.web.admin.inputs import called, filled, read, rows_in
from reports_service.web.admin.registers import Register
from reports_service.web.forms import labelled, plain, problem_of
from reports_service.web.pages import back_to, language, page

Answer = str | Response | tuple[str, int]
administers = requires(Permission.ADMINISTER)


@dataclass(frozen=True)
class Row:
    """One of a register's list, in words."""

    title: str
    address: str
    cells: Sequence[str]


def serve(bp: Blueprint, register: Register) -> None:
    """Add the register's pages to a blueprint."""
    views: dict[tuple[str, str, str], Callable[..., Answer]] = {
        ("", "", "GET"): lambda: listed(register),
        ("/new", "_new", "GET"): lambda: begun(register),
        ("/new", "_add", "POST"): lambda: added(register),
        ("/<key>", "_one", "GET"): lambda key: shown(register, key),
        ("/<key>", "_change", "POST"): lambda key: changed(register, key),
        ("/<key>/end", "_end", "POST"): lambda key: ended(register, key),
    }
    for (path, name, method), view in views.items():
        address = f"/admin/{register.slug}{path}"
        bp.add_url_rule(address, register.slug + name, _guarded(view), methods=[method])


def _guarded(view: Callable[..., Answer]) -> Callable[..., Answer]:
    def entered(**values: str) -> Answer:
        return view(**values)

    return administers(entered)


def listed(register: Register) -> str:
    """All of them, or those whose name, code or address holds what was sought."""
    spoken, sought = language(), request.args.get("q", "").strip()
    things = db.session.scalars(register.listing()).unique().all()
    rows = [
        Row(
            register.title_of(one, spoken),
            url_for(f"admin.{register.slug}_one", key=register.key_of(one)),
            [value(one, spoken) for _, value in register.columns],
        )
        for one in things
    ]
    wanted = fold(sought)
    chosen = [row for row in rows if wanted in fold(" ".join((row.title, *row.cells)))]
    chosen.sort(key=lambda row: fold(row.title))
    return page("admin/list.html", register=register, rows=chosen, sought=sought, all=len(rows))


def begun(register: Register) -> str:
    """An empty form."""
    return _form(register, {})


def added(register: Register) -> Answer:
    """A new one."""
    try:
        values = register.taken_new.load(_said(register, new=True))
        with unit_of_work():
            thing = register.add(current_actor(), values)
            key = register.key_of(thing)
    except (Refusal, ma.ValidationError) as wrong:
        return _again(register, wrong)
    return back_to(f"admin.{register.slug}_one", key=key, done="added")


def shown(register: Register, key: str) -> str:
    """One, as it is now."""
    thing = register.find(key)
    return _form(register, filled(register.inputs, register.shown.dump(thing)), thing)


def changed(register: Register, key: str) -> Answer:
    """What was typed instead of what was there."""
    try:
        values = register.taken.load(_said(register, new=False))
        with unit_of_work():
            register.change(current_actor(), key, values)
    except NotFound:
        raise
    except (Refusal, ma.ValidationError) as wrong:
        return _again(register, wrong, key)
    return back_to(f"admin.{register.slug}_one", key=key, done="changed")


def ended(register: Register, key: str) -> Answer:
    """It serves no more from now on; its history stays."""
    try:
        with unit_of_work():
            register.end(current_actor(), key, None)
    except NotFound:
        raise
    except Refusal as wrong:
        problem, status = problem_of(wrong)
        thing = register.find(key)
        given = filled(register.inputs, register.shown.dump(thing))
        return _form(register, given, thing, problem), status
    return back_to(f"admin.{register.slug}", done="ended")


def _said(register: Register, *, new: bool) -> dict[str, Any]:
    said = read(register.inputs, request.form, new=new)
    if not new:
        return said
    return {name: value for name, value in said.items() if value is not None}


def _again(
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
    return _form(register, MultiDict(request.form).to_dict(), thing, problem), status


def _quoted(names: Mapping[str, str], path: str) -> str:
    name = names.get(plain(path))
    return f"«{name}»" if name else labelled(path)


def _form(
    register: Register,
    given: Mapping[str, str],
    thing: Any = None,
    problem: Mapping[str, Any] | None = None,
) -> str:
    if thing is not None and object_session(thing) is not None:
        db.session.refresh(thing)  # what was refused must not be shown as if it were so
    spoken = language()
    return page(
        "admin/edit.html",
        register=register,
        thing=thing,
        title=register.title_of(thing, spoken) if thing is not None else None,
        key=register.key_of(thing) if thing is not None else None,
        given=given,
        problem=problem,
        places=lambda rows: rows_in(rows, given),
        options=lambda one: one.options(spoken),
        units=lambda one: one.units(spoken),
    )
