"""Equal values have equal digests, however they are written; nobody without the key can compute one."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.vault import lookups, normalising
from guiju.vault.lookups import Kind, LookupKeys
from guiju.vault.models import IndexKey
from guiju.vault.tests.cast import ANA, LI_NA

KEYS = LookupKeys(root=bytes(range(32)))


@pytest.mark.parametrize(
    ("kind", "written", "normal"),
    [
        (Kind.PHONE, "138 0013 8000", "+8613800138000"),
        (Kind.PHONE, "+86-138-0013-8000", "+8613800138000"),
        (Kind.PHONE, "００８６ 13800138000", "+8613800138000"),
        (Kind.PHONE, "+49 (0)30 901820", "+4930901820"),
        (Kind.EMAIL, " Li.Na@Example.ORG ", "li.na@example.org"),
        (Kind.EMAIL, "ｌｉ@example.org", "li@example.org"),
        (Kind.ID_NUMBER, "11010519491231002x", "11010519491231002X"),
        (Kind.ID_NUMBER, "1101 0519-4912 31002X", "11010519491231002X"),
        (Kind.NAME, "  Ana   TRUJILLO ", "ana trujillo"),
        (Kind.PINYIN, "Lǐ Nà", "li na"),
    ],
)
def test_every_way_of_writing_a_value_has_one_form(kind: Kind, written: str, normal: str) -> None:
    assert lookups.normalise(kind, written) == normal
    assert lookups.normalise(kind, normal) == normal


def test_what_is_no_number_of_any_plan_is_its_digits() -> None:
    assert lookups.normalise(Kind.PHONE, "call 1") == "1"
    assert lookups.normalise(Kind.PHONE, "by post only") == ""


def test_a_national_number_is_read_in_the_region_given() -> None:
    assert lookups.normalise(Kind.PHONE, "030 901820", region="DE") == "+4930901820"


def test_a_batch_parses_each_number_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    real = normalising.phone

    def counted(text: str, *, region: str) -> str:
        parsed.append(text)
        return real(text, region=region)

    monkeypatch.setattr(normalising, "phone", counted)
    phones = normalising.Phones()
    assert [phones(number) for number in ["138 0013 8000", "13800138000", "138 0013 8000"]] == ["+8613800138000"] * 3
    assert parsed == ["138 0013 8000", "13800138000"]


@given(kind=st.sampled_from([Kind.EMAIL, Kind.ID_NUMBER, Kind.NAME]), value=st.text(max_size=40))
def test_normalising_twice_changes_nothing(kind: Kind, value: str) -> None:
    once = lookups.normalise(kind, value)
    assert lookups.normalise(kind, once) == once


def test_a_digest_of_an_earlier_release_is_still_found() -> None:
    assert KEYS.digest(Kind.PHONE, "+8613800138000").hex() == "10cf857782014475dacf97cb69476d33"
    assert KEYS.token(LI_NA, "phone", "+8613800138000") == "tok_mtcngpvxnm5u"


def test_digests_of_a_batch_are_those_of_its_values() -> None:
    values = ["a", "b", "a"]
    assert KEYS.digests("email", values) == [KEYS.digest("email", value) for value in values]
    assert {len(digest) for digest in KEYS.digests("email", values)} == {16}


def test_kinds_do_not_share_digests_but_names_and_their_readings_do() -> None:
    made = {kind: KEYS.digest(kind, "123456") for kind in Kind}
    assert made[Kind.PINYIN] == made[Kind.NAME]
    assert len(set(made.values())) == len(Kind) - 1


def test_another_root_key_gives_other_digests() -> None:
    assert LookupKeys(root=bytes(32)).digest("email", "x") != KEYS.digest("email", "x")


def test_worker_processes_may_be_given_the_keys_and_logs_may_not_show_them() -> None:
    travelled = pickle.loads(pickle.dumps(KEYS))
    assert travelled.digest("email", "x") == KEYS.digest("email", "x")
    assert repr(KEYS) == "<LookupKeys>"


def test_a_pseudonym_is_stable_and_links_nobody() -> None:
    first = KEYS.token(LI_NA, "phone", "1")
    assert first == KEYS.token(LI_NA, "phone", "1")
    others = [KEYS.token(ANA, "phone", "1"), KEYS.token(LI_NA, "email", "1"), KEYS.token(LI_NA, "phone", "2")]
    assert first not in others
    assert first.startswith("tok_")


def test_terms_of_a_name_are_its_tokens_and_of_the_rest_one_value() -> None:
    assert "zhangsan" in lookups.terms("name", "张三")
    assert lookups.terms("pinyin", "Zhang San") == lookups.tokens_of_name("Zhang San")
    assert lookups.terms("phone", "138 0013 8000") == ["+8613800138000"]
    assert lookups.terms("email", "  ") == []


@pytest.mark.django_db(databases=["default", "keyring"])
class TestWithAKeyring:
    def test_the_root_key_is_made_once_and_stored_wrapped(self) -> None:
        first, second = lookups.keys(), lookups.keys()
        assert first.digest("email", "x") == second.digest("email", "x")
        stored = IndexKey.objects.get()
        assert len(bytes(stored.wrapped)) == 61

    def test_a_search_tries_an_address_a_phone_or_a_number(self) -> None:
        keys = lookups.keys()
        assert lookups.exact_digests("Li.Na@example.org") == [keys.digest("email", "li.na@example.org")]
        assert lookups.exact_digests("138 0013 8000") == [
            keys.digest("phone", "+8613800138000"),
            keys.digest("id-number", "13800138000"),
        ]
        assert lookups.exact_digests("张三") == []

    def test_a_search_by_name_asks_for_every_word(self) -> None:
        keys = lookups.keys()
        assert lookups.name_digests("San Zhang") == keys.digests("name", ["san", "zhang"])

    def test_one_value_has_one_digest(self) -> None:
        assert lookups.digest("phone", "138-0013-8000") == lookups.keys().digest("phone", "+8613800138000")
        with pytest.raises(ValueError, match="nothing"):
            lookups.digest("email", " ")

    def test_a_pseudonym_of_the_installation_is_stable(self) -> None:
        assert lookups.token(LI_NA, "phone", "1") == lookups.token(LI_NA, "phone", "1")


@pytest.mark.django_db(databases=["keyring"], transaction=True)
def test_committed_keys_are_kept_by_the_process_until_told_to_forget() -> None:
    lookups.forget()
    kept = lookups.keys()
    assert lookups.keys() is kept
    lookups.forget()
    again = lookups.keys()
    assert again is not kept
    assert again.digest("email", "x") == kept.digest("email", "x")
