"""Turns the values of one customer into what the tables hold: clear public values, sealed parts, lookup digests.

Pure and free of the database, so that the import gate can run it in other processes.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guiju.access.fields import FieldClass
from guiju.records import values as value_types
from guiju.records.standard import FieldSpec, Standard
from guiju.vault import sealing
from guiju.vault.lookups import LookupKeys
from guiju.vault.sealing import Dek

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
    parts: Parts
    digests: list[Digest]

    def packed(self) -> dict[str, bytes]:
        """Return the sealed parts, packed for each retention class."""
        return {retention: sealing.pack(parts) for retention, parts in self.parts.items()}


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
) -> Filed:
    """File ``values`` (field key to canonical value); ``dek_of`` gives the data key of a retention class."""
    public: Values = {}
    parts: Parts = {}
    digests: list[Digest] = []
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
        if spec.initial_in_clear:
            initial = value_types.initial(spec, value)
    return Filed(name=public_name(public), public=public, initial=initial, parts=parts, digests=digests)


def public_name(public: Mapping[str, Any]) -> str:
    """Return the name an organisation goes by in lists."""
    return str(public.get("organisation-name", ""))


def digests_of(spec: FieldSpec, value: Any, keys: LookupKeys) -> list[Digest]:
    """Return the lookup digests of one value; none where the standard does not make the field searchable."""
    if spec.searchable is None:
        return []
    terms = value_types.search_terms(spec, value)
    return [Digest(spec.key, digest, spec.unique) for digest in keys.digests(spec.searchable, terms)]


def seal(dek: Dek, *, customer: UUID, field: str, version: int, value: Any) -> bytes:
    """Return one value as a ciphertext bound to its customer, field and version."""
    plaintext = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return sealing.seal(dek, customer=customer, field=field, version=version, plaintext=plaintext)


def unseal(dek: Dek, *, customer: UUID, field: str, part: sealing.Part) -> Any:
    """Return the value of one packed part; raises Tampered where the ciphertext does not belong there."""
    version, ciphertext = part
    return json.loads(sealing.open_(dek, customer=customer, field=field, version=version, ciphertext=ciphertext))
