"""Writes the quarantined rows of an import as a file that people mend and import again."""

from typing import BinaryIO
from uuid import UUID

from guiju.kit import sheets
from guiju.kit.errors import Problem
from guiju.records.gate import loading, quarantine, queries
from guiju.records.gate.mapping import Mapping
from guiju.records.models import ImportBatch
from guiju.records.values.rules import problem
from guiju.vault import keyring


def write(batch: UUID, file: BinaryIO) -> int:
    """Write the file as CSV and return the number of rows; ``actions.take_quarantine`` comes first."""
    record = ImportBatch.objects.get(pk=batch)
    columns, mapping = record.report["columns"], Mapping.from_json(record.mapping)
    key = keyring.open_many([(batch, loading.QUARANTINE)]).dek(batch, loading.QUARANTINE)
    count = 0
    with sheets.CsvWriter(file) as sheet:
        sheet.write(quarantine.columns(columns))
        if key is keyring.ERASED:
            return 0
        for row in queries.every_quarantined(batch=batch):
            cells = loading.open_cells(key, batch=batch, number=row.row, sealed=bytes(row.sealed))
            sheet.write(
                quarantine.row(
                    number=row.row, cells=cells, original=columns, problems=told(row.problems), mapping=mapping
                )
            )
            count += 1
    return count


def told(problems: list[dict[str, str]]) -> list[Problem]:
    """Return the kept codes of a row's problems with their words in the reader's language."""
    return [problem(one["rule"], field=one["field"]) for one in problems]
