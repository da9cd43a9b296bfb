"""An event holds ids, codes, counts and hashes, and people can read it in both languages."""

import dataclasses
import re
import string
import types
import typing
from datetime import date, datetime
from uuid import UUID

import pytest
from django.utils import translation

from guiju.ledger.events import CATALOGUE, Event

PLAIN = {str, int, bool, UUID, type(None)}
# Words that would hold what a person is called, where they live or what they wrote.
PERSONAL = {
    "name", "names", "email", "emails", "phone", "phones", "address", "text", "note_text", "value", "values", "query",
    "search", "filename", "title", "label", "comment", "body", "message", "birth_date", "user_agent", "ip",
}  # fmt: skip
ALL: list[type[Event]] = sorted(
    (
        event
        for event in CATALOGUE.values()
        if event.__module__.startswith("guiju.") and ".tests." not in event.__module__
    ),
    key=lambda event: event.kind,
)
# Nobody did these: they happened, or the one who did them is not known yet.
WITHOUT_ACTOR = {
    "access.session.refused", "access.link.used", "records.import.ended", "records.export.ended",
    "records.export.begun", "vault.keys.shredded", "vault.keyring.swept",
}  # fmt: skip
CHINESE = re.compile(r"[\u4e00-\u9fff]")
by_kind = pytest.mark.parametrize("event", ALL, ids=[event.kind for event in ALL])


def test_there_are_events_to_look_at() -> None:
    assert len(ALL) > 30


@by_kind
def test_its_kind_says_room_and_what_happened(event: type[Event]) -> None:
    room = event.__module__.split(".")[1]
    assert re.fullmatch(rf"{room}(\.[a-z][a-z-]*){{2,3}}", event.kind), event.kind
    assert event.__doc__


@by_kind
def test_it_is_frozen_and_takes_keywords_only(event: type[Event]) -> None:
    parameters = event.__dataclass_params__  # type: ignore[attr-defined]
    assert parameters.frozen
    assert parameters.kw_only


@by_kind
def test_it_holds_scalars_only_and_nothing_named_like_personal_data(event: type[Event]) -> None:
    hints = typing.get_type_hints(event)
    for field in dataclasses.fields(event):
        assert _kinds(hints[field.name]) <= PLAIN, f"{event.kind}.{field.name}"
        assert field.name not in PERSONAL, f"{event.kind}.{field.name}"


def _kinds(hint: object) -> set[object]:
    if typing.get_origin(hint) in (tuple, types.UnionType, typing.Union):
        return {kind for part in typing.get_args(hint) if part is not Ellipsis for kind in _kinds(part)}
    assert hint not in (date, datetime)
    return {hint}


@by_kind
def test_its_subjects_are_ids_of_customers(event: type[Event]) -> None:
    hints = typing.get_type_hints(event)
    assert all(_kinds(hints[name]) == {UUID} for name in event.subject_fields)
    assert {"customer", "customers"} & {one.name for one in dataclasses.fields(event)} <= set(event.subject_fields)


def _gaps(sentence: str) -> set[str]:
    return {name for _text, name, _format, _conversion in string.Formatter().parse(sentence) if name is not None}


@by_kind
def test_its_sentence_names_what_the_event_holds(event: type[Event]) -> None:
    with translation.override("en"):
        sentence = str(event.sentence)
    assert _gaps(sentence) <= {"actor"} | {one.name for one in dataclasses.fields(event)}
    assert "{actor}" in sentence or event.kind in WITHOUT_ACTOR


@by_kind
def test_its_sentence_is_told_in_chinese_with_the_same_gaps(event: type[Event]) -> None:
    with translation.override("en"):
        english = str(event.sentence)
    with translation.override("zh-hans"):
        chinese = str(event.sentence)
    assert CHINESE.search(chinese), english
    assert _gaps(chinese) == _gaps(english)
