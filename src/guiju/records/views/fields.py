"""Inputs as a form shows them: grouped by the retention classes of the collection standard."""

from collections.abc import Iterable
from dataclasses import dataclass

from guiju.records import standard
from guiju.records.inputs import Input


@dataclass(frozen=True, kw_only=True)
class InputGroup:
    """The inputs of one retention class."""

    title: str
    says: str
    inputs: list[Input]


def grouped(inputs: Iterable[Input]) -> list[InputGroup]:
    """Return inputs by retention class, empty classes left out."""
    found = list(inputs)
    groups = [
        InputGroup(
            title=str(entry.title), says=str(entry.says), inputs=[one for one in found if one.spec.retention == code]
        )
        for code, entry in standard.load().retention_classes.items()
    ]
    return [group for group in groups if group.inputs]
