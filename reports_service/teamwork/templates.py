"""Response templates: words prepared for an act, filled with what is known of a report."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from sqlalchemy import Select, or_, select, update

from reports_service.accounts.models import Account
from reports_service.agencies import service as agencies
from reports_service.areas import service as areas
from reports_service.attachments.inspection import Limits
from reports_service.categories import service as categories
from reports_service.core import audit, clock, words
from reports_service.core.auth import Actor
from reports_service.core.codes import named
from reports_service.core.db import db
from reports_service.domain.errors import AsSent, Invalid, NotFound
from reports_service.domain.lifecycle import Action
from reports_service.domain.roles import Party, Permission
from reports_service.reports import codes, holding, places
from reports_service.reports.models import Report
from reports_service.reports.onlooker import Onlooker
from reports_service.sla import service as sla
from reports_service.teamwork import placeholders
from reports_service.teamwork.models import Template

# The acts that people write words for.
ACTIONS: Final = (
    Action.ACKNOWLEDGE,
    Action.ASK,
    Action.RESOLVE,
    Action.REJECT,
    Action.REFER,
    Action.NOTE,
    Action.HAND_BACK,
    Action.TRANSFER,
    Action.REQUEST_EXTENSION,
    Action.REOPEN,
)
OFFERED_MOST = 50
MISSING = "–"
NO_PICTURES = Limits(byte_size=0, pixels=0, count=0)


class TemplateUnknown(NotFound):
    """There is no such template, or it has ended, or it is another agency's."""

    code = "template_unknown"


class PlaceholderUnknown(Invalid):
    """What stands in braces is none of the placeholders."""

    code = "placeholder_unknown"


class NotYourTemplate(NotFound):
    """There is none such among those that this actor keeps: a head's are the own agency's."""

    code = "not_your_template"


class TemplateElsewhere(Invalid):
    """A head prepares nothing for others."""

    code = "template_elsewhere"


@dataclass(frozen=True)
class Offered:
    """A template filled for one report."""

    id: int
    title: str
    text: str
    own_agency: bool


def offered(
    report: Report, actor: Actor, actions: Collection[str], language: str
) -> dict[str, list[Offered]]:
    """The templates for each of these acts on this report, filled, the most used first."""
    path = _path(report.category_id)
    serving = (
        _of_agency(actor)
        .where(
            Template.action.in_(actions),
            or_(Template.category_id.is_(None), Template.category_id.in_(path)),
        )
        .order_by(Template.uses.desc(), Template.id)
    )
    values = values_of(report, actor, language)
    found: dict[str, list[Offered]] = {action: [] for action in actions}
    for template in db.session.scalars(serving):
        if len(found[template.action]) < OFFERED_MOST:
            found[template.action].append(_filled(template, values, language))
    return found


def _filled(template: Template, values: Mapping[str, str], language: str) -> Offered:
    return Offered(
        id=template.id,
        title=words.named(template.titles, language),
        text=placeholders.filled(words.named(template.texts, language), values),
        own_agency=template.agency_id is not None,
    )


def values_of(report: Report, actor: Actor, language: str) -> dict[str, str]:
    """What the placeholders stand for. The words may be published, so the address is the public's.

    Moments are local, as "17:00 27/11/2026".
    """
    zone, held = sla.zone(), holding.current(report)
    agency = held.agency
    anybody = Onlooker(Actor(language=language), Party.PUBLIC, language, False, NO_PICTURES)
    return {
        "code": codes.grouped(report.code),
        "category": _category(report, language),
        "area": _area(report, language),
        "address": places.address(report, anybody) or _area(report, language),
        "agency": words.named(agency.names, language),
        "officer": _officer(held.officer, actor, language),
        "promised_by": _moment(report.promised_by, zone),
        "resolve_by": _moment(held.resolve_by, zone),
        "today": clock.now().astimezone(zone).strftime("%d/%m/%Y"),
        "hotline": agency.phone or words.say("template_hotline", language),
    }


def count_use(template_id: int, actor: Actor) -> None:
    """The template was put into a form. Raises ``TemplateUnknown``."""
    template = _known(template_id, actor)
    db.session.execute(
        update(Template)
        .where(Template.id == template.id)
        .values(uses=Template.uses + 1)
        .execution_options(synchronize_session=False)
    )


def listing(actor: Actor, action: str | None = None) -> Select[Template]:
    """The templates of the actor's agency and of the province; an administrator's: all."""
    standing = _standing(actor)
    return standing.where(Template.action == action) if action else standing


def by_id(template_id: int, actor: Actor) -> Template:
    """One of ``listing``. Raises ``TemplateUnknown``."""
    return _known(template_id, actor)


