"""What Today shows, each figure read now and paired with the list behind it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from guiju.access import queries as access
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.console import explorer
from guiju.console.explorer import Told
from guiju.kit.errors import Words
from guiju.ledger import queries as ledger
from guiju.ledger.models import Checkpoint
from guiju.records import queries as records
from guiju.records.finding import Filters
from guiju.records.gate import queries as gate
from guiju.records.models import ImportBatch, ImportState
from guiju.records.queries import COUNT_UP_TO

LATELY = 8
RUNS = 4
MINUTE = 60
SHOWN_AS = {
    ImportState.UPLOADED: "waiting",
    ImportState.CHECKING: "running",
    ImportState.CHECKED: "waiting",
    ImportState.RUNNING: "running",
    ImportState.DONE: "done",
    ImportState.CANCELLED: "cancelled",
    ImportState.FAILED: "failed",
    ImportState.REVERTING: "running",
    ImportState.REVERTED: "cancelled",
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number, its words, and the address of the list it counts."""

    label: Words
    value: str
    count: int
    url: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """How far the ledger is sealed: the newest checkpoint and what waits for the next one."""

    checkpoint: Checkpoint | None
    pending: int


def customers(*, actor: Actor) -> list[Figure]:
    """Return how many customers the actor reaches, by kind and state; nothing for those who read none."""
    if not actor.may(Permission.CUSTOMER_READ):
        return []
    cuts: list[tuple[Words, dict[str, str], str]] = [
        (_("Customers in your reach"), {}, ""),
        (_("People among them"), {"kind": "person"}, ""),
        (_("Organisations"), {"kind": "organisation"}, ""),
        (_("Restricted"), {"state": "restricted"}, "warning"),
    ]
    return [_figure(actor, label, narrowed, tone) for label, narrowed, tone in cuts]


def _figure(actor: Actor, label: Words, narrowed: dict[str, str], tone: str) -> Figure:
    count = records.count(actor=actor, filters=Filters(**narrowed))  # type: ignore[arg-type]
    shown = number_format(min(count, COUNT_UP_TO), force_grouping=True)
    url = reverse("records:customers")
    return Figure(
        label=label,
        count=count,
        value=f"{shown}+" if count > COUNT_UP_TO else shown,
        url=f"{url}?{urlencode(narrowed)}" if narrowed else url,
        tone=tone if count else "",
    )


@dataclass(frozen=True, kw_only=True)
class Run:
    """An import as Today shows it: how far it is, how fast it goes, how long it takes still."""

    batch: ImportBatch
    state: str
    rate: str = ""
    left: str = ""

    @property
    def moving(self) -> bool:
        """Say whether the figures change by themselves."""
        return self.state == "running"


def imports(*, actor: Actor, at: datetime) -> list[Run]:
    """Return the newest imports the actor may see."""
    return [_run(batch, at) for batch in gate.recent(actor=actor, size=RUNS)]


def _run(batch: ImportBatch, at: datetime) -> Run:
    state = SHOWN_AS[ImportState(batch.state)]
    if state != "running" or batch.started_at is None or not batch.rows_done or not batch.rows:
        return Run(batch=batch, state=state)
    speed = batch.rows_done / max((at - batch.started_at).total_seconds(), 1.0)
    seconds = round((batch.rows - batch.rows_done) / speed)
    rate = gettext("%(count)s rows/s") % {"count": number_format(round(speed), force_grouping=True)}
    return Run(batch=batch, state=state, rate=rate, left=_duration(seconds))


def _duration(seconds: int) -> str:
    if seconds < MINUTE:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = round(seconds / MINUTE)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def proposals(*, actor: Actor, at: datetime) -> int:
    """Return how many proposals of others wait for the actor as the second security administrator."""
    if not actor.may(Permission.PERSON_MANAGE):
        return 0
    own = Q(made_by_id=actor.person_id) | Q(person_id=actor.person_id)
    return access.waiting(at=at).exclude(own).count()


def seal() -> Seal:
    """Return how far the ledger is sealed."""
    return Seal(checkpoint=ledger.latest_checkpoint(), pending=ledger.pending_count())


def lately(*, actor: Actor) -> list[Told]:
    """Return what the actor did last, in sentences."""
    return explorer.tell(ledger.entries(ledger.Filters(actor=actor.ref), limit=LATELY).entries)


def refused_since(*, at: datetime) -> list[Told]:
    """Return the latest acts that were refused since ``at``."""
    return explorer.tell(ledger.entries(ledger.Filters(outcome="refused", since=at), limit=LATELY).entries)
