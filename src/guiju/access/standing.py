"""Who stands behind a reference: background work acts with the rights that whoever asked for it holds now."""

from datetime import datetime
from uuid import UUID

from guiju.access import actors, queries
from guiju.access.actors import Actor
from guiju.access.models import Person
from guiju.kit.ids import parse_uuid


def actor_of(*, ref: str, at: datetime) -> Actor:
    """Return the actor behind a reference with what it holds at ``at``; one that may do nothing where it is gone."""
    kind, _colon, rest = ref.partition(":")
    known = parse_uuid(rest)
    if kind == "operator" and rest:
        return actors.operator(rest)
    found: Actor | None = None
    if kind == "person" and known:
        found = _of_person(known, at)
    elif kind == "token" and known:
        found = _of_token(known, at)
    return found or Actor(ref=ref)


def _of_person(person_id: UUID, at: datetime) -> Actor | None:
    person = Person.objects.filter(pk=person_id).first()
    return queries.actor_for(person=person, at=at, mfa=True) if person else None


def _of_token(token_id: UUID, at: datetime) -> Actor | None:
    token = queries.live_token(token_id=token_id, at=at)
    return token.actor if token else None
