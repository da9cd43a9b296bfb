import pytest

from guiju.kit.errors import Problem
from guiju.records.values import addresses, countries, languages, masks
from guiju.records.values.base import Parsed


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("UK", "GB"),
        ("U.S.A.", "US"),
        ("México", "MX"),
        ("Deutschland", "DE"),
        ("DEU", "DE"),
        ("中国", "CN"),
        ("中华人民共和国", "CN"),
        ("P.R. China", "CN"),
        ("台湾", "TW"),
        ("Hong Kong SAR", "HK"),
        ("Côte d’Ivoire", "CI"),
        ("Korea", "KR"),
        ("cn", "CN"),
        ("Atlantis", ""),
        ("European Union", ""),
        ("x" * 200, ""),
    ],
)
def test_a_country_is_found_by_any_of_its_usual_names(name: str, code: str) -> None:
    assert countries.find(name) == code


def test_every_country_has_a_name_in_both_languages_that_leads_back_to_it() -> None:
    assert len(countries.codes()) == 250
    for code in countries.codes():
        assert countries.find(countries.name(code, "en")) == code
        assert countries.find(countries.name(code, "zh-hans")) == code


def test_a_country_alone_is_a_value_too() -> None:
    assert countries.parse("Mexico", "") == Parsed("MX")
    assert countries.display("MX", "zh-hans") == "墨西哥"
    outcome = countries.parse("Atlantis", "")
    assert isinstance(outcome, Problem)
    assert outcome.rule == "country-unknown"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("English", "en"),
        ("en_US", "en"),
        ("中文", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("繁体中文", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("德语", "de"),
        ("Deutsch", "de"),
        ("Klingonish", ""),
        ("x" * 50, ""),
    ],
)
def test_a_language_is_found_by_code_or_name(text: str, code: str) -> None:
    assert languages.find(text) == code


def test_a_language_is_shown_by_name() -> None:
    assert languages.parse("German", "") == Parsed("de")
    assert languages.display("de", "zh-hans") == "德语"
    assert languages.display("zh-Hans", "en") == "Simplified Chinese"
    assert isinstance(languages.parse("Klingonish", ""), Problem)


def test_the_parts_of_a_western_address_are_shown_in_western_order() -> None:
    outcome = addresses.build(
        {
            "line": ["Obere  Str. 57"],
            "city": ["Berlin"],
            "region": [""],
            "postal-code": ["12209"],
            "country": ["Germany"],
        }
    )
    value = {"lines": ["Obere Str. 57"], "city": "Berlin", "postal_code": "12209", "country": "DE"}
    assert outcome == Parsed(value)
    assert addresses.display(value, "en") == "Obere Str. 57, 12209 Berlin, Germany"
    assert addresses.display(value, "zh-hans") == "Obere Str. 57, 12209 Berlin, 德国"
    assert masks.mask_address(value, "") == "****, Berlin, Germany"


def test_a_chinese_address_runs_from_the_large_to_the_small() -> None:
    outcome = addresses.build(
        {
            "line": ["建国路88号"],
            "district": ["朝阳区"],
            "city": ["北京市"],
            "postal-code": ["100022"],
            "country": ["中国"],
        }
    )
    assert isinstance(outcome, Parsed)
    assert addresses.display(outcome.value, "zh-hans") == "中国 100022 北京市朝阳区建国路88号"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("广东省深圳市南山区科技园路1号", "****, 广东省深圳市"),
        ("北京市朝阳区建国路88号", "****, 北京市"),
        ("北京市", "****"),
        ("1 Main St.\nSpringfield", "****"),
    ],
)
def test_the_mask_of_a_chinese_line_shows_the_city(raw: str, shown: str) -> None:
    outcome = addresses.parse(raw, "CN")
    assert isinstance(outcome, Parsed)
    assert masks.mask_address(outcome.value, "") == shown


def test_a_country_nobody_knows_is_not_lost() -> None:
    outcome = addresses.build({"line": ["1 Reef"], "country": ["Atlantis"]})
    assert isinstance(outcome, Parsed)
    assert outcome.value == {"lines": ["1 Reef", "Atlantis"]}
    assert [warning.rule for warning in outcome.warnings] == ["country-kept-as-text"]


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        ({}, "empty"),
        ({"line": ["a" * 300]}, "too-long"),
        ({"line": ["a\n" * 20]}, "too-long"),
        ({"city": ["a" * 300]}, "too-long"),
    ],
)
def test_an_address_has_limits(parts: dict[str, list[str]], rule: str) -> None:
    outcome = addresses.build(parts)
    assert isinstance(outcome, Problem)
    assert outcome.rule == rule
