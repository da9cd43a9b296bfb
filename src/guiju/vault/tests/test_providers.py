"""What every provider of the key-encryption key must do, and what the key file does beyond."""

import json
import logging
import pickle
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django import Settings

from guiju.kit.errors import Unavailable
from guiju.vault import keyring
from guiju.vault.providers import KeyProvider, UnknownKey
from guiju.vault.providers.current import current
from guiju.vault.providers.files import PassphraseMissing
from guiju.vault.providers.keyfile import KeyFile, KeyFileDamaged, KeyFileMissing, KeyFileUnsafe
from guiju.vault.providers.protected import (
    COST,
    NotProtected,
    PassphraseShort,
    PassphraseWrong,
    ProtectedKeyFile,
)
from guiju.vault.sealing import Tampered
from guiju.vault.tests.cast import LI_NA, NOON

type Make = Callable[[Path], KeyProvider]

WORDS = b"correct horse battery staple\n"


def protected(folder: Path, words: bytes = WORDS) -> ProtectedKeyFile:
    return ProtectedKeyFile.protect(folder / "kek", said(folder, words), at=NOON)


def said(folder: Path, words: bytes) -> Path:
    file = folder / "passphrase"
    file.touch(0o600)
    file.write_bytes(words)
    return file


def reopened(made: ProtectedKeyFile, cost: dict[str, object]) -> ProtectedKeyFile:
    """Open a protected file again after somebody rewrote what a guess costs."""
    content = json.loads(made.path.read_text())
    made.path.write_text(json.dumps(content | {"scrypt": content["scrypt"] | cost}))
    return ProtectedKeyFile(made.path, made.passphrase_file)


PROVIDERS = [
    pytest.param(lambda folder: KeyFile.create(folder / "kek", at=NOON), id="key file"),
    pytest.param(protected, id="protected key file"),
]


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> KeyProvider:
    make: Make = request.param
    return make(tmp_path)


def test_a_wrapped_key_comes_back(provider: KeyProvider) -> None:
    wrapped = provider.wrap(b"k" * 32, aad=b"for Li Na")
    assert b"kkkk" not in wrapped
    assert provider.unwrap(wrapped, key_id=provider.key_id, aad=b"for Li Na") == b"k" * 32


def test_many_keys_are_wrapped_in_their_order_and_never_alike(provider: KeyProvider) -> None:
    keys = [(bytes([n]) * 32, b"for %d" % n) for n in range(20)] + [(bytes(32), b"for 0")]
    wrapped = provider.wrap_many(keys)
    opened = [
        provider.unwrap(blob, key_id=provider.key_id, aad=aad) for blob, (_, aad) in zip(wrapped, keys, strict=True)
    ]
    assert opened == [key for key, _ in keys]
    assert len(set(wrapped)) == len(keys)


def test_a_key_wrapped_for_one_thing_does_not_open_for_another(provider: KeyProvider) -> None:
    wrapped = provider.wrap(bytes(32), aad=b"for Li Na")
    with pytest.raises(Tampered):
        provider.unwrap(wrapped, key_id=provider.key_id, aad=b"for Ana")


@pytest.mark.parametrize("position", [0, 1, 20, -1])
def test_a_changed_wrapped_key_is_refused(provider: KeyProvider, position: int) -> None:
    wrapped = bytearray(provider.wrap(bytes(32), aad=b""))
    wrapped[position] ^= 1
    with pytest.raises(Tampered):
        provider.unwrap(bytes(wrapped), key_id=provider.key_id, aad=b"")


@pytest.mark.parametrize("length", [0, 1, 12, 30])
def test_a_wrapped_key_cut_short_is_refused(provider: KeyProvider, length: int) -> None:
    wrapped = provider.wrap(bytes(32), aad=b"")
    with pytest.raises(Tampered):
        provider.unwrap(wrapped[:length], key_id=provider.key_id, aad=b"")


def test_an_unknown_generation_is_unavailable_and_says_what_to_do(provider: KeyProvider) -> None:
    with pytest.raises(UnknownKey) as refused:
        provider.unwrap(provider.wrap(bytes(32), aad=b""), key_id="kek-of-somebody-else", aad=b"")
    assert isinstance(refused.value, Unavailable)
    assert "backup" in str(refused.value.remedy)


def test_the_key_file_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "fresh" / "kek"
    first = KeyFile.create(path, at=NOON)
    content = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert KeyFile.create(path, at=NOON).key_id == first.key_id
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: KeyFile.create(path, at=NOON).key_id, range(16)))
    assert len(set(made)) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_key_file_that_others_may_read_is_refused_with_the_remedy(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    with pytest.raises(KeyFileUnsafe) as refused:
        KeyFile(key_file)
    assert "chmod 600" in str(refused.value.remedy)
    assert str(key_file) in str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": "guiju-key-encryption-keys/2"}',
        '{"format": "guiju-key-encryption-keys/1", "keys": 1}',
    ],
)
def test_a_file_that_is_no_key_file_is_refused(key_file: Path, content: str) -> None:
    key_file.write_text(content)
    with pytest.raises(KeyFileDamaged):
        KeyFile(key_file)


@pytest.mark.parametrize("change", ["key", "id", "active", "short"])
def test_a_damaged_key_is_noticed_by_its_id(key_file: Path, change: str) -> None:
    document = json.loads(key_file.read_text())
    entry = document["keys"][0]
    match change:
        case "key":
            entry["key"] = "A" * 43 + "="
        case "id":
            entry["id"] = "kek-0000000000000000"
        case "active":
            document["active"] = "kek-0000000000000000"
        case "short":
            entry["key"] = "AAAA"
    key_file.write_text(json.dumps(document))
    with pytest.raises(KeyFileDamaged):
        KeyFile(key_file)


