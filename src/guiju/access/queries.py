"""What access knows: actors, people, grants, sessions, tokens, units."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from guiju.access.actors import Actor, Hold
from guiju.access.minting import TOKEN_PREFIX, digest
from guiju.access.models import Grant, Notice, Person, Proposal, SignInLink, Token, Unit
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.access.roles import ROLES
from guiju.access.wording import browser
from guiju.kit.errors import Words
from guiju.kit.ids import parse_uuid

PAGE = 50


def live_grants(*, at: datetime) -> QuerySet[Grant]:
    """Return the grants that count at ``at``: begun, neither revoked nor expired."""
    unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    return Grant.objects.filter(unexpired, granted_at__lte=at, revoked_at__isnull=True, role__in=ROLES)


# Asked by every request, so written out: what ``live_grants`` says, with the units below each grant's own.
_HELD = """held.role, held.unit_id, place.name,
    ARRAY(SELECT below.id FROM access_unit AS below WHERE starts_with(below.path, place.path))"""
_COUNTS = """held.granted_at <= %(at)s AND held.revoked_at IS NULL
    AND (held.expires_at IS NULL OR held.expires_at > %(at)s) AND held.role = ANY(%(roles)s)"""
_HOLDS = f"""
    SELECT {_HELD}
    FROM access_grant AS held LEFT JOIN access_unit AS place ON place.id = held.unit_id
    WHERE held.person_id = %(person)s AND {_COUNTS}
    ORDER BY held.granted_at, held.id
"""  # noqa: S608 - of constants


def _hold(role: str, unit_id: int | None, unit_name: str | None, below: list[int]) -> Hold:
    return Hold(role=role, unit_id=unit_id, tree=frozenset(below), unit_name=unit_name or "")


def _holds(*, person_id: UUID, at: datetime) -> tuple[Hold, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_HOLDS, {"person": person_id, "at": at, "roles": list(ROLES)})
        return tuple(_hold(*row) for row in cursor.fetchall())


def actor_for(*, person: Person, at: datetime, mfa: bool = False) -> Actor:
    """Return the actor for a person with the roles held at ``at``; one query."""
    return Actor(
        ref=person.ref,
        label=person.name,
        person_id=person.pk,
        unit_id=person.unit_id,
        holds=_holds(person_id=person.pk, at=at) if person.is_active else (),
        mfa=mfa,
    )


def is_service(*, person: Person, at: datetime) -> bool:
    """Say whether a person stands for a program: service account is the only role held."""
    return {hold.role for hold in _holds(person_id=person.pk, at=at)} == {"service-account"}


@dataclass(frozen=True, slots=True)
class LiveToken:
    """A token that works now, with the actor it makes; ``used_at`` is when its use was last noted."""

    id: UUID
    actor: Actor
    used_at: datetime | None


# One row for each grant of the token's person; one without a grant where there is none.
_LIVE_TOKEN = f"""
    SELECT token.id, token.name, token.purposes, token.roles, token.last_used_at,
        person.id, person.name, person.unit_id, {_HELD}
    FROM access_token AS token JOIN access_person AS person ON person.id = token.person_id AND person.is_active
    LEFT JOIN access_grant AS held ON held.person_id = person.id AND {_COUNTS}
    LEFT JOIN access_unit AS place ON place.id = held.unit_id
    WHERE token.revoked_at IS NULL AND token.expires_at > %(at)s AND token.{{column}} = %(sought)s
    ORDER BY held.granted_at, held.id
