from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.kit.errors import Problem
from guiju.records import standard
from guiju.records.standard import FieldSpec
from guiju.records.values import field_values
from guiju.records.values.base import Parsed
from guiju.records.values.rules import RULES

GENERAL = standard.load()
SPECS = list(GENERAL.fields.values())
GOOD = {
    "organisation-name": "北京谷居科技有限公司",
    "short-name": "谷居",
    "person-name": "欧阳修文",
    "pinyin": "Ouyang Xiuwen",
    "job-title": "采购经理",
    "phones": "+86 138 0013 8000",
    "emails": "li.na@example.com",
    "addresses": "北京市朝阳区建国路88号",
    "website": "https://example.com",
    "preferred-language": "English",
    "preferred-channel": "Phone",
    "employees": "51-200",
    "annual-revenue": "1200000",
    "uscc": "91110000600037341L",
    "lei": "213800KUD8LAJWSQ9D15",
    "vat": "DE136695976",
    "registration-number": "HRB 12345",
    "resident-id": "11010519491231002X",
    "passport": "E12345678",
    "birth-date": "1990-02-28",
    "interests": "lathes",
}


def value_of(spec: FieldSpec, raw: str) -> Any:
    outcome = field_values.parse(spec, raw, region="CN")
    assert isinstance(outcome, Parsed), outcome
    return [outcome.value] if spec.multi else outcome.value


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)
def test_a_good_value_of_every_field_is_read_shown_and_read_again(spec: FieldSpec) -> None:
    value = value_of(spec, GOOD.get(spec.key, "some text of mine"))
    [shown] = field_values.display(spec, value, language="en")
    assert field_values.display(spec, value_of(spec, shown), language="en") == [shown]


@pytest.mark.parametrize("spec", [one for one in SPECS if one.mask != "none"], ids=lambda spec: spec.key)
def test_the_mask_of_every_field_hides_the_value(spec: FieldSpec) -> None:
    raw = GOOD.get(spec.key, "some text of mine")
    value = value_of(spec, raw)
    [hidden] = field_values.mask(spec, value, language="zh-hans")
    assert "*" in hidden
    assert raw not in hidden
    assert hidden not in field_values.display(spec, value, language="zh-hans")


def test_names_in_lists_are_not_hidden_by_this_standard() -> None:
    spec = GENERAL.field("person-name")
    assert field_values.mask(spec, value_of(spec, "李娜"), language="zh-hans") == ["李娜"]


def test_only_searchable_fields_have_lookup_terms() -> None:
    phones, wechat = GENERAL.field("phones"), GENERAL.field("wechat")
    assert field_values.terms(phones, value_of(phones, "13800138000")) == ("+8613800138000",)
    assert field_values.terms(wechat, "li-na") == ()


def test_a_problem_names_the_field_and_never_repeats_the_value() -> None:
    outcome = field_values.parse(GENERAL.field("resident-id"), "12345")
    assert isinstance(outcome, Problem)
    assert (outcome.field, outcome.rule) == ("resident-id", "resident-id-form")
    assert "12345" not in f"{outcome.message}{outcome.remedy}"


def test_every_rule_says_what_is_wrong_and_what_to_do() -> None:
    assert all(str(message) and str(remedy) for message, remedy in RULES.values())


texts_of_any_kind = st.one_of(
    st.text(max_size=60), st.text("0123456789+-./()Xx eE,", max_size=40), st.text("李娜欧阳 ·,Aa", max_size=12)
)


@given(
    spec=st.sampled_from(SPECS),
    raw=texts_of_any_kind,
    region=st.sampled_from(["", "CN", "DE", "US", "JP"]),
    language=st.sampled_from(["en", "zh-hans"]),
)
def test_no_text_breaks_a_type_and_what_is_shown_can_be_read_again(
    spec: FieldSpec, raw: str, region: str, language: str
) -> None:
    outcome = field_values.parse(spec, raw, region=region)
    if isinstance(outcome, Problem):
        assert outcome.field == spec.key
        return
    value = [outcome.value] if spec.multi else outcome.value
    [shown] = field_values.display(spec, value, language=language)
    assert shown
    assert all(field_values.terms(spec, value)) or not spec.searchable
    again = field_values.parse(spec, shown, region=region)
    assert isinstance(again, Parsed), (shown, again)
    second = [again.value] if spec.multi else again.value
    assert field_values.display(spec, second, language=language) == [shown]
    if spec.mask != "none":
        [hidden] = field_values.mask(spec, value, language=language)
        assert hidden != shown
        assert "*" in hidden