def test_an_older_generation_still_opens_and_a_newer_one_is_found_without_a_restart(
    key_file: Path, tmp_path: Path
) -> None:
    running = KeyFile(key_file)
    old_id, wrapped_before = running.key_id, running.wrap(bytes(32), aad=b"")
    document, newer = json.loads(key_file.read_text()), KeyFile.create(tmp_path / "newer", at=NOON)
    document["keys"] += json.loads((tmp_path / "newer").read_text())["keys"]
    document["active"] = newer.key_id
    key_file.write_text(json.dumps(document))

    assert running.unwrap(newer.wrap(b"n" * 32, aad=b""), key_id=newer.key_id, aad=b"") == b"n" * 32
    assert running.key_id == newer.key_id
    assert running.unwrap(wrapped_before, key_id=old_id, aad=b"") == bytes(32)


def test_a_provider_travels_as_its_path_and_not_as_its_key(key_file: Path) -> None:
    provider = KeyFile(key_file)
    packed = pickle.dumps(provider)
    key = json.loads(key_file.read_text())["keys"][0]["key"]
    assert key.encode() not in packed
    assert pickle.loads(packed).key_id == provider.key_id
    assert key not in repr(provider)


def test_a_path_that_cannot_be_read_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read"):
        KeyFile(tmp_path)


@pytest.mark.django_db(databases=["default", "keyring"])
def test_the_first_run_makes_the_key_file_and_says_loudly_to_back_it_up(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.KEY_FILE = None
    settings.HOME = tmp_path / "home"
    with caplog.at_level(logging.WARNING):
        current()
    assert (tmp_path / "home" / "keys" / "key-encryption-key").exists()
    assert "BACK IT UP" in caplog.text


@pytest.mark.django_db(databases=["default", "keyring"])
def test_a_lost_key_file_is_not_replaced_while_keys_need_it(settings: Settings, tmp_path: Path) -> None:
    keyring.create_many([(LI_NA, "core")], at=NOON)
    settings.KEY_FILE = tmp_path / "moved" / "kek"
    with pytest.raises(KeyFileMissing):
        current()
    assert not settings.KEY_FILE.exists()


def test_a_protected_key_file_shows_no_key_and_opens_with_the_passphrase_alone(tmp_path: Path) -> None:
    made = protected(tmp_path)
    content = json.loads(made.path.read_text())
    assert set(content) == {"format", "scrypt", "sealed"}
    assert COST.items() <= content["scrypt"].items()
    assert made.key_id not in made.path.read_text()
    assert ProtectedKeyFile(made.path, said(tmp_path, WORDS.strip())).key_id == made.key_id
    with pytest.raises(PassphraseWrong):
        ProtectedKeyFile(made.path, said(tmp_path, b"correct horse battery stable"))


def test_a_copy_for_another_process_holds_no_passphrase(tmp_path: Path) -> None:
    made = protected(tmp_path)
    pickled = pickle.dumps(made)
    assert WORDS.strip() not in pickled
    assert pickle.loads(pickled).key_id == made.key_id


@pytest.mark.parametrize(("words", "refusal"), [(b" \n", PassphraseMissing), ("é" * 15, PassphraseShort)])
def test_a_missing_or_short_passphrase_makes_no_key_file(
    tmp_path: Path, words: bytes | str, refusal: type[Unavailable]
) -> None:
    with pytest.raises(refusal):
        protected(tmp_path, words if isinstance(words, bytes) else words.encode())
    assert not (tmp_path / "kek").exists()
    with pytest.raises(PassphraseMissing):
        ProtectedKeyFile.protect(tmp_path / "kek", tmp_path / "none", at=NOON)


@pytest.mark.parametrize("cost", [{"n": 2}, {"r": 4}, {"p": 2}, {"salt": "AAAAAAAAAAAAAAAAAAAAAA=="}])
def test_the_cost_of_a_guess_cannot_be_lowered(tmp_path: Path, cost: dict[str, object]) -> None:
    with pytest.raises(PassphraseWrong):
        reopened(protected(tmp_path), cost)


@pytest.mark.parametrize("cost", [{"n": 2**30}, {"p": 2**20}, {"n": 0}, {"n": 3}, {"r": 2**20}, {"n": "many"}])
def test_a_cost_that_would_exhaust_the_machine_is_refused(tmp_path: Path, cost: dict[str, object]) -> None:
    with pytest.raises(KeyFileDamaged):
        reopened(protected(tmp_path), cost)


def test_a_file_and_a_setting_that_do_not_fit_are_named(tmp_path: Path, settings: Settings) -> None:
    made = protected(tmp_path)
    settings.KEY_FILE = made.path
    with pytest.raises(PassphraseMissing):
        current()
    settings.KEY_PASSPHRASE_FILE = made.passphrase_file
    assert current().key_id == made.key_id
    settings.KEY_FILE = KeyFile.create(tmp_path / "plain", at=NOON).path
    with pytest.raises(NotProtected):
        current()


@pytest.mark.django_db(databases=["default", "keyring"])
def test_the_first_run_with_a_passphrase_makes_a_protected_file(tmp_path: Path, settings: Settings) -> None:
    settings.KEY_FILE, settings.KEY_PASSPHRASE_FILE = tmp_path / "first", said(tmp_path, WORDS)
    made = current()
    assert isinstance(made, ProtectedKeyFile)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
