"""What Guiju tells the sign-in library: nobody signs up, all goes to the ledger, secrets are sealed."""

import base64
import re
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guiju.access import events, guessing, queries, recovering
from guiju.access.actors import GUEST, Actor, system
from guiju.access.models import Person
from guiju.access.wording import HAPPENED
from guiju.kit import clock
from guiju.ledger import journal

JUST_NOW = 300
ENROLLED = "access_enrolled"
NOT_YOU = _("If you did not ask for this, tell your compliance officer at once.")
SAID = {
    "account/messages/password_changed.txt": _("Your password is changed."),
    "account/messages/password_set.txt": _("Your password is set."),
    "mfa/messages/totp_activated.txt": _("Your authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("Your authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": _("Your passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("Your passkey is removed."),
    "mfa/messages/recovery_codes_generated.txt": _("New recovery codes are ready: keep them in a safe place."),
}


def as_actor(person: Person) -> Actor:
    """Return an actor that only names a person: what the ledger needs before roles are read."""
    return Actor(ref=person.ref, label=person.name, person_id=person.pk)


def factor_used(request: HttpRequest, person: Person) -> bool:
    """Say whether this session proved a second factor: at sign-in, when asked again, or by enrolling one."""
    if request.session.get(ENROLLED) == str(person.pk):
        return True
    return any(record["method"] == "mfa" for record in get_authentication_records(request, person))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The sign-in library's hooks for accounts."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is wrong, or was used already."),
        "incorrect_password": _("The password is wrong."),
        "too_many_login_attempts": _("Too many attempts failed. Wait five minutes, then try again."),
        "rate_limited": _("Too many attempts. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: administrators add people."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse whoever failed too often, and record it; ``guessing`` says who that is."""
        email = _typed(credentials)
        # The library gives this back after the right password.
        self._login_failed_rl_usage = guessing.allow(request, email=email, person=queries.person_by_email(email=email))
        if self._login_failed_rl_usage is None:
            _record_failure(credentials, reason="locked")
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a wrong e-mail or password; the entry names a known person by id and an unknown one by a hash."""
        _record_failure(credentials, reason="password")

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse:
        """Record the sign-in and follow the person's language; somebody without one keeps that of the page."""
        records = get_authentication_records(request, user)
        first = records[0] if records else {"method": "link"}
        method = "passkey" if first.get("passwordless") else str(first["method"])
        journal.record(
            events.SignedIn(method=method, second_factor=factor_used(request, user)),
            by=as_actor(user),
            at=clock.now(),
        )
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if not user.language:
            user.language = translation.get_language() or settings.LANGUAGE_CODE
            user.save(update_fields=["language"])
        follow_language(response, user.language)
        guessing.remember(response, user)
        _tell_notices(request, user)
        if any(record["method"] == "link" for record in records) and user.has_usable_password():
            recovering.end_password(person=user, by=system("sign-in"), at=clock.now())
            _keep_session(request, user)
        return response

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Say in our words what the library did; it says nothing of what the page shows anyway."""
        words = SAID.get(message_template or "") or kwargs.get("message")
        if words:
            messages.add_message(request, level, words)

    def logout(self, request: HttpRequest) -> None:
        """Record the sign-out."""
        if isinstance(request.user, Person):
            journal.record(events.SignedOut(), by=as_actor(request.user), at=clock.now())
        super().logout(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again for a proof before changes of second factors, except in the first minutes after signing in."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        person = self.request.user
        if not isinstance(person, Person):
            return True
        records = get_authentication_records(self.request, person)
        return not records or time.time() - float(records[-1]["at"]) > JUST_NOW

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the account."""
        return reverse("access:account")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address to count failures by; all clients of a Unix socket count as one."""
        return super().get_client_ip(request) if request.META.get("REMOTE_ADDR") else "::1"


def follow_language(response: HttpResponse, language: str) -> None:
    """Make the next page speak ``language``."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
    translation.activate(language)


def _keep_session(request: HttpRequest, person: Person) -> None:
    """Go on with this session where the password ended; its key is new, and by it others list and end the session."""
    before = request.session.session_key
    update_session_auth_hash(request, person)
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def _tell_notices(request: HttpRequest, person: Person) -> None:
    untold = list(queries.notices_of(person=person, since=person.joined_at).filter(told_at__isnull=True))
    for notice in untold:
        messages.warning(request, f"{HAPPENED[notice.act]} {NOT_YOU}")
    if untold:
        recovering.mark_told(person=person, notices=untold, by=system("sign-in"), at=clock.now())


def _typed(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email", "")).strip().lower()


def _record_failure(credentials: dict[str, Any], *, reason: str) -> None:
    email = _typed(credentials)
    person = queries.person_by_email(email=email)
    account = (
        person.ref
        if person
        else f"hash:{salted_hmac('guiju.access.signin', email, algorithm='sha256').hexdigest()[:16]}"
    )
    journal.record(
        events.SignInFailed(account=account, reason=reason),
        by=GUEST,
        at=clock.now(),
        outcome=journal.Outcome.REFUSED,
    )


def _box() -> Fernet:
    key = salted_hmac("guiju.access.second-factor", "", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The sign-in library's hooks for second factors; their secrets are encrypted under this server's key file."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret before it is stored."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a stored secret."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """Draw the QR code on white, so that it can be scanned from a dark page too."""
        drawn: str = super().build_totp_svg(url)
        return re.sub(r"(<svg\b[^>]*>)", r'\1<rect width="100%" height="100%" fill="#fff"/>', drawn, count=1)

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Your role needs a second factor; add another one first."),
        "incorrect_code": _("This code is wrong, or was used already."),
    }

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:  # noqa: A002
        """Return the first name offered for a new passkey."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)s") % {"number": count + 1}
