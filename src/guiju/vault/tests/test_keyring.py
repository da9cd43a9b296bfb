"""Data keys: one per customer and retention class, wrapped at rest, opened for one request."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from guiju.kit.errors import Unavailable
from guiju.kit.ids import uuid7
from guiju.vault import database, keyring, lookups, making, sealing
from guiju.vault.database import KeyringDown
from guiju.vault.keyring import ERASED, AlreadyKeyed
from guiju.vault.making import Pair
from guiju.vault.models import DataKey, IndexKey
from guiju.vault.providers import KeyProvider
from guiju.vault.providers.current import current
from guiju.vault.sealing import Dek, Tampered
from guiju.vault.tests.cast import ANA, LI_NA, NOON

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

CORE = (LI_NA, "core")
MARKETING = (LI_NA, "marketing")


def sealed_name(dek: Dek | keyring.Erased) -> bytes:
    assert isinstance(dek, Dek)
    return sealing.seal(dek, customer=LI_NA, field="name", version=1, plaintext="李娜".encode())


def test_a_value_sealed_with_a_new_key_opens_in_a_later_request() -> None:
    ciphertext = sealed_name(keyring.create_many([CORE, MARKETING], at=NOON)[CORE])
    opened = keyring.open_many([CORE])
    assert opened.open(*CORE, field="name", version=1, ciphertext=ciphertext) == "李娜".encode()


def test_keys_of_two_classes_do_not_open_each_other() -> None:
    ciphertext = sealed_name(keyring.create_many([CORE, MARKETING], at=NOON)[CORE])
    with pytest.raises(Tampered):
        keyring.open_many([MARKETING]).open(*MARKETING, field="name", version=1, ciphertext=ciphertext)


def test_a_page_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    pairs = [(uuid7(), kind) for _ in range(25) for kind in ("core", "marketing")]
    made = keyring.create_many(pairs, at=NOON)
    with django_assert_num_queries(1, using="keyring"), django_assert_num_queries(0):
        opened = keyring.open_many(pairs)
        keys = [opened.dek(*pair) for pair in pairs]
    assert [key.raw for key in keys if isinstance(key, Dek)] == [made[pair].raw for pair in pairs]


def test_asking_for_nothing_costs_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0, using="keyring"):
        keyring.open_many([])
        keyring.insert_wrapped([], at=NOON)


def test_a_customer_without_a_key_reads_as_erased_but_a_pair_not_asked_for_is_a_defect() -> None:
    opened = keyring.open_many([CORE])
    assert opened.dek(*CORE) is ERASED
    assert opened.open(*CORE, field="name", version=1, ciphertext=b"") is ERASED
    with pytest.raises(KeyError):
        opened.dek(ANA, "core")


def test_a_key_is_never_replaced() -> None:
    made = keyring.create_many([CORE], at=NOON)
    with pytest.raises(AlreadyKeyed):
        keyring.create_many([MARKETING, CORE], at=NOON)
    assert DataKey.objects.count() == 1
    again = keyring.ensure_many([CORE, MARKETING, CORE], at=NOON)
    assert keyring.ensure(*CORE, at=NOON) is not ERASED
    kept = again[CORE]
    assert isinstance(kept, Dek)
    assert kept.raw == made[CORE].raw
    assert DataKey.objects.count() == 2


def test_of_two_who_make_the_same_key_both_use_the_one_that_was_committed_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    colleague: list[Dek] = []

    def slower(pairs: list[Pair], *, provider: KeyProvider) -> object:
        monkeypatch.setattr(keyring, "make", making.make)
        colleague.append(keyring.create_many([CORE], at=NOON)[CORE])
        return making.make(pairs, provider=provider)

    monkeypatch.setattr(keyring, "make", slower)
    mine = keyring.ensure_many([CORE, MARKETING], at=NOON)
    kept = mine[CORE]
    assert isinstance(kept, Dek)
    assert kept.raw == colleague[0].raw
    assert isinstance(mine[MARKETING], Dek)


def test_a_request_unwraps_each_key_once() -> None:
    keyring.create_many([CORE], at=NOON)
    opened = keyring.open_many([CORE])
    assert opened.dek(*CORE) is opened.dek(*CORE)


def test_a_shredded_key_is_not_made_again() -> None:
    keyring.create_many([CORE], at=NOON)
    DataKey.objects.update(wrapped=None, shredded_at=NOON)
    assert keyring.ensure(*CORE, at=NOON) is ERASED


def test_the_keyring_holds_no_key_and_no_value_in_clear() -> None:
    made = keyring.create_many([CORE, *((uuid7(), "core") for _ in range(49))], at=NOON)
    sealed_name(made[CORE])
    lookups.digest("name", "李娜")
    root = IndexKey.objects.get()
    root_key = current().unwrap(bytes(root.wrapped), key_id=root.key_id, aad=b"guiju lookup root key")
    with connections["keyring"].cursor() as cursor:
        cursor.execute("SELECT k::text FROM vault_datakey k UNION ALL SELECT r::text FROM vault_indexkey r")
        rows = [row[0] for row in cursor.fetchall()]
    secrets = [*(dek.raw.hex() for dek in made.values()), root_key.hex(), "李娜", "李娜".encode().hex()]
    assert len(rows) == 51
    assert [secret for secret in secrets if secret in "\n".join(rows)] == []


def test_a_wrapped_key_given_to_another_customer_opens_nothing() -> None:
    keyring.create_many([CORE, (ANA, "core")], at=NOON)
    mine = DataKey.objects.get(customer_id=LI_NA)
    DataKey.objects.filter(customer_id=ANA).update(wrapped=mine.wrapped)
    with pytest.raises(Tampered):
        keyring.open_many([(ANA, "core")]).dek(ANA, "core")


def test_worker_processes_make_keys_and_the_main_process_commits_them() -> None:
    deks, rows = keyring.make([CORE, MARKETING], provider=current())
    batch = uuid4()
    keyring.insert_wrapped(rows, batch=batch, at=NOON)
    assert set(DataKey.objects.values_list("batch", flat=True)) == {batch}
    opened = keyring.open_many([CORE]).dek(*CORE)
    assert isinstance(opened, Dek)
    assert opened.raw == deks[CORE].raw


def test_a_lost_key_file_stops_reading_with_one_clear_message(settings: Settings, tmp_path: Path) -> None:
    keyring.create_many([CORE], at=NOON)
    opened = keyring.open_many([CORE])
    settings.KEY_FILE = tmp_path / "lost"
    with pytest.raises(Unavailable, match="key file is missing"):
        opened.dek(*CORE)
    with pytest.raises(Unavailable, match="key file is missing"):
        keyring.create_many([(ANA, "core")], at=NOON)
    assert DataKey.objects.count() == 1


def test_a_keyring_that_does_not_answer_is_unavailable_and_nothing_is_written(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.create_many([CORE], at=NOON)
    broken = connections["keyring"].copy(alias="broken")
    broken.settings_dict = broken.settings_dict | {"HOST": "/nowhere"}
    connections["broken"] = broken
    monkeypatch.setattr(database, "DATABASE", "broken")
    for attempt in (
        lambda: keyring.open_many([CORE]),
        lambda: keyring.create_many([MARKETING], at=NOON),
        lambda: keyring.ensure_many([MARKETING], at=NOON),
    ):
        with pytest.raises(KeyringDown) as refused:
            attempt()
        assert isinstance(refused.value, Unavailable)
        assert "does not answer" in str(refused.value)
    assert DataKey.objects.count() == 1


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_keys_are_committed_before_the_record_even_where_the_record_fails() -> None:
    class CrashError(Exception):
        pass

    def write_a_record() -> UUID:
        with transaction.atomic():
            connection.cursor().execute("SELECT 1")
            keyring.create_many([CORE], at=NOON)
            raise CrashError

    with pytest.raises(CrashError):
        write_a_record()
    assert DataKey.objects.filter(customer_id=LI_NA).exists()


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_keys_are_not_made_inside_a_transaction_of_the_keyring() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(using="keyring"):
        keyring.create_many([CORE], at=NOON)
