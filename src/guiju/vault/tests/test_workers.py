"""Worker processes make keys, seal and digest without a database and without Django."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from guiju.vault import keyring, lookups
from guiju.vault.digests import LookupKeys
from guiju.vault.models import DataKey
from guiju.vault.providers import KeyProvider
from guiju.vault.providers.current import current
from guiju.vault.tests import factory_floor
from guiju.vault.tests.cast import LI_NA, NOON


@pytest.mark.django_db(databases=["default", "keyring"])
def test_what_a_worker_sealed_is_read_by_the_main_process(key_file: Path) -> None:
    provider: KeyProvider = current()
    keys: LookupKeys = lookups.keys()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        made = pool.submit(factory_floor.work, LI_NA, "李娜", provider, keys).result(60)
    keyring.insert_wrapped(made.keys, at=NOON)

    opened = keyring.open_many([(LI_NA, "core")])
    assert opened.open(LI_NA, "core", field="name", version=1, ciphertext=made.ciphertext) == "李娜".encode()
    assert made.digests == keys.digests("name", lookups.tokens_of_name("李娜"))
    assert made.models_loaded is False
    assert DataKey.objects.count() == 1
