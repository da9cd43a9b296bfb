"""What the databases look like: in step, guarded, and used by a role that owns nothing."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connections

from guiju.config import migration
from guiju.config.doctor.finding import Finding, broken, good, warning
from guiju.config.words import _
from guiju.kit import clock
from guiju.ledger.verify import GUARDS

TOLERATED = timedelta(seconds=5)
_ROLE = """SELECT current_user, rolsuper
        OR pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = 'ledger_entry'::regclass), 'USAGE')
        OR has_table_privilege('ledger_entry', 'UPDATE, DELETE, TRUNCATE')
    FROM pg_roles WHERE rolname = current_user"""
_GUARDS = "SELECT tgname FROM pg_trigger WHERE tgname = ANY(%s) AND tgenabled = 'A'"


def look() -> Iterator[Finding]:
    """Yield what both databases look like; what needs the tables is left out where they are not in step."""
    pending = [f"{alias}: {name}" for alias, name in migration.pending()]
    yield good("database", _("Both databases answer."))
    yield time_of_day()
    if pending:
        yield broken(
            "migrations",
            _("{count} migrations are not applied, the first is {first}.").format(
                count=len(pending), first=pending[0]
            ),
            mend=_("Run “guiju migrate”."),
        )
        return
    yield good("migrations", _("The tables are those of this version."))
    yield role()
    yield guards()


def time_of_day() -> Finding:
    """Compare this machine's clock with the database's."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs(clock.now() - cursor.fetchone()[0])
    if apart > TOLERATED:
        return warning(
            "clock",
            _("The clocks of this machine and the database are {seconds} seconds apart.").format(
                seconds=round(apart.total_seconds())
            ),
            mend=_("Turn on time synchronisation (NTP) on both."),
        )
    return good("clock", _("The clocks agree."))


def role() -> Finding:
    """Look at whether the product's role could edit the ledger."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_ROLE)
        name, mighty = cursor.fetchone()
    if mighty:
        return broken(
            "role",
            _("The role {name} that Guiju uses owns the ledger or may edit it.").format(name=name),
            mend=_(
                "Use a role of its own in GUIJU_DATABASE_URL, the owner's in GUIJU_OWNER_DATABASE_URL; migrate again."
            ),
        )
    return good("role", _("The role {name} may add to the ledger, not edit it.").format(name=name))


def guards() -> Finding:
    """Look for the triggers that keep the ledger append-only."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_GUARDS, [list(GUARDS)])
        present = {name for (name,) in cursor.fetchall()}
    missing = [name for name in GUARDS if name not in present]
    if missing:
        return broken(
            "guards",
            _("The ledger's guards are missing or switched off: {names}.").format(names=", ".join(missing)),
            mend=_("Find out who did that, run “guiju ledger verify”, and have the owner enable the triggers again."),
        )
    return good("guards", _("The ledger's guards stand."))