"""  # noqa: S608 - of constants


def live_token(*, at: datetime, raw: str = "", token_id: UUID | None = None) -> LiveToken | None:
    """Return the token that the secret ``raw`` opens at ``at``, or the one with this id, or None; one query.

    Its actor has what its person held at its making and still holds, within its purposes. The lookup is by the
    secret's hash, so its time tells nothing about the secrets that exist.
    """
    if token_id is not None:
        return _live_token("id", token_id, at)
    return _live_token("digest", digest(raw), at) if raw.startswith(TOKEN_PREFIX) else None


def _live_token(column: str, sought: UUID | bytes, at: datetime) -> LiveToken | None:
    with connection.cursor() as cursor:
        cursor.execute(_LIVE_TOKEN.format(column=column), {"at": at, "sought": sought, "roles": list(ROLES)})
        rows = cursor.fetchall()
    if not rows:
        return None
    token_id, name, purposes, roles, used_at, person_id, person_name, unit_id = rows[0][:8]
    actor = Actor(
        ref=f"token:{token_id}",
        label=f"{person_name} · {name}",
        person_id=person_id,
        unit_id=unit_id,
        holds=_held_by(roles, (_hold(*row[8:]) for row in rows if row[8] is not None)),
        limited_to=frozenset(purposes),
    )
    return LiveToken(id=token_id, actor=actor, used_at=used_at)


def _held_by(named: Iterable[str], holds: Iterable[Hold]) -> tuple[Hold, ...]:
    kept = frozenset(named)
    return tuple(hold for hold in holds if hold.place in kept)


def token_expiry(*, token_id: UUID) -> datetime:
    """Return when a token stops working."""
    return Token.objects.values_list("expires_at", flat=True).get(pk=token_id)


def live_link(*, raw: str, at: datetime) -> SignInLink | None:
    """Return the sign-in link that ``raw`` opens at ``at``, with its person, or None."""
    live = SignInLink.objects.filter(used_at__isnull=True, expires_at__gt=at, person__is_active=True)
    return live.filter(digest=digest(raw)).select_related("person").first()


def is_settled(*, person: Person) -> bool:
    """Say whether somebody has settled in this account: it has a password or a second factor."""
    current = Person.objects.only("password").get(pk=person.pk)
    return current.has_usable_password() or Authenticator.objects.filter(user=person).exists()


def link_takes_two(*, person: Person, at: datetime) -> bool:
    """Say whether a sign-in link would open a settled account, or one that manages people and could approve."""
    return is_settled(person=person) or _over_people(at=at).filter(person=person).exists()


def _over_people(*, at: datetime) -> QuerySet[Grant]:
    over = [code for code, role in ROLES.items() if Permission.PERSON_MANAGE in role.permissions]
    return live_grants(at=at).filter(role__in=over)


def approvers(*, person: Person, maker: UUID, at: datetime) -> QuerySet[Person]:
    """Return who could approve what ``maker`` asks for about ``person``: other active people who manage people."""
    holding = _over_people(at=at).filter(person=OuterRef("pk"))
    found = Person.objects.filter(Exists(holding), is_active=True).exclude(pk__in=[person.pk, maker])
    return found.order_by("name", "id")


def waiting(*, at: datetime, person: Person | None = None) -> QuerySet[Proposal]:
    """Return the proposals that wait for a second security administrator, the oldest first.

    One whose maker may no longer ask waits no more than one that was decided or is too old.
    """
    asking = Exists(_over_people(at=at).filter(person=OuterRef("made_by")))
    found = Proposal.objects.filter(asking, made_by__is_active=True, decided_at__isnull=True, expires_at__gt=at)
    found = found.filter(person=person) if person else found
    return found.select_related("person", "made_by", "unit").order_by("made_at", "id")


def notices_of(*, person: Person, since: datetime) -> QuerySet[Notice]:
    """Return what others did to a person's way of signing in, the newest first."""
    return Notice.objects.filter(person=person, at__gte=since).order_by("-at", "-id")


def notice(*, notice_id: UUID) -> Notice | None:
    """Return one notice with its person, or None where it is gone."""
    return Notice.objects.filter(pk=notice_id).select_related("person").first()


@dataclass(frozen=True, slots=True)
class Listed:
    """A person of a list, with the grants that count."""

    person: Person
    grants: Sequence[Grant]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of people; ``after`` asks for the next page (an id, no name), empty on the last."""

    people: Sequence[Listed]
    after: str


def people(
    *, within: Q, at: datetime, search: str = "", role: str = "", unit: Unit | None = None, after: str = ""
) -> PeoplePage:
    """Return people by name, a page at a time, with their live grants.

    ``within`` is the reach of whoever asks, for the row that ``after`` names as well; ``unit`` covers its tree.
    """
    found = Person.objects.filter(within).select_related("unit").order_by("name", "id")
    if search:
        found = found.filter(Q(name__icontains=search) | Q(email__icontains=search.lower()))
    if role:
        found = found.filter(Exists(live_grants(at=at).filter(person=OuterRef("pk"), role=role)))
    if unit is not None:
        found = found.filter(unit__path__startswith=unit.path)
    last = person(person_id=start, within=within) if (start := parse_uuid(after)) else None
    if last is not None:
        found = found.filter(Q(name__gt=last.name) | Q(name=last.name, id__gt=last.pk))
    grants = live_grants(at=at).select_related("unit").order_by("granted_at", "id")
    rows = list(found.prefetch_related(Prefetch("grants", queryset=grants))[: PAGE + 1])
    more = len(rows) > PAGE
    people = [Listed(person=row, grants=list(row.grants.all())) for row in rows[:PAGE]]
    return PeoplePage(people=people, after=str(rows[PAGE - 1].pk) if more else "")


def person(*, person_id: UUID, within: Q | None = None) -> Person | None:
    """Return one person with their unit, or None where there is none within reach."""
    return Person.objects.filter(within or Q(), pk=person_id).select_related("unit").first()


def person_by_email(*, email: str) -> Person | None:
    """Return the person with this e-mail in any letter case, or None."""
    return Person.objects.filter(email=email.strip().lower()).first()


def grants_of(*, person: Person) -> QuerySet[Grant]:
    """Return all grants a person has or had, the newest first."""
    return Grant.objects.filter(person=person).select_related("unit").order_by("-granted_at", "-id")


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A token of a person, with the roles it may use now and its purposes in the reader's language."""

    token: Token
    holds: Sequence[Hold]
    purposes: Sequence[str]


