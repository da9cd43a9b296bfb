"""Background jobs of access; their arguments are ids and moments only."""

from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from guiju.access import links, queries
from guiju.access.wording import HAPPENED

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.task(queue=links.QUEUE, name=links.TELL, retry=AGAIN)
def tell(notice: str) -> None:
    """Write to a person what others did to their way of signing in."""
    found = queries.notice(notice_id=UUID(notice))
    if found is None or not found.person.is_active:
        return
    with translation.override(found.person.language or settings.LANGUAGE_CODE):
        words = _(
            "%(happened)s\n\nIf you did not ask for this, tell your compliance officer at once.\n\n"
            "Your account: %(address)s\n"
        )
        address = f"{settings.BASE_URL}{reverse('access:account')}"
        send_mail(
            _("Guiju: your way of signing in was changed"),
            words % {"happened": HAPPENED[found.act], "address": address},
            settings.DEFAULT_FROM_EMAIL,
            [found.person.email],
        )


@app.periodic(cron="47 * * * *")
@app.task(queue="housekeeping", name="access.sweep_sessions", queueing_lock="access.sweep_sessions")
def sweep_sessions(timestamp: int) -> None:
    """Delete sessions whose time is over, and the address and browser that were kept of each."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
