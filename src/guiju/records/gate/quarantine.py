"""The form in which refused rows go back to people: their own cells, and beside them what to mend."""

from collections.abc import Iterable, Sequence

from guiju.kit.errors import Problem
from guiju.records.gate import headers
from guiju.records.gate.mapping import Mapping


def columns(original: Sequence[str]) -> list[str]:
    """Return the columns of a quarantine file: those of the file, without leftovers of an earlier one, then ours."""
    return [*(name for name in original if name not in headers.quarantine_columns()), *headers.quarantine_columns()]


def row(
    *, number: int, cells: Sequence[str], original: Sequence[str], problems: Iterable[Problem], mapping: Mapping
) -> list[str]:
    """Return one refused row: its cells as they were, then row number, columns, rules, messages and remedies.

    A surplus of cells is joined to the last column, so that nothing is lost. Our five columns are known by name and
    dropped when the mended file comes back.
    """
    found = list(problems)
    width = len(original)
    kept = [*cells[:width], *[""] * (width - len(cells))]
    if len(cells) > width:
        kept[-1] = " ".join(cell for cell in cells[width - 1 :] if cell)
    own = set(headers.quarantine_columns())
    kept = [cell for name, cell in zip(original, kept, strict=True) if name not in own]
    told = (
        [mapping.column_of(one.field) or one.field for one in found],
        [one.rule for one in found],
        [str(one.message) for one in found],
        [str(one.remedy) for one in found],
    )
    return [*kept, str(number), *("\n".join(dict.fromkeys(words)) for words in told)]
