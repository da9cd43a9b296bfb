"""At 20,000 customers a page takes as many queries as at six hundred, and no list reads the whole table."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guiju.access import actions as access_actions
from guiju.access.tests.cast import NOON, OPERATOR, add, sign_in
from guiju.records.finding import SORTS
from guiju.records.queries import COUNT_UP_TO
from guiju.records.tests.conftest import as_actor, open_record

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
MANY, SOME, PAGE, UNITS = 20_000, 600, 60, 20
MOST_QUERIES = 40
"""How many queries a page may take, those of the session and of the shell among them."""

GROW = """INSERT INTO records_customer (id, kind, state, name, public, initial, names, unit_id, jurisdiction, basis,
        purposes, source, reference, tags, standard, version, created_at, updated_at)
    SELECT uuidv7(n * interval '-1 minute'), 'organisation', 'active', 'Company ' || n, '{}', '', array[n],
        %s + n %% %s, 'CN', 'contract', array['account-management'], 'old CRM', 'R-' || n,
        CASE WHEN n %% 50 = 0 THEN array['vip'] ELSE '{}' END, 'general', 1,
        now() - n * interval '1 minute', now() - n * interval '1 minute'
    FROM generate_series(1, %s) AS n"""
DIGESTS = """INSERT INTO records_lookup (customer_id, field, digest, exclusive)
    SELECT id, 'phones', substr(sha256(id::text::bytea), 1, 16), false FROM records_customer WHERE reference <> ''
    ON CONFLICT DO NOTHING"""
TIDY = "SELECT gin_clean_pending_list(indexrelid) FROM pg_stat_user_indexes WHERE indexrelname = ANY(%s)"
GIN = ["records_customer_tags", "records_customer_names", "records_customer_name_part"]
ABOUT_CUSTOMERS = re.compile(r"\s*SELECT\b.*\brecords_customer\b", re.DOTALL)
COUNT = "ANALYZE records_customer, records_lookup, records_sealed"


class Office:
    """A large organisation: a sales person in one of its units, and an officer who reaches all of them."""

    def __init__(self) -> None:
        root = access_actions.create_unit(name="Guiju Trading", parent=None, by=OPERATOR, at=NOON)
        self.units = [
            access_actions.create_unit(name=f"Unit {number}", parent=root, by=OPERATOR, at=NOON)
            for number in range(UNITS)
        ]
        bo, mei = add("Bo", "sales", unit=self.units[0]), add("Mei", "compliance-officer", unit=root)
        hidden = {"resident-id": None, "emails": None, "phones": None}
        self.li_na = open_record(as_actor(bo), self.units[0])
        for _number in range(PAGE - 1):
            open_record(as_actor(bo), self.units[0], **hidden)
        self.desks = {"a unit": sign_in(bo), "everything": sign_in(mei)}

    def grow(self, many: int = MANY) -> None:
        """Have so many customers more, and let PostgreSQL learn about them."""
        with connection.cursor() as cursor:
            cursor.execute(GROW, [self.units[0].pk, UNITS, many])
            cursor.execute(DIGESTS)
            cursor.execute(TIDY, [GIN])  # as autovacuum does some minutes later
            cursor.execute(COUNT)

    def pages(self, desk: str) -> dict[str, Callable[[], Any]]:
        """Return what people open, by name, from one desk."""
        client: Client = self.desks[desk]
        record = f"/customers/{self.li_na.pk}/"
        found: dict[str, Callable[[], Any]] = {
            f"list, {sort}": lambda sort=sort: client.get(f"/customers/?sort={sort}") for sort in SORTS
        }
        found |= {
            "list, one unit": lambda: client.get(f"/customers/?unit={self.units[0].pk}"),
            "list, one tag": lambda: client.get("/customers/?tag=vip"),
            "search for a name": lambda: client.post("/customers/", {"q": "李娜"}),
            "search for a phone": lambda: client.post("/customers/", {"q": "13800138000"}),
            "search for part of a name": lambda: client.post("/customers/", {"q": "pany 5"}),
        }
        tabs = ("", "history/", "trail/", "notes/", "relationships/", "proofs/")
        return found | {f"customer, {tab or 'values'}": lambda tab=tab: client.get(record + tab) for tab in tabs}


@pytest.fixture
def office(settings: LazySettings, db: None) -> Office:
    cache.clear()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    return Office()


@contextmanager
def _watched() -> Iterator[list[str]]:
    """Collect the queries made inside, in both databases."""
    queries: list[str] = []
    with ExitStack() as stack:
        watching = [stack.enter_context(CaptureQueriesContext(connections[name])) for name in ("default", "keyring")]
        yield queries
        queries += [query["sql"] for one in watching for query in one.captured_queries]


def _opened(office: Office, desk: str) -> dict[str, list[str]]:
    """Open every page twice and return the queries of the second time, when nothing is new any more."""
    found = {}
    for name, opens in office.pages(desk).items():
        assert opens().status_code == 200, name
        with _watched() as queries:
            opens()
        found[name] = queries
    return found


def test_a_page_takes_as_many_queries_with_many_customers_as_with_few(office: Office) -> None:
    office.grow(SOME)
    few = {desk: _opened(office, desk) for desk in office.desks}
    office.grow()
    many = {desk: _opened(office, desk) for desk in office.desks}

    more = [
        f"{desk}: {name}: {len(few[desk][name])} queries, with many customers {len(queries)}"
        for desk, pages in many.items()
        for name, queries in pages.items()
        if len(queries) > len(few[desk][name]) or len(queries) > MOST_QUERIES
    ]

    assert more == []


def _scanned(plan: dict[str, Any]) -> bool:
    """Say whether a plan reads the whole table of customers."""
    here = plan["Node Type"] in ("Seq Scan", "Parallel Seq Scan") and plan.get("Relation Name") == "records_customer"
    return here or any(_scanned(one) for one in plan.get("Plans", ()))


def _plan(query: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {query}")
        told = cursor.fetchone()[0]
    plans = json.loads(told) if isinstance(told, str) else told
    plan: dict[str, Any] = plans[0]["Plan"]
    return plan


def _bounded(query: str) -> bool:
    """Say whether a query is the count for the heading of a list, which ends one past ten thousand."""
    return query.startswith("SELECT COUNT(*)") and f"LIMIT {COUNT_UP_TO + 1}" in query


@pytest.mark.parametrize("desk", ["a unit", "everything"])
def test_no_page_reads_the_whole_table_of_customers(office: Office, desk: str) -> None:
    office.grow()
    looked = 0
    whole = []
    for name, queries in _opened(office, desk).items():
        for query in queries:
            if ABOUT_CUSTOMERS.match(query) and not _bounded(query):
                looked += 1
                if _scanned(_plan(query)):
                    whole.append(f"{name}: {query[-600:]}")
    assert looked > 20
    assert whole == []
