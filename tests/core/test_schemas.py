"""What schemas refuse, they refuse in words of our own, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from marshmallow import ValidationError, fields, validate

import reports_service
from reports_service.core.http_errors import FIELD_WORDS
from reports_service.core.schemas import Count, Flag, Length, Schema

pytestmark = pytest.mark.pure

# Messages of marshmallow's that no request can bring about: they are about answers.
OF_ANSWERS = ("format", "invalid_awareness")


def schemas() -> Iterator[type[Schema]]:
    for module in walk_packages(reports_service.__path__, "reports_service."):
        if module.name.endswith((".schemas", ".requests")):
            import_module(module.name)
    found = [Schema]
    for schema in found:
        found += schema.__subclasses__()
    yield from found


def taken_fields() -> Iterator[tuple[str, fields.Field[Any]]]:
    """Every field that a request may fill, and the fields inside it."""
    for schema in schemas():
        for name, field in schema._declared_fields.items():
            if not field.dump_only:
                yield from inside(f"{schema.__name__}.{name}", field)


def inside(name: str, field: Any) -> Iterator[tuple[str, fields.Field[Any]]]:
    yield name, field
    for part in ("inner", "key_field", "value_field"):
        below = getattr(field, part, None)
        if below is not None:
            yield from inside(f"{name}.{part}", below)


def test_no_field_refuses_in_words_that_are_not_ours() -> None:
    validators = {
        (name, type(validator))
        for name, field in taken_fields()
        for validator in field.validators
        if not isinstance(validator, Length | validate.Email)
    }
    assert validators == set()


def test_every_message_of_marshmallows_has_words() -> None:
    unsaid = {
        message
        for _, field in taken_fields()
        for key, message in field.error_messages.items()
        if key not in OF_ANSWERS
        and message.format(obj_type=getattr(field, "OBJ_TYPE", "")) not in FIELD_WORDS
    }
    assert unsaid == set()


@pytest.mark.parametrize(
    ("length", "value", "code"),
    [
        (Length(min=8), "123", "text_too_short"),
        (Length(max=2), "123", "text_too_long"),
        (Length(min=1), [], "too_few"),
        (Length(max=2), [1, 2, 3], "too_many"),
        (Length(equal=2), ["07:30"], "too_few"),
        (Length(equal=2), ["1", "2", "3"], "too_many"),
    ],
)
def test_a_wrong_length_is_refused_with_its_bounds(length: Length, value: Any, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        length(value)
    (refusal,) = refused.value.messages
    assert refusal.code == code


class Asked(Schema):
    """A question of yes or no."""

    sure = Flag()


@pytest.mark.parametrize(("given", "read"), [(True, True), (False, False), ("true", True)])
def test_a_flag_is_yes_or_no(given: object, read: bool) -> None:
    assert Asked().load({"sure": given}) == {"sure": read}


@pytest.mark.parametrize("given", [0, 1, 1.0, "perhaps", []])
def test_a_number_is_neither_yes_nor_no(given: object) -> None:
    with pytest.raises(ValidationError):
        Asked().load({"sure": given})


class Counted(Schema):
    """How many."""

    times = Count(0, 10)


@pytest.mark.parametrize(("given", "read"), [(3, 3), (3.0, 3), (0, 0)])
def test_a_count_is_whole(given: object, read: int) -> None:
    assert Counted().load({"times": given}) == {"times": read}


@pytest.mark.parametrize("given", [2.5, 2.6e-42, True, "3"])
def test_a_part_of_one_is_no_count(given: object) -> None:
    with pytest.raises(ValidationError):
        Counted().load({"times": given})
