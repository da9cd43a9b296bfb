"""Classes of customer fields and the ways a value may be shown."""

from dataclasses import dataclass
from enum import StrEnum


class FieldClass(StrEnum):
    """How much a field can hurt its subject (sensitive: PIPL 28, GDPR 9)."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Visibility(StrEnum):
    """How one value leaves the process."""

    ABSENT = "absent"
    TOKENISED = "tokenised"
    MASKED = "masked"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a role sees of a class of fields: at first look, and after revealing."""

    normal: Visibility
    revealed: Visibility


@dataclass(frozen=True, slots=True)
class ProtectedField:
    """What the policy must know of a field. ``masked`` False means that its mask hides nothing (a name in a list)."""

    key: str
    field_class: FieldClass
    purposes: frozenset[str]
    masked: bool = True


CLEAR = Sight(Visibility.CLEAR, Visibility.CLEAR)
REVEALABLE = Sight(Visibility.MASKED, Visibility.CLEAR)
MASKED = Sight(Visibility.MASKED, Visibility.MASKED)
TOKENISED = Sight(Visibility.TOKENISED, Visibility.TOKENISED)
ABSENT = Sight(Visibility.ABSENT, Visibility.ABSENT)
