"""Turns the values of one customer into what the tables hold: clear public values, sealed parts, lookup digests.

Pure and free of the database, so that the import gate can run it in other processes.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guiju.access.fields import FieldClass
from guiju.records.standard import FieldSpec, Standard
from guiju.records.values import field_values, names
from guiju.vault import sealing
from guiju.vault.digests import LookupKeys
from guiju.vault.names import fold, tokens_of_name
from guiju.vault.sealing import Dek

NAME_KINDS = ("name", "pinyin")
WHOLE_NAME = "organisation-name"
"""The name that, being the same, makes two records duplicates; a person's name does not."""
MOST_WORDS = 100_000

type Values = dict[str, Any]
type Parts = dict[str, dict[str, sealing.Part]]


@dataclass(frozen=True, slots=True)
class Digest:
    """One lookup digest of one field; ``exclusive`` where the standard lets nobody share the value."""

    field: str
    digest: bytes
    exclusive: bool


@dataclass(frozen=True, slots=True)
class Filed:
    """What the tables hold of one customer."""

    name: str
    public: Values
    initial: str
    names: list[int]
    parts: Parts
    digests: list[Digest]

    def packed(self) -> dict[str, bytes]:
        """Return the sealed parts, packed for each retention class."""
        return {retention: sealing.pack(parts) for retention, parts in self.parts.items()}


class Words:
    """Digests of the words of names: the first 64 bits of each. Works out every distinct word of a batch once."""

    def __init__(self, keys: LookupKeys) -> None:
        self._keys = keys
        self._known: dict[str, int] = {}

    def of(self, spec: FieldSpec, value: Any) -> list[int]:
        """Return the digests of words, readings and initials of a name, the whole name first; none of other fields.

        A reading that is derived from a name adds nothing: the name's own words include it.
        """
        if spec.searchable not in NAME_KINDS or spec.derived_from:
            return []
        if len(self._known) > MOST_WORDS:
            self._known.clear()
        terms = field_values.terms(spec, value)
        words = dict.fromkeys(word for term in terms for word in tokens_of_name(term))
        return [self._known.get(word) or self._learn(word) for word in words]

    def _learn(self, word: str) -> int:
        found = self._known[word] = word_of(self._keys.digest("name", word))
        return found


def retention_classes(values: Values, standard: Standard) -> set[str]:
    """Return the retention classes that need a key to keep ``values``."""
    specs = (standard.field(key) for key in values)
    return {spec.retention for spec in specs if spec.field_class is not FieldClass.PUBLIC}


def file_values(
    *,
    customer: UUID,
    version: int,
    values: Values,
    standard: Standard,
    dek_of: Callable[[str], Dek],
    keys: LookupKeys,
    words: Words | None = None,
) -> Filed:
    """File ``values`` (field key to canonical value); ``dek_of`` gives the data key of a retention class.

    ``words`` is shared by the records of a batch.
    """
    shared = words or Words(keys)
    public: Values = {}
    parts: Parts = {}
    digests: list[Digest] = []
    said: set[int] = set()
    initial = ""
    for key, value in values.items():
        spec = standard.field(key)
        if spec.field_class is FieldClass.PUBLIC:
            public[key] = value
        else:
            parts.setdefault(spec.retention, {})[key] = (
                version,
                seal(dek_of(spec.retention), customer=customer, field=key, version=version, value=value),
            )
        digests += digests_of(spec, value, keys)
        said.update(shared.of(spec, value))
        if spec.initial_in_clear:
            initial = initial_of(spec, value)
    return Filed(
        name=public_name(public),
        public=public,
        initial=initial,
        names=sorted(said),
        parts=parts,
        digests=digests,
    )


def public_name(public: Mapping[str, Any]) -> str:
    """Return the name an organisation goes by in lists."""
    return str(public.get(WHOLE_NAME, ""))


def digests_of(spec: FieldSpec, value: Any, keys: LookupKeys) -> list[Digest]:
    """Return the lookup digests of a phone, e-mail address, identifier or organisation's whole name; else none."""
    if spec.key == WHOLE_NAME:
        return [Digest(spec.key, keys.digest("name", fold(value)), spec.unique)]
    if spec.searchable in NAME_KINDS or spec.searchable is None:
        return []
    found = dict.fromkeys(keys.digests(spec.searchable, field_values.terms(spec, value)))
    return [Digest(spec.key, digest, spec.unique) for digest in found]


def word_of(digest: bytes) -> int:
    """Return the first 64 bits of a digest as PostgreSQL's bigint."""
    return int.from_bytes(digest[:8], "big", signed=True)


def seal(dek: Dek, *, customer: UUID, field: str, version: int, value: Any) -> bytes:
    """Return one value as a ciphertext bound to its customer, field and version."""
    plaintext = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return sealing.seal(dek, customer=customer, field=field, version=version, plaintext=plaintext)


def unseal(dek: Dek, *, customer: UUID, field: str, part: sealing.Part) -> Any:
    """Return the value of one packed part; raises Tampered where the ciphertext does not belong there."""
    version, ciphertext = part
    return json.loads(sealing.open_(dek, customer=customer, field=field, version=version, ciphertext=ciphertext))


def initial_of(spec: FieldSpec, value: Any) -> str:
    """Return the one letter that the standard lets stand in clear: of the pinyin, or Latin; ``#`` for any other."""
    return names.initial(value)
