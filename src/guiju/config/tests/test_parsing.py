import pytest

from guiju.config.environment import BadSetting, read


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("GUIJU_PORT", "eighty", "whole number from 1 to 65535"),
        ("GUIJU_PORT", "70000", "whole number"),
        ("GUIJU_TRUST_PROXY", "perhaps", "yes or no"),
        ("GUIJU_BASE_URL", "guiju.example.org", "https://guiju.example.org"),
        ("GUIJU_BASE_URL", "https://example.org/crm", "without a path"),
        ("GUIJU_LANGUAGE", "fr", "en, zh-hans"),
        ("GUIJU_TIME_ZONE", "Mars/Olympus", "no time zone"),
        ("GUIJU_LEDGER_ORIGIN", "our ledger", "spaces"),
        ("GUIJU_EMAIL_URL", "mail.example.org", "smtp://"),
        ("GUIJU_HOME", __file__, "not a folder"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_in_one_sentence(name: str, value: str, reason: str) -> None:
    with pytest.raises(BadSetting) as refusal:
        read({name: value})
    assert name in str(refusal.value)
    assert reason in str(refusal.value)
    assert refusal.value.remedy


def test_a_refused_database_address_never_shows_its_password() -> None:
    with pytest.raises(BadSetting) as refusal:
        read({"GUIJU_DATABASE_URL": "mysql://crm:opensesame@db/crm", "GUIJU_KEYRING_URL": "postgresql:///keys"})
    assert "opensesame" not in f"{refusal.value}{refusal.value.remedy}"


def test_one_database_without_the_other_is_refused() -> None:
    with pytest.raises(BadSetting, match="together"):
        read({"GUIJU_DATABASE_URL": "postgresql://db/crm"})


def test_nothing_set_means_an_embedded_database_on_this_machine() -> None:
    defaults = read({})
    assert defaults.embedded
    assert defaults.address == "http://localhost:8000"
    assert not defaults.https
    assert defaults.allowed_hosts == ["localhost", "127.0.0.1", "[::1]"]


def test_a_public_address_turns_on_https_and_is_answered_for() -> None:
    public = read({"GUIJU_BASE_URL": "https://crm.example.org/"})
    assert public.https
    assert public.address == "https://crm.example.org"
    assert "crm.example.org" in public.allowed_hosts


def test_a_database_address_keeps_its_options_and_decodes_its_password() -> None:
    external = read(
        {
            "GUIJU_DATABASE_URL": "postgresql://crm:p%40ss@db.example.org:5433/guiju?sslmode=verify-full",
            "GUIJU_KEYRING_URL": "postgresql:///keys?host=/run/postgresql",
            "GUIJU_DATABASE_POOL": "6",
        }
    )
    assert not external.embedded
    assert external.database["PASSWORD"] == "p@ss"
    assert external.database["PORT"] == "5433"
    assert external.database["OPTIONS"]["sslmode"] == "verify-full"
    assert external.database["OPTIONS"]["pool"]["max_size"] == 6
    assert external.keyring["HOST"] == "/run/postgresql"
    assert external.owner_urls()[0] == external.database_url