def add(actor: Actor, values: Mapping[str, Any]) -> Template:
    """A new template: action, category and agency (codes or None), titles, texts.

    A head's is the own agency's. Raises ``PlaceholderUnknown``, ``TemplateElsewhere``,
    ``CodeUnknown``.
    """
    _check_words(values)
    code = values.get("agency")
    agency = named(agencies.active, code, field="agency") if code else None
    owner_id = agency.id if agency else _own(actor)
    if not _keeps(actor, owner_id):
        raise TemplateElsewhere(field="agency")
    template = Template(
        action=values["action"],
        category_id=_category_id(values.get("category")),
        agency_id=owner_id,
        titles=dict(values["titles"]),
        texts=dict(values["texts"]),
        uses=0,
        created_at=clock.now(),
    )
    db.session.add(template)
    db.session.flush()
    audit.record(actor, "added", "template", str(template.id), **_facts(template))
    return template


def change(actor: Actor, template_id: int, values: Mapping[str, Any]) -> Template:
    """Other words, another act or category.

    Raises ``TemplateUnknown``, ``NotYourTemplate``, ``PlaceholderUnknown``, ``CodeUnknown``.
    """
    template = _kept(template_id, actor)
    before = _facts(template)
    _check_words(values)
    for name in ("action", "titles", "texts"):
        if name in values:
            setattr(template, name, values[name])
    if "category" in values:
        template.category_id = _category_id(values["category"])
    db.session.flush()
    db.session.refresh(template)
    changed = audit.changes(before, _facts(template))
    audit.record(actor, "changed", "template", str(template.id), **changed)
    return template


def end(actor: Actor, template_id: int) -> Template:
    """It is offered no longer. Raises ``TemplateUnknown``, ``NotYourTemplate``."""
    template = _kept(template_id, actor)
    template.ended_at = clock.now()
    audit.record(actor, "ended", "template", str(template.id))
    return template


def _facts(template: Template) -> dict[str, Any]:
    """What the audit log says of a template."""
    return {
        "action": template.action,
        "category_id": template.category_id,
        "titles": template.titles,
        "texts": template.texts,
    }


def _standing(actor: Actor) -> Select[Template]:
    if actor.may(Permission.ADMINISTER):
        return select(Template).where(Template.ended_at.is_(None))
    return _of_agency(actor)


def _of_agency(actor: Actor) -> Select[Template]:
    """What this actor's agency prepared, and what serves the whole province."""
    own = or_(Template.agency_id.is_(None), Template.agency_id == (actor.agency_id or 0))
    return select(Template).where(Template.ended_at.is_(None), own)


def _known(template_id: int, actor: Actor) -> Template:
    template = db.session.scalar(_standing(actor).where(Template.id == template_id))
    if template is None:
        raise TemplateUnknown()
    return template


def _own(actor: Actor) -> int | None:
    return None if actor.may(Permission.ADMINISTER) else actor.agency_id


def _keeps(actor: Actor, agency_id: int | None) -> bool:
    if actor.system or actor.may(Permission.ADMINISTER):
        return True
    return (
        agency_id is not None and agency_id == actor.agency_id and actor.may(Permission.LEAD_TEAM)
    )


def _kept(template_id: int, actor: Actor) -> Template:
    template = _known(template_id, actor)
    if not _keeps(actor, template.agency_id):
        raise NotYourTemplate()
    return template


def _check_words(values: Mapping[str, Any]) -> None:
    known = AsSent(", ".join(f"{{{name}}}" for name in placeholders.NAMES))
    for part in ("titles", "texts"):
        for language, text in (values.get(part) or {}).items():
            for name in placeholders.unknown(text):
                raise PlaceholderUnknown(
                    field=f"{part}.{language}", placeholder=AsSent(f"{{{name[:40]}}}"), known=known
                )


def _category_id(code: str | None) -> int | None:
    return named(categories.active, code, field="category").id if code else None


def _path(category_id: int | None) -> Sequence[int]:
    """The category and those above it: what is prepared for these serves."""
    category = categories.book().by_id(category_id) if category_id else None
    return category.path if category else ()


def _category(report: Report, language: str) -> str:
    category = categories.book().by_id(report.category_id) if report.category_id else None
    if category is None:
        return words.say("template_no_category", language)
    return words.named(category.names, language)


def _area(report: Report, language: str) -> str:
    area = areas.version(report.area_id) if report.area_id else None
    return words.named(area.names, language) if area else MISSING


def _officer(officer: Account | None, actor: Actor, language: str) -> str:
    """Who works on it; else who fills the form."""
    at_work = officer or db.session.get(Account, actor.account_id or 0)
    return at_work.name if at_work else words.say("template_no_officer", language)


def _moment(at: datetime | None, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%H:%M %d/%m/%Y") if at else MISSING
