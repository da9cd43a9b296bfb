"""The registry of processing purposes and lawful bases: stable codes, words in both languages, the law behind them."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import yaml
from django.utils.translation import get_language
from pydantic import BaseModel, ConfigDict


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """The same words in English and Chinese; ``str()`` gives the reader's language."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.zh if (get_language() or "en").startswith("zh") else self.en


class Law(_Strict):
    """A law that purposes and bases rest on; ``verified`` says that its full text was read for these facts."""

    title: Words
    effective_from: date
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a law."""

    law: Law
    number: str

    def __str__(self) -> str:
        zh = (get_language() or "en").startswith("zh")
        return f"{self.law.title}第 {self.number} 条" if zh else f"{self.law.title}, Art. {self.number}"


class Purpose(_Strict):
    """Why customer data is processed.

    ``compatible_with`` lists the purposes of collection under which data may also serve this one; ``inherent``
    purposes follow from the law itself and may use any record.
    """

    code: str
    title: Words
    says: Words
    articles: tuple[str, ...]
    compatible_with: tuple[str, ...] = ()
    inherent: bool = False

    def may_use(self, collected_for: frozenset[str]) -> bool:
        """Say whether data collected for those purposes may serve this one (PIPL 6, GDPR 5(1)(b))."""
        return self.inherent or self.code in collected_for or not collected_for.isdisjoint(self.compatible_with)


class Basis(_Strict):
    """What makes processing lawful."""

    code: str
    title: Words
    says: Words
    articles: tuple[str, ...]


class Registry(_Strict):
    """Everything in ``purposes.yaml``."""

    laws: dict[str, Law]
    purposes: dict[str, Purpose]
    bases: dict[str, Basis]

    def article(self, reference: str) -> Article:
        """Return the article that ``reference`` (``pipl.13``) names. Raises KeyError for an unknown law."""
        law, number = reference.rsplit(".", 1)
        return Article(self.laws[law], number)


@cache
def registry() -> Registry:
    """Read and check the registry; raises pydantic.ValidationError where the file breaks its schema."""
    raw = yaml.safe_load((files("guiju.access") / "purposes.yaml").read_text("utf-8"))
    for section in ("purposes", "bases"):
        raw[section] = {code: {"code": code, **entry} for code, entry in raw[section].items()}
    found = Registry.model_validate(raw)
    entries: list[Purpose | Basis] = [*found.purposes.values(), *found.bases.values()]
    for entry in entries:
        for reference in entry.articles:
            found.article(reference)
    return found


PURPOSES = registry().purposes
BASES = registry().bases
