"""Values of the fields of a standard: one place to read, show, mask and look up any of them."""

from functools import lru_cache

from guiju.records.standard import EnvelopeField, FieldSpec
from guiju.records.values import addresses, countries, dates, emails, languages, names, phones, pinyin, texts, urls
from guiju.records.values.base import Outcome, Parsed, Value, ValueType
from guiju.records.values.identifiers import IDENTIFIERS
from guiju.records.values.masks import MASKS
from guiju.records.values.rules import problem

MOST_ITEMS = 20

_FIXED: dict[str, ValueType] = {
    "name-person": names.PERSON,
    "name-organisation": names.ORGANISATION,
    "pinyin": pinyin.PINYIN,
    "phone": phones.PHONE,
    "email": emails.EMAIL,
    "address": addresses.ADDRESS,
    "date": dates.DATE,
    "number": texts.NUMBER,
    "url": urls.URL,
    "language": languages.LANGUAGE,
    "country": countries.COUNTRY,
    "tags": texts.TAGS,
}


@lru_cache(maxsize=1_000)
def type_of(spec: FieldSpec | EnvelopeField) -> ValueType:
    """Return the type of one value of a field (of one item where the field holds several)."""
    if spec.type in {"text", "long-text"}:
        return texts.text_type(max_length=spec.max_length, lines=spec.type == "long-text")
    if isinstance(spec, FieldSpec) and spec.scheme:
        return IDENTIFIERS[spec.scheme]
    if isinstance(spec, FieldSpec) and spec.type == "choice":
        return texts.choice_type((choice.code, choice.label) for choice in spec.choices)
    return _FIXED[spec.type]


def parse(spec: FieldSpec | EnvelopeField, raw: str, *, region: str = "") -> Outcome:
    """Read one value, or one item of a field that holds several; a Problem names the field."""
    outcome = type_of(spec).parse(raw, region)
    if isinstance(outcome, Parsed):
        return outcome
    return problem(outcome.rule, field=spec.key)


def items(spec: FieldSpec, value: Value) -> list[Value]:
    """Return the items of a field that holds several, the value alone of any other."""
    return list(value) if spec.multi else [value]


def display(spec: FieldSpec, value: Value, *, language: str) -> list[str]:
    """Return a value in words, one text for each item."""
    shown = type_of(spec).display
    return [shown(item, language) for item in items(spec, value)]


def mask(spec: FieldSpec, value: Value, *, language: str) -> list[str]:
    """Return a value under the field's mask, one text for each item."""
    shown, hide = type_of(spec).display, MASKS[spec.mask]
    return [hide(item, shown(item, language)) for item in items(spec, value)]


def terms(spec: FieldSpec, value: Value) -> tuple[str, ...]:
    """Return the normalised texts that the field is looked up by; none where it is not searchable."""
    if spec.searchable is None:
        return ()
    found = type_of(spec).terms
    return tuple(term for item in items(spec, value) for term in found(item))


def forget() -> None:
    """Empty the caches of values already read: call it when a batch ends, they hold personal data in memory."""
    for cache in (
        phones.read_once,
        phones.international,
        names.split,
        pinyin.syllables,
        pinyin.of_name,
        pinyin.initial,
    ):
        cache.cache_clear()
