"""Where a column goes: paths such as ``organisation.name`` or ``contact.phones[label=mobile]``."""

import re
from dataclasses import dataclass

from guiju.records.standard import EnvelopeField, FieldSpec, Kind, Standard

DROP = "drop"
PARTIES = {"organisation": Kind.ORGANISATION, "contact": Kind.PERSON, "person": Kind.PERSON}
PIECES = {
    "name-person": frozenset({"family", "given", "middle"}),
    "address": frozenset({"line", "district", "city", "region", "postal-code", "country"}),
    "phone": frozenset({"opt-out"}),
    "email": frozenset({"opt-out"}),
}

_PATH = re.compile(
    r"(?:(?P<party>organisation|contact|person)\.)?(?P<part>[a-z][a-z-]*)"
    r"(?:\[label=(?P<label>[a-z][a-z-]*)\])?(?:\.(?P<piece>[a-z][a-z-]*))?"
)


@dataclass(frozen=True, slots=True)
class Target:
    """One path, taken apart. Without a party it is an envelope column of whatever the row is about."""

    party: str
    part: str
    label: str = ""
    piece: str = ""

    def __str__(self) -> str:
        party = f"{self.party}." if self.party else ""
        piece = f".{self.piece}" if self.piece else ""
        return f"{self.base if not party else party + self.base}{piece}"

    @property
    def base(self) -> str:
        """Return the path without party and piece: columns with one base make one value."""
        return f"{self.part}[label={self.label}]" if self.label else self.part


def parse(path: str) -> Target | None:
    """Return the target that a path names, None where it is no path."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    return Target(match["party"] or "", match["part"], match["label"] or "", match["piece"] or "")


def envelope_field(target: Target, standard: Standard) -> EnvelopeField | None:
    """Return the envelope column that a target names, or None."""
    return None if target.label or target.piece else standard.envelope_fields.get(target.part)


def field(target: Target, standard: Standard) -> FieldSpec | None:
    """Return the field that a target names, or None; an unknown label or piece names none."""
    kind = PARTIES.get(target.party)
    spec = standard.part(kind, target.part) if kind else None
    if spec is None:
        return None
    labels = {choice.code for choice in spec.point_labels}
    pieces = PIECES.get(spec.type, frozenset())
    known = (not target.label or target.label in labels) and (not target.piece or target.piece in pieces)
    return spec if known else None


def choices(standard: Standard) -> list[str]:
    """Return every path that a column can go to, for people to choose from."""
    paths = list(standard.envelope_fields)
    for party, kind in PARTIES.items():
        for spec in standard.fields_of(kind):
            bases = [spec.part, *(f"{spec.part}[label={choice.code}]" for choice in spec.point_labels)]
            for base in bases:
                paths.append(f"{party}.{base}")
                paths += (f"{party}.{base}.{piece}" for piece in sorted(PIECES.get(spec.type, ())))
    return paths
