"""An organisation whose program calls every operation of the API."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from guiju.access import actions as access_actions
from guiju.access import actors, standing
from guiju.kit import clock
from guiju.ledger import sequencer
from guiju.ledger.models import Entry
from guiju.records import actions
from guiju.records.declaring import Declaration
from guiju.records.exports import actions as exports
from guiju.records.exports import running as exports_running
from guiju.records.finding import Filters
from guiju.records.gate import actions as gate
from guiju.records.models import Customer
from guiju.records.standard import Kind

OPERATOR = actors.operator("test")
WORK = "account-management"
CSV = "姓名,手机\n王芳,13800138001\n欧阳修文,13800138002\n".encode()


@dataclass
class World:
    """A token that may do everything, and things of every kind that it reaches."""

    secret: str
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """The header that lets a call in."""
        return {"Authorization": f"Bearer {self.secret}"}

    def etag(self) -> str:
        """Return the present version of the customer."""
        return f'"{Customer.objects.get(pk=self.ids["customer"]).version}"'


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Keep the test's connection through the calls of a test, as Django's own client does."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def world(transactional_db: None, settings: LazySettings, tmp_path: Path) -> World:
    """An organisation with a customer, a relationship, an import and an export."""
    settings.API_CALLS_PER_MINUTE = settings.API_FAILURES_PER_MINUTE = 10**6
    now = clock.now()
    unit = access_actions.create_unit(name="Guiju Trading", parent=None, by=OPERATOR, at=now)
    person = access_actions.add_person(email="pat@example.org", name="Pat", unit=unit, by=OPERATOR, at=now)
    for role in ("records-admin", "compliance-officer"):
        access_actions.grant_role(person=person, role=role, unit=unit, by=OPERATOR, at=now)
    token, secret = access_actions.create_token(
        person=person, name="all", purposes=[WORK], expires_at=now + timedelta(hours=1), by=OPERATOR, at=now
    )
    pat = standing.actor_of(ref=f"token:{token.pk}", at=now)
    said = Declaration(unit_id=unit.pk, basis="contract", purposes=(WORK,), source="counter", owner_id=person.pk)
    made = [
        actions.create(
            kind=Kind.PERSON,
            values={"person-name": {"full": name, "family": name[0], "given": name[1:], "order": "family-first"}},
            declaration=said,
            purpose=WORK,
            by=pat,
            at=now,
        )
        for name in ("李娜", "王芳")
    ]
    tie = actions.relate(subject=made[0].pk, related=made[1].pk, kind="contact", purpose=WORK, by=pat, at=clock.now())
    batch = gate.upload(content=CSV, filename="export.csv", by=pat, at=now)
    export = exports.start(
        format="csv",
        columns=["person-name"],
        filters=Filters(),
        clear=False,
        purpose=WORK,
        by=pat,
        at=now,
        inline=True,
    )
    exports_running.run(export.pk, by=pat)
    sequencer.seal_pending()
    entry = Entry.objects.order_by("id")[0].pk
    ids = {"entry": entry, "customer": made[0].pk, "relationship": tie.pk, "batch": batch.pk, "export": export.pk}
    return World(secret, {name: str(one) for name, one in ids.items()} | {"field": "phones"})
