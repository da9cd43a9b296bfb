"""What Today shows, each figure read now and paired with the list behind it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.console import explorer
from guiju.console.explorer import Told
from guiju.kit.errors import Words
from guiju.ledger import queries as ledger
from guiju.ledger.models import Checkpoint
from guiju.records import queries as records
from guiju.records.queries import COUNT_UP_TO, Filters

LATELY = 8


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number, its words, and the address of the list it counts."""

    label: Words
    value: str
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
        value=f"{shown}+" if count > COUNT_UP_TO else shown,
        url=f"{url}?{urlencode(narrowed)}" if narrowed else url,
        tone=tone if count else "",
    )


def seal() -> Seal:
    """Return how far the ledger is sealed."""
    return Seal(checkpoint=ledger.latest_checkpoint(), pending=ledger.pending_count())


def lately(*, actor: Actor) -> list[Told]:
    """Return what the actor did last, in sentences."""
    return explorer.tell(ledger.entries(ledger.Filters(actor=actor.ref), limit=LATELY).entries)


def refused_since(*, at: datetime) -> list[Told]:
    """Return the latest acts that were refused since ``at``."""
    return explorer.tell(ledger.entries(ledger.Filters(outcome="refused", since=at), limit=LATELY).entries)
