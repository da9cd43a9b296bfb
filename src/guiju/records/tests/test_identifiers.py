import pytest
from stdnum.cn import ric

from guiju.kit.errors import Problem
from guiju.records.values.base import Parsed
from guiju.records.values.identifiers import IDENTIFIERS


def made_up_resident_id(county: str, birth: str = "19900228") -> str:
    body = f"{county}{birth}001"
    return body + ric.calc_check_digit(body + "0")


@pytest.mark.parametrize(
    ("scheme", "raw", "number"),
    [
        ("resident-id", " 11010119900228 001" + made_up_resident_id("110101")[-1], made_up_resident_id("110101")),
        ("uscc", "91110000600037341l", "91110000600037341L"),
        ("lei", "2138 00KU D8LA JWSQ 9D15", "213800KUD8LAJWSQ9D15"),
        ("vat", "DE 136.695.976", "DE136695976"),
        ("vat", "EL 094259216", "EL094259216"),
        ("passport", "e 1234 5678", "E12345678"),
        ("registration", " hrb 12345 b ", "HRB 12345 B"),
    ],
)
def test_a_good_number_is_kept_in_its_compact_form(scheme: str, raw: str, number: str) -> None:
    outcome = IDENTIFIERS[scheme].parse(raw, "")
    assert outcome == Parsed(number)
    assert IDENTIFIERS[scheme].terms(number) == (number,)


def test_a_county_that_no_table_knows_is_no_veto() -> None:
    number = made_up_resident_id("999999")
    assert IDENTIFIERS["resident-id"].parse(number, "") == Parsed(number)


@pytest.mark.parametrize(
    ("scheme", "raw", "rule"),
    [
        ("resident-id", "11010119900228", "resident-id-form"),
        ("resident-id", "110101900228001", "resident-id-old"),
        ("resident-id", made_up_resident_id("110101", "19900230"), "resident-id-date"),
        ("resident-id", "110101199002280010", "resident-id-checksum"),
        ("resident-id", "1.10101E+17", "scientific-notation"),
        ("uscc", "911100006000373410", "uscc-checksum"),
        ("uscc", "9111", "uscc-form"),
        ("lei", "213800KUD8LAJWSQ9D16", "lei-checksum"),
        ("vat", "??", "vat-form"),
        ("passport", "ABCDEFG", "passport-form"),
        ("registration", "none at all", "registration-form"),
    ],
)
def test_a_bad_number_is_refused_without_being_repeated(scheme: str, raw: str, rule: str) -> None:
    outcome = IDENTIFIERS[scheme].parse(raw, "")
    if rule == "resident-id-checksum" and isinstance(outcome, Parsed):
        outcome = IDENTIFIERS[scheme].parse(raw[:-1] + "1", "")
    assert isinstance(outcome, Problem)
    assert outcome.rule == rule
    assert raw not in f"{outcome.message} {outcome.remedy}"
    assert outcome.remedy


def test_a_vat_number_takes_the_country_of_its_address() -> None:
    assert IDENTIFIERS["vat"].parse("136695976", "DE") == Parsed("DE136695976")


@pytest.mark.parametrize("raw", ["DE999999999", "ZZ12345"])
def test_a_vat_number_that_its_country_would_not_give_out_is_kept_with_a_warning(raw: str) -> None:
    outcome = IDENTIFIERS["vat"].parse(raw, "")
    assert isinstance(outcome, Parsed)
    assert outcome.value == raw
    assert [warning.rule for warning in outcome.warnings] == ["vat-unverified"]
