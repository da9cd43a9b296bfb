import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guiju.kit.errors import Problem
from guiju.records.values import masks, phones
from guiju.records.values.base import Parsed


def read(raw: str, region: str = "") -> Parsed:
    outcome = phones.parse(raw, region)
    assert isinstance(outcome, Parsed)
    return outcome


@pytest.mark.parametrize(
    ("raw", "region", "number"),
    [
        ("13800138000", "CN", "+8613800138000"),
        ("138-0013-8000", "CN", "+8613800138000"),
        ("+86 138 0013 8000", "", "+8613800138000"),
        ("0086 13800138000", "CN", "+8613800138000"),
        ("１３８００１３８０００", "CN", "+8613800138000"),
        ("(010) 6552 9988", "CN", "+861065529988"),
        ("030-0074321", "DE", "+49300074321"),
        ("(503) 555-7555", "US", "+15035557555"),
        ("+44 20 7946 0018", "CN", "+442079460018"),
    ],
)
def test_a_number_that_exists_is_kept_in_the_international_form(raw: str, region: str, number: str) -> None:
    assert read(raw, region) == Parsed({"number": number, "valid": True})


def test_a_number_that_its_country_does_not_have_is_kept_as_written_with_a_warning() -> None:
    outcome = read("(5) 555-4729", "MX")
    assert outcome.value == {"number": "(5) 555-4729", "valid": False, "country": "MX"}
    assert [warning.rule for warning in outcome.warnings] == ["phone-unverified"]
    assert read("555 4729").value == {"number": "555 4729", "valid": False}


def test_an_extension_is_kept() -> None:
    value = read("010-65529988 ext. 12", "CN").value
    assert value == {"number": "+861065529988", "valid": True, "ext": "12"}
    assert phones.display(value, "en") == "+86 10 6552 9988 ext. 12"


@pytest.mark.parametrize(
    ("raw", "rule"),
    [("ask Li Na", "phone-without-digits"), ("1.38E+10", "scientific-notation"), ("1" * 90, "phone-without-digits")],
)
def test_what_is_no_number_is_refused(raw: str, rule: str) -> None:
    outcome = phones.parse(raw, "CN")
    assert isinstance(outcome, Problem)
    assert outcome.rule == rule


def by_library(number: str) -> str | None:
    try:
        parsed = phonenumbers.parse(number, "CN")
    except phonenumbers.NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(parsed)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if valid else None


@given(st.integers(10_000_000_000, 19_999_999_999))
@example(11_247_006_700)  # the library takes it for a carrier's code before a number abroad that is too short
def test_the_short_way_for_chinese_mobiles_agrees_with_the_library(number: int) -> None:
    value = read(str(number), "CN").value
    assert (value["number"] if value["valid"] else None) == by_library(str(number))


def test_a_mask_shows_the_ends_of_a_number() -> None:
    value = read("13800138000", "CN").value
    assert masks.mask_phone(value, phones.display(value, "en")) == "+86 138****8000"
    raw = read("(5) 555-4729", "MX").value
    assert masks.mask_phone(raw, phones.display(raw, "en")) == "****29"


def test_an_unverified_number_is_looked_up_by_its_digits() -> None:
    assert phones.terms(read("(5) 555-4729", "MX").value) == ("55554729",)
    assert phones.terms(read("13800138000", "CN").value) == ("+8613800138000",)


def test_every_country_code_is_found_at_the_start_of_a_number() -> None:
    assert [phones.country_code(number) for number in ("+15035557555", "+8613800138000", "+353214278101")] == [
        "1",
        "86",
        "353",
    ]
    assert phones.country_code("12") == ""
