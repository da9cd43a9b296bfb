"""The ledger for readers: what the explorer asks, and the proof of one entry as files."""

import base64
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from guiju.access import telling
from guiju.access.purposes import PURPOSES
from guiju.kit.errors import Invalid, Problem, Words
from guiju.kit.ids import parse_number, parse_uuid
from guiju.kit.lists import Asked
from guiju.ledger import queries
from guiju.ledger.journal import Outcome
from guiju.ledger.models import Entry
from guiju.ledger.queries import Filters, Position, Proof

OUTCOMES: dict[str, tuple[str, Words]] = {
    Outcome.DONE: ("success", _("done")),
    Outcome.REFUSED: ("danger", _("refused")),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """An entry as it is told: its sentence, who acted, and its place in the tree (None while it is pending)."""

    entry: Entry
    sentence: str
    actor: str
    position: Position | None


def filters(asked: Asked) -> Filters:
    """Return what to look for; raises Invalid where an id or a day is not one."""
    chosen = asked.filters
    return Filters(
        kind=chosen.get("kind", ""),
        actor=chosen.get("actor", ""),
        subject=_subject(chosen.get("subject", "")),
        purpose=chosen.get("purpose", ""),
        outcome=chosen.get("outcome", ""),
        since=_midnight("since", chosen.get("since", "")),
        until=_midnight("until", chosen.get("until", ""), days=1),
    )


def cursor(text: str) -> int | None:
    """Return the entry that the page begins after; raises Invalid where it is no number."""
    if not text:
        return None
    found = parse_number(text)
    if found is None:
        raise _wrong("after", _("This is not the number of an entry."))
    return found


def _subject(text: str) -> UUID | None:
    found = parse_uuid(text) if text else None
    if text and found is None:
        raise _wrong("subject", _("This is not the id of a customer."))
    return found


def _midnight(field: str, text: str, *, days: int = 0) -> datetime | None:
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise _wrong(field, _("This is not a day."))
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))


def _wrong(field: str, message: Words) -> Invalid:
    return Invalid(message, problems=[Problem(field=field, rule="format", message=message)])


def tell(entries: list[Entry]) -> list[Told]:
    """Tell entries in sentences, with names instead of references; one query a kind of name, one for the places."""
    places = queries.positions(entries)
    return [
        Told(entry=one.entry, sentence=one.sentence, actor=one.actor, position=places.get(one.entry.id))
        for one in telling.tell(entries)
    ]


def purpose_title(code: str) -> Words:
    """Return what a purpose is called."""
    return str(PURPOSES[code].title) if code in PURPOSES else code


def bundle(*, proof: Proof, name: str) -> bytes:
    """Return the proof as a zip: the entry's leaf, the path, the checkpoint, and all of it as one tlog-proof file."""
    path = "".join(f"{base64.b64encode(item).decode()}\n" for item in proof.hashes)
    files = {
        "leaf.json": proof.leaf,
        "proof.txt": path.encode(),
        "checkpoint.txt": proof.note.encode(),
        f"{name}.tlog-proof": proof.text.encode(),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(f"{name}/{file}", content)
    return packed.getvalue()


def commands(*, proof: Proof, name: str) -> list[str]:
    """Return the lines that check the downloaded proof with somebody else's program."""
    check = (
        f"aics-tlog verify-inclusion --leaf leaf.json --index {proof.index} --proof proof.txt "
        f"--checkpoint checkpoint.txt --log-key '{queries.vkeys()[-1]}'"
    )
    return [f"unzip {name}.zip && cd {name}", "pip install aics-tlog", check]
