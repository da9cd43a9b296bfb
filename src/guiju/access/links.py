"""One-time sign-in links, notices of them, and the end of sessions: the hand of the actions, lent to nobody else."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from procrastinate.contrib.django import app

from guiju.access import events, queries
from guiju.access.actors import Actor
from guiju.access.minting import digest, mint
from guiju.access.models import Act, Notice, Person, SignInLink
from guiju.ledger import journal

LIFE = timedelta(minutes=30)
QUEUE = "mail"
TELL = "access.tell"


def issue(*, person: Person, first: bool, by: Actor, at: datetime) -> str:
    """Return the secret of a new link; earlier unused ones stop working. ``first`` ones open no settled account."""
    recall(person)
    raw = mint()
    SignInLink.objects.create(
        person=person, digest=digest(raw), issued_at=at, issued_by=by.ref, expires_at=at + LIFE, first=first
    )
    journal.record(events.SignInLinkIssued(person=person.ref), by=by, at=at)
    if queries.is_settled(person=person):
        notify(person=person, act=Act.LINK, at=at)
    return raw


def recall(person: Person) -> None:
    """Make the unused links of a person stop working."""
    SignInLink.objects.filter(person=person, used_at__isnull=True).delete()


def notify(*, person: Person, act: Act, at: datetime) -> None:
    """Let a person know what others did to their way of signing in: by mail, and at the next sign-in."""
    notice = Notice.objects.create(person=person, act=act, at=at)
    app.configure_task(TELL, queue=QUEUE).defer(notice=str(notice.pk))


def end_sessions(person: Person) -> None:
    """End all sessions of a person at once."""
    for session in UserSession.objects.filter(user=person).order_by("id"):
        session.end()
