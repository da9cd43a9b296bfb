"""What becomes of each column of a file: a field of the collection standard, or an explicit drop."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from typing import Any, Self

import yaml
from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Invalid, Problem, Words
from guiju.records.gate import headers, targets
from guiju.records.gate.targets import DROP, Target
from guiju.records.standard import Kind, Standard


class BrokenMapping(Invalid):
    """A mapping file cannot be used."""

    code = "broken-mapping"
    message = _("The mapping file cannot be used.")
    remedy = _("Write one line for each column: its name, a colon, and a field or the word drop.")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One column and its path; ``drop`` leaves it out on purpose, an empty path is undecided."""

    column: str
    path: str
    confidence: float = headers.CERTAIN


@dataclass(frozen=True)
class Mapping:
    """The assignments of a file's columns, in the order of the file."""

    assignments: tuple[Assignment, ...]

    @classmethod
    def guess(cls, columns: Sequence[str], standard: Standard) -> Self:
        """Return the mapping that the names of the columns suggest; unknown ones stay undecided."""
        guesses = headers.guess(columns, standard)
        return cls(tuple(Assignment(one.column, one.path, one.confidence) for one in guesses))

    @classmethod
    def of(cls, paths: Dictionary[str, str]) -> Self:
        """Return a mapping from names of columns to paths."""
        return cls(tuple(Assignment(column, path) for column, path in paths.items()))

    @classmethod
    def from_json(cls, content: Any) -> Self:
        """Return the mapping that ``as_json`` made; raises BrokenMapping for anything else."""
        try:
            entries = [(one["column"], one["path"], float(one.get("confidence", 1))) for one in content["columns"]]
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise BrokenMapping from error
        if not all(isinstance(column, str) and isinstance(path, str) for column, path, _sure in entries):
            raise BrokenMapping
        return cls(tuple(Assignment(*entry) for entry in entries))

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """Return the mapping written in YAML or JSON as ``columns: {name: path}``; raises BrokenMapping."""
        try:
            content = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise BrokenMapping from error
        columns = content.get("columns") if isinstance(content, dict) else None
        if not isinstance(columns, dict) or not columns:
            raise BrokenMapping
        wrong = [name for name, path in columns.items() if not isinstance(path, str | None)]
        if wrong:
            raise BrokenMapping(problems=[_problem(str(name), "unknown-target") for name in wrong])
        return cls.of({str(name): path or "" for name, path in columns.items()})

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as JSON-able data, in the order of the columns."""
        return {
            "columns": [
                {"column": one.column, "path": one.path, "confidence": one.confidence} for one in self.assignments
            ]
        }

    def as_yaml(self) -> str:
        """Return the mapping as people edit it."""
        content = {"columns": {one.column: one.path for one in self.assignments}}
        return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)

    def bound(self, columns: Sequence[str]) -> "Mapping":
        """Return the same decisions for a file with these columns; columns it says nothing of are undecided."""
        known = {one.column: one for one in self.assignments}
        own = {name: Assignment(name, DROP) for name in headers.quarantine_columns()}
        return Mapping(tuple(known.get(name) or own.get(name) or Assignment(name, "", 0.0) for name in columns))

    def mapped(self) -> dict[str, str]:
        """Return the columns that go somewhere, and where."""
        return {one.column: one.path for one in self.assignments if one.path not in {"", DROP}}

    def dropped(self) -> list[str]:
        """Return the columns that are left out on purpose."""
        return [one.column for one in self.assignments if one.path == DROP]

    def undecided(self) -> list[str]:
        """Return the columns that nobody has decided on."""
        return [one.column for one in self.assignments if not one.path]

    def targets(self) -> Iterator[tuple[int, str, Target]]:
        """Yield (position, column, target) of every column whose path can be read."""
        for place, one in enumerate(self.assignments):
            target = targets.parse(one.path) if one.path != DROP else None
            if target is not None:
                yield place, one.column, target

    def column_of(self, path: str) -> str:
        """Return the column that fills ``path``, or the first of those that make one value of it; empty for none."""
        wanted = targets.parse(path)
        if wanted is None:
            return ""
        near = ""
        for _place, column, target in self.targets():
            if target == wanted:
                return column
            if (target.party, target.base) == (wanted.party, wanted.base):
                near = near or column
        return near

    @property
    def main(self) -> str:
        """Return the party that each row is about: ``organisation`` or ``person``."""
        return (
            "person" if any(target.party == "person" for _place, _column, target in self.targets()) else "organisation"
        )

    @property
    def kind(self) -> Kind:
        """Return the kind of customer that each row is about."""
        return targets.PARTIES[self.main]

    def problems(self, columns: Sequence[str], standard: Standard) -> list[Problem]:
        """Return what keeps this mapping from use for a file with these columns; each problem names a column."""
        here = {one.column for one in self.assignments}
        found = [_problem(name, "column-not-decided") for name in columns if name not in here]
        found += [_problem(name, "column-missing") for name in self.mapped() if name not in columns]
        if not found and [one.column for one in self.assignments] != list(columns):
            found.append(_problem("", "columns-differ"))
        found += [_problem(name, "column-without-purpose") for name in self.undecided()]
        return [*found, *self._wrong_targets(standard), *self._wrong_shape(standard)]

    def _wrong_targets(self, standard: Standard) -> Iterator[Problem]:
        seen: Counter[str] = Counter()
        for column, path in self.mapped().items():
            target = targets.parse(path)
            spec = targets.field(target, standard) if target else None
            if target is None or not (spec or targets.envelope_field(target, standard)):
                yield _problem(column, "unknown-target")
                continue
            seen[path] += 1
            if seen[path] > 1 and not (spec and spec.multi and target.piece in {"", "line"}):
                yield _problem(column, "target-twice")

    def _wrong_shape(self, standard: Standard) -> Iterator[Problem]:
        parties = {target.party: column for _place, column, target in reversed(list(self.targets())) if target.party}
        if not parties:
            yield _problem("", "nothing-mapped")
        if {"person", "contact"} <= parties.keys():
            yield _problem(parties["contact"], "two-people")
        elif "contact" in parties and "organisation" not in parties:
            yield _problem(parties["contact"], "contact-alone")
        filled = {(target.party, target.part) for _place, _column, target in self.targets()}
        for party, column in parties.items():
            required = [spec for spec in standard.fields_of(targets.PARTIES[party]) if spec.required]
            if any((party, spec.part) not in filled for spec in required):
                yield _problem(column, "required-unmapped")


_WORDS: dict[str, tuple[Words, Words]] = {
    "column-not-decided": (
        _("The mapping says nothing of this column."),
        _("Map it to a field, or drop it."),
    ),
    "column-missing": (_("The file has no such column."), _("Take it out of the mapping, or choose another file.")),
    "columns-differ": (
        _("The columns of the file stand in another order than in the mapping."),
        _("Make the mapping again for this file."),
    ),
    "column-without-purpose": (
        _("The collection standard has no field, and so no purpose, for this column. It is not taken in."),
        _("Map it to a field, or drop it explicitly."),
    ),
    "unknown-target": (
        _("This is no field of the collection standard."),
        _("Choose a field of the standard, or drop the column."),
    ),
    "target-twice": (
        _("Another column already goes to this field, which holds one value."),
        _("Drop one of the two, or choose another field."),
    ),
    "nothing-mapped": (_("No column goes to a customer."), _("Map at least the column with the names.")),
    "two-people": (
        _("A row cannot be about a person and have another person as contact."),
        _("Use either person or contact in all paths."),
    ),
    "contact-alone": (
        _("A contact needs an organisation to be the contact of."),
        _("Map the organisation's name, or use person instead of contact."),
    ),
    "required-unmapped": (
        _("The name of this customer is not mapped, and the collection standard requires it."),
        _("Map the column with the names."),
    ),
}


def _problem(column: str, rule: str) -> Problem:
    message, remedy = _WORDS[rule]
    return Problem(field=column, rule=rule, message=message, remedy=remedy)