def tokens_of(*, person: Person, at: datetime) -> list[HeldToken]:
    """Return the tokens of a person, the newest first, each with the roles and purposes it may use at ``at``."""
    found = list(Token.objects.filter(person=person).order_by("-created_at", "-id"))
    holds = _holds(person_id=person.pk, at=at) if found and person.is_active else ()
    return [
        HeldToken(
            token=token,
            holds=_held_by(token.roles, holds),
            purposes=[str(PURPOSES[code].title) for code in token.purposes if code in PURPOSES],
        )
        for token in found
    ]


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that works now, and its browser in words."""

    session: UserSession
    browser: Words


def sessions_of(*, person: Person, at: datetime) -> list[OpenSession]:
    """Return the sessions of a person that work at ``at``, the newest first; two queries.

    One that has expired, or began under a password that was changed since, works no more though its rows are kept.
    """
    found = list(UserSession.objects.filter(user=person).order_by("-created_at", "-id"))
    kept = Session.objects.filter(session_key__in=[one.session_key for one in found], expire_date__gt=at)
    proofs = {person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()}
    working = {one.session_key for one in kept if one.get_decoded().get(HASH_SESSION_KEY) in proofs}
    return [OpenSession(one, browser(one.user_agent)) for one in found if one.session_key in working]


def factors_of(*, person: Person) -> list[Authenticator]:
    """Return the second factors of a person, the oldest first."""
    return list(Authenticator.objects.filter(user=person).order_by("created_at", "id"))


def units() -> QuerySet[Unit]:
    """Return all units, each below its parent."""
    return Unit.objects.select_related("parent").order_by("path")


def labels(refs: Iterable[str]) -> dict[str, str]:
    """Return the names behind references, in the reader's language; at most one query per kind of reference.

    References of people and units that are gone, or of no known kind, stay as they are.
    """
    wanted = dict.fromkeys(refs)
    by_kind: dict[str, set[str]] = {}
    for ref in wanted:
        kind, _colon, rest = ref.partition(":")
        by_kind.setdefault(kind, set()).add(rest)
    named = {"guest": _("Somebody not signed in")}
    named |= _people_labels(by_kind.get("person", set())) | _token_labels(by_kind.get("token", set()))
    named |= _unit_labels(by_kind.get("unit", set()))
    named |= {f"role:{code}": str(ROLES[code].title) for code in by_kind.get("role", ()) if code in ROLES}
    named |= {f"purpose:{code}": str(PURPOSES[code].title) for code in by_kind.get("purpose", ()) if code in PURPOSES}
    named |= {f"operator:{name}": _("Operator %(name)s") % {"name": name} for name in by_kind.get("operator", ())}
    named |= {f"system:{name}": _("Guiju (%(part)s)") % {"part": name} for name in by_kind.get("system", ())}
    return {ref: named.get(ref, ref) for ref in wanted}


def _people_labels(ids: set[str]) -> dict[str, str]:
    known = {found for text in ids if (found := parse_uuid(text))}
    rows = Person.objects.filter(pk__in=known).values_list("pk", "name") if known else ()
    return {f"person:{pk}": name for pk, name in rows}


def _token_labels(ids: set[str]) -> dict[str, str]:
    known = {found for text in ids if (found := parse_uuid(text))}
    rows = Token.objects.filter(pk__in=known).values_list("pk", "name", "person__name") if known else ()
    return {f"token:{pk}": _("Token %(token)s of %(person)s") % {"token": name, "person": of} for pk, name, of in rows}


def _unit_labels(ids: set[str]) -> dict[str, str]:
    known = {int(text) for text in ids if text.isdecimal()}
    rows = Unit.objects.filter(pk__in=known).values_list("pk", "name") if known else ()
    return {f"unit:{pk}": name for pk, name in rows}
