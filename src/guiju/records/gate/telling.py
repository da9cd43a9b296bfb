"""What an import has found, ready to be read: problems by rule, samples of columns, duplicates as the policy shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.kit.errors import Words
from guiju.records import queries, standard
from guiju.records.gate import reading
from guiju.records.gate.wording import path_label
from guiju.records.models import Customer, ImportBatch
from guiju.records.showing import Shown, show
from guiju.records.values.rules import problem
from guiju.vault import files

SAMPLED_ROWS = 20
SAMPLES = 3
LONGEST_SAMPLE = 48


@dataclass(kw_only=True)
class Finding:
    """One rule that cells break, how often, in which columns, and rows to look at."""

    rule: str
    message: Words
    remedy: Words
    count: int = 0
    columns: list[tuple[str, str, int]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


def findings(counted: Iterable[Mapping[str, Any]], examples: Iterable[Mapping[str, Any]] = ()) -> list[Finding]:
    """Return the counts of a check grouped by rule, the most frequent first; ``columns`` holds name, field, count."""
    found: dict[str, Finding] = {}
    for one in counted:
        words = problem(one["rule"])
        entry = found.setdefault(one["rule"], Finding(rule=one["rule"], message=words.message, remedy=words.remedy))
        entry.count += one["count"]
        if one["column"]:
            entry.columns.append((one["column"], path_label(one["field"], standard.load()), one["count"]))
    for one in examples:
        if one["rule"] in found and one["row"] not in found[one["rule"]].rows:
            found[one["rule"]].rows.append(one["row"])
    return sorted(found.values(), key=lambda entry: -entry.count)


def samples(batch: ImportBatch) -> list[list[str]]:
    """Return a few different cells of each column out of the sealed file, shortened."""
    report = batch.report
    with files.reader(batch.pk) as content:
        table = reading.describe(content, encoding=report["encoding"], sheet=report["sheet"], whole=False)
        rows = table.sample(count=SAMPLED_ROWS)
    columns = ([row[place].strip() for row in rows] for place in range(len(table.columns)))
    return [[_short(cell) for cell in dict.fromkeys(filter(None, cells))][:SAMPLES] for cells in columns]


def _short(cell: str) -> str:
    return cell if len(cell) <= LONGEST_SAMPLE else f"{cell[: LONGEST_SAMPLE - 1]}…"


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A row whose customer is there already: an earlier row of the file, or a customer, shown where in reach."""

    row: int
    like: int | None
    shown: Shown | None


def twins(batch: ImportBatch, *, actor: Actor, purpose: str, at: datetime) -> list[Twin]:
    """Return the duplicates that the check found, and record which customers' names were shown."""
    noted = batch.report.get("twins", [])
    ids = {UUID(one["customer"]) for one in noted if one["customer"]}
    reach = policy.reach(actor, Permission.CUSTOMER_READ).q()
    records = list(Customer.objects.filter(reach, pk__in=ids).select_related("unit", "owner").order_by("pk"))
    rules = standard.load()
    names = [rules.field(key) for key in queries.NAMES]
    seen = show(customers=records, specs=names, actor=actor, purpose=purpose, standard=rules)
    queries.record_listed(records, queries.NAMES, actor=actor, purpose=purpose, at=at)
    by_id = {str(one.customer.pk): one for one in seen}
    return [Twin(row=one["row"], like=one.get("like"), shown=by_id.get(one["customer"])) for one in noted]
