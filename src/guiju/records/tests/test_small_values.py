import pytest

from guiju.access.purposes import Words
from guiju.kit.errors import Problem
from guiju.records.values import dates, emails, texts, urls
from guiju.records.values.base import Outcome, Parsed


def rule_of(outcome: Outcome) -> str:
    assert isinstance(outcome, Problem)
    return outcome.rule


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("1990-02-28", "1990-02-28"),
        ("1990/2/28", "1990-02-28"),
        ("1990年2月28日", "1990-02-28"),
        ("1990.2.28", "1990-02-28"),
        ("19900228", "1990-02-28"),
        ("1990-02-28 00:00:00", "1990-02-28"),
        ("1990-02-28T08:15:00.5Z", "1990-02-28"),
        ("28.02.1990", "1990-02-28"),
        ("28/2/1990", "1990-02-28"),
        ("2/28/1990", "1990-02-28"),
        ("5/5/1990", "1990-05-05"),
    ],
)
def test_a_day_is_read_in_any_usual_dress(raw: str, day: str) -> None:
    assert dates.parse(raw, "") == Parsed(day)


def test_day_and_month_that_cannot_be_told_apart_are_refused_outside_america() -> None:
    assert rule_of(dates.parse("3/4/1990", "DE")) == "date-ambiguous"
    assert dates.parse("3/4/1990", "US") == Parsed("1990-03-04")


@pytest.mark.parametrize("raw", ["1990-02-30", "yesterday", "1990", "0990-01-01", "30.02.1990"])
def test_what_is_no_day_is_refused(raw: str) -> None:
    assert rule_of(dates.parse(raw, "")) == "date-form"


def test_the_day_number_of_a_spreadsheet_is_read_with_a_warning() -> None:
    outcome = dates.parse("32932", "")
    assert isinstance(outcome, Parsed)
    assert outcome.value == "1990-02-28"
    assert [warning.rule for warning in outcome.warnings] == ["date-serial"]


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("Li.Na@Example.COM", "Li.Na@example.com"),
        ("Li Na <li.na@example.com>", "li.na@example.com"),
        ("mailto:li.na@example.com", "li.na@example.com"),
        ("李娜@例子.中国", "李娜@xn--fsqu00a.xn--fiqs8s"),
        ("o'neil+crm@sub.example.co.uk", "o'neil+crm@sub.example.co.uk"),
    ],
)
def test_an_email_address_is_kept_as_written_with_its_domain_in_ascii(raw: str, address: str) -> None:
    assert emails.parse(raw, "") == Parsed({"address": address})


@pytest.mark.parametrize(
    "raw",
    [
        "li.na",
        "li na@example.com",
        "@example.com",
        "li..na@example.com",
        ".li@example.com",
        "li@example",
        "a@b.1",
        "a@\u00fc..com",
    ],
)
def test_what_is_no_email_address_is_refused(raw: str) -> None:
    assert rule_of(emails.parse(raw, "")) == "email-syntax"


def test_an_email_address_is_shown_in_its_own_letters_and_found_in_any_case() -> None:
    value = {"address": "李娜@xn--fsqu00a.xn--fiqs8s"}
    assert emails.display(value, "zh-hans") == "李娜@例子.中国"
    assert emails.display({"address": "a@xn--\x80.com"}, "en") == "a@xn--\x80.com"
    assert emails.terms({"address": "Li.Na@example.com"}) == ("li.na@example.com",)


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("example.com", "https://example.com"),
        ("HTTP://Example.com:8080/a?b=c#d", "http://example.com:8080/a?b=c#d"),
        ("https://例子.中国/", "https://例子.中国"),
    ],
)
def test_a_web_address_is_completed(raw: str, address: str) -> None:
    assert urls.parse(raw, "") == Parsed(address)


@pytest.mark.parametrize(
    "raw",
    ["javascript://alert", "two words.com", "https://me:secret@example.com", "localhost", "http://[::1", "a.b:999999"],
)
def test_what_is_no_web_address_is_refused(raw: str) -> None:
    assert rule_of(urls.parse(raw, "")) == "url-form"


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("1,234,567.50", "1234567.5"),
        ("1.234.567,50 €", "1234567.5"),
        ("￥300万", "3000000"),
        ("1.5亿", "150000000"),
        ("12", "12"),
        ("+12", "12"),
        ("-0", "0"),
        ("3,5", "3.5"),
        ("1,234", "1234"),
    ],
)
def test_a_number_is_read_the_way_people_write_it(raw: str, number: str) -> None:
    assert texts.parse_number(raw, "") == Parsed(number)


@pytest.mark.parametrize("raw", ["", "many", "51-200", "1,2,3", "9" * 80])
def test_what_is_no_number_is_refused(raw: str) -> None:
    assert rule_of(texts.parse_number(raw, "")) == "number-form"


def test_tags_are_split_and_never_doubled() -> None:
    assert texts.parse_tags("VIP；vip, 华东", "") == Parsed(["VIP", "华东"])
    assert texts.TAGS.display(["VIP", "华东"], "en") == "VIP, 华东"
    assert rule_of(texts.parse_tags(" ; ", "")) == "empty"
    assert rule_of(texts.parse_tags(",".join(f"t{n}" for n in range(99)), "")) == "too-many"
    assert rule_of(texts.parse_tags("x" * 99, "")) == "too-long"


def test_a_choice_is_read_by_code_or_by_label_and_shown_by_label() -> None:
    channel = texts.choice_type([("email", Words(en="E-mail", zh="电子邮件"))])
    assert [channel.parse(raw, "") for raw in ("email", "E-MAIL", "电子邮件")] == [Parsed("email")] * 3
    assert rule_of(channel.parse("pigeon", "")) == "choice-unknown"
    assert channel.display("email", "zh-hans") == "电子邮件"
    assert channel.display("email", "en") == "E-mail"
    assert channel.display("pigeon", "en") == "pigeon"


def test_yes_and_no_are_read_in_several_languages() -> None:
    assert [texts.parse_yes_no(raw) for raw in ("Yes", "是", "FALSE", "否", "perhaps")] == [
        True,
        True,
        False,
        False,
        None,
    ]


def test_text_has_a_length_and_long_text_has_lines() -> None:
    short, long = texts.text_type(max_length=5), texts.text_type(max_length=20, lines=True)
    assert short.parse(" a  b\u200b ", "") == Parsed("a b")
    assert rule_of(short.parse("abcdef", "")) == "too-long"
    assert rule_of(short.parse("\u200b", "")) == "empty"
    assert long.parse("a \r\n b", "") == Parsed("a\nb")
    assert short.terms("a b") == ()
