"""Works out once, for a mapping and a standard, what is done with each cell of a row."""

from collections.abc import Callable
from dataclasses import dataclass, field

from guiju.records.gate import targets
from guiju.records.gate.mapping import Mapping
from guiju.records.standard import FieldSpec, Kind, Standard
from guiju.records.values import field_values
from guiju.records.values.base import Outcome

type Parse = Callable[[str, str], Outcome]

SHARED = frozenset({"source", "owner", "unit", "jurisdiction"})
"""Envelope columns that hold for every party of a row; the others describe what the row is about."""
CONTACT_TIE = "contact"
EMPLOYEE_TIE = "employee"


@dataclass(frozen=True, slots=True)
class Step:
    """One column that fills one value, or one item of a list."""

    place: int
    key: str
    path: str
    parse: Parse
    label: str = ""
    separable: str = ""


@dataclass(frozen=True, slots=True)
class Gathering:
    """Columns that make one value together: (piece, place) pairs."""

    key: str
    path: str
    label: str
    pieces: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class PartyPlan:
    """What is done for one party of a row."""

    party: str
    kind: Kind
    name_path: str
    places: list[int] = field(default_factory=list)
    countries: list[int] = field(default_factory=list)
    values: list[Step] = field(default_factory=list)
    points: list[Step] = field(default_factory=list)
    opt_outs: list[Step] = field(default_factory=list)
    names: list[Gathering] = field(default_factory=list)
    addresses: list[Gathering] = field(default_factory=list)
    envelope: list[Step] = field(default_factory=list)
    required: tuple[str, ...] = ()
    pinyin: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done for a row: the party it is about first."""

    width: int
    parties: tuple[PartyPlan, ...]
    tie: str


def make(mapping: Mapping, standard: Standard) -> Plan:
    """Return the plan; raises KeyError for a mapping that was not checked against this standard."""
    order = ("person", "organisation") if mapping.main == "person" else ("organisation", "contact")
    present = {target.party for _place, _column, target in mapping.targets()}
    plans = {party: _party(party, standard) for party in order if party in present or party == order[0]}
    loose: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    for place, _column, target in mapping.targets():
        if not target.party:
            _plan_envelope(place, target, list(plans.values()), standard)
            continue
        plan = plans[target.party]
        plan.places.append(place)
        spec = targets.field(target, standard)
        if spec is None:
            raise KeyError(str(target))
        if spec.type in {"address", "name-person"}:
            loose.setdefault((target.party, spec.key, target.label), []).append((target.piece, place))
            if target.piece == "country":
                plan.countries.append(place)
        else:
            _plan_field(place, target, spec, plan)
    for (party, key, label), pieces in loose.items():
        _gather(plans[party], standard.field(key), label, tuple(pieces))
    tie = CONTACT_TIE if order[0] == "organisation" else EMPLOYEE_TIE
    return Plan(len(mapping.assignments), tuple(plans.values()), tie)


def _party(party: str, standard: Standard) -> PartyPlan:
    kind = targets.PARTIES[party]
    specs = standard.fields_of(kind)
    derived = (spec.key for spec in specs if spec.type == "pinyin" and spec.derived_from == "person-name")
    return PartyPlan(
        party=party,
        kind=kind,
        name_path=f"{party}.name",
        required=tuple(spec.key for spec in specs if spec.required),
        pinyin=next(derived, ""),
    )


def _plan_envelope(place: int, target: targets.Target, plans: list[PartyPlan], standard: Standard) -> None:
    column = standard.envelope_fields[target.part]
    step = Step(place, column.key, str(target), field_values.type_of(column).parse)
    for plan in plans if column.key in SHARED else plans[:1]:
        plan.envelope.append(step)


def _plan_field(place: int, target: targets.Target, spec: FieldSpec, plan: PartyPlan) -> None:
    separable = spec.type if spec.type in {"phone", "email"} else ""
    step = Step(place, spec.key, str(target), field_values.type_of(spec).parse, target.label, separable)
    if target.piece == "opt-out":
        plan.opt_outs.append(step)
    elif spec.multi:
        plan.points.append(step)
    else:
        plan.values.append(step)


def _gather(plan: PartyPlan, spec: FieldSpec, label: str, pieces: tuple[tuple[str, int], ...]) -> None:
    path = str(targets.Target(plan.party, spec.part, label))
    gathering = Gathering(spec.key, path, label, pieces)
    (plan.names if spec.type == "name-person" else plan.addresses).append(gathering)
