"""Shapes that all operations of the API share."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from guiju.access.purposes import Words

BIGGEST = 2**63 - 1
MOST = 200
USUAL = 50

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MOMENT = re.compile(r"(?!0000)\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_NUMBER = re.compile(r"-?\d{1,19}")


def _written_as(pattern: re.Pattern[str], rule: str, *kinds: type) -> BeforeValidator:
    def check(value: Any) -> Any:
        written = pattern.fullmatch(value) is not None if isinstance(value, str) else type(value) in kinds
        if not written:
            raise PydanticCustomError(rule, "not written as it must be")
        return value

    return BeforeValidator(check)


def _in_utc(moment: datetime) -> datetime:
    """Return the moment in UTC: PostgreSQL knows no offset beyond sixteen hours. Refuses what UTC cannot write."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("date_time", "not a moment of the years 1 to 9999") from None


Id = Annotated[UUID, Field(strict=False), _written_as(_UUID, "uuid", UUID)]
Moment = Annotated[
    AwareDatetime, Field(strict=False), _written_as(_MOMENT, "date_time", datetime), AfterValidator(_in_utc)
]
Number = Annotated[int, Field(ge=1, le=BIGGEST), _written_as(_NUMBER, "integer", int)]
Limit = Annotated[int, Field(ge=1, le=MOST), _written_as(_NUMBER, "integer", int)]
Cursor = Annotated[str, Field(max_length=400, description="From `next` or `previous` of another page.")]


class OneOf:
    """Marks text that must be one of some codes: ``Annotated[str, OneOf(codes)]``."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = list(codes)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Return the schema of the codes."""
        return core_schema.literal_schema(self.codes)


class Strict(BaseModel):
    """An object that refuses what it does not know and converts nothing."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Page[T](BaseModel):
    """One page of a list, with the cursors of the pages around it."""

    items: list[T]
    next: str | None = None
    previous: str | None = None


class WordsOut(BaseModel):
    """Words in both languages."""

    en: str
    zh: str

    @classmethod
    def of(cls, words: Words) -> Self:
        """Copy words."""
        return cls(en=words.en, zh=words.zh)
