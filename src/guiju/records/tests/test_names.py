import pytest

from guiju.kit.errors import Problem
from guiju.records.values import masks, names, pinyin
from guiju.records.values.base import Parsed, Value


def person(raw: str, region: str = "") -> dict[str, Value]:
    outcome = names.parse_person(raw, region)
    assert isinstance(outcome, Parsed)
    value: dict[str, Value] = outcome.value
    return value


@pytest.mark.parametrize(
    ("raw", "family", "given", "full"),
    [
        ("李娜", "李", "娜", "李娜"),
        ("欧阳修文", "欧阳", "修文", "欧阳修文"),
        ("司马光", "司马", "光", "司马光"),
        ("司马", "司", "马", "司马"),
        ("单 雄信", "单", "雄信", "单雄信"),
        ("김민수", "김", "민수", "김민수"),
        ("남궁민수", "남궁", "민수", "남궁민수"),
        ("山田 太郎", "山田", "太郎", "山田太郎"),
        ("Maria Anders", "Anders", "Maria", "Maria Anders"),
        ("Anders, Maria", "Anders", "Maria", "Maria Anders"),
        ("Isabel de Castro", "de Castro", "Isabel", "Isabel de Castro"),
        ("Ludwig van der Rohe", "van der Rohe", "Ludwig", "Ludwig van der Rohe"),
        ("Martin King Jr.", "King Jr.", "Martin", "Martin King Jr."),
        ("LI Na", "LI", "Na", "LI Na"),
        ("Madonna", "", "Madonna", "Madonna"),
        ("迪丽热巴 · 迪力木拉提", "", "迪丽热巴·迪力木拉提", "迪丽热巴·迪力木拉提"),
    ],
)
def test_a_full_name_is_split_the_way_it_is_written(raw: str, family: str, given: str, full: str) -> None:
    value = person(raw)
    assert (value["family"], value["given"], value["full"]) == (family, given, full)


def test_a_japanese_name_without_a_space_keeps_its_parts_together() -> None:
    assert person("山田太郎", "JP")["family"] == ""
    assert person("あおい")["full"] == "あおい"


def test_two_columns_make_one_name() -> None:
    assert names.build_person(family="欧阳", given="修文") == Parsed(
        {"full": "欧阳修文", "family": "欧阳", "given": "修文", "order": "family-first"}
    )
    western = names.build_person(family="García Lorca", given="Federico")
    assert isinstance(western, Parsed)
    assert western.value["full"] == "Federico García Lorca"
    assert names.build_person(family="", given="李娜") == Parsed(person("李娜"))


@pytest.mark.parametrize(
    ("raw", "rule"), [("  ", "empty"), ("12-34", "name-without-letters"), ("a" * 300, "too-long")]
)
def test_what_is_no_name_is_refused(raw: str, rule: str) -> None:
    for outcome in (names.parse_person(raw, ""), names.parse_organisation(raw, "")):
        assert isinstance(outcome, Problem) or rule == "name-without-letters"
    outcome = names.parse_person(raw, "")
    assert isinstance(outcome, Problem)
    assert outcome.rule == rule


def test_two_long_parts_do_not_make_a_name() -> None:
    outcome = names.build_person(family="a" * 150, given="b" * 150)
    assert isinstance(outcome, Problem)


def test_an_organisation_may_be_called_by_a_number() -> None:
    assert names.parse_organisation(" 360  集团 ", "") == Parsed("360 集团")
    assert names.parse_organisation("1688", "") == Parsed("1688")
    assert names.organisation_terms("North/South") == ("North/South",)


@pytest.mark.parametrize(
    ("raw", "reading"),
    [("单雄信", "Shan Xiongxin"), ("曾国藩", "Zeng Guofan"), ("尉迟恭", "Yuchi Gong"), ("吕布", "Lv Bu"), ("Bo", "")],
)
def test_surnames_have_their_own_readings(raw: str, reading: str) -> None:
    assert names.pinyin_of(person(raw)) == reading


@pytest.mark.parametrize(
    ("raw", "letter"),
    [("单雄信", "S"), ("Élodie Ångström", "A"), ("de la Cruz, Ana", "D"), ("김민수", "#"), ("Madonna", "M")],
)
def test_people_are_filed_under_a_letter(raw: str, letter: str) -> None:
    assert names.initial(person(raw)) == letter


def test_organisations_are_filed_under_a_letter() -> None:
    assert [names.initial(name) for name in ("上海机床厂", "Östermalm AB", "360 集团")] == ["S", "O", "#"]


def test_lists_put_the_family_name_first() -> None:
    assert names.listed(person("Maria Anders")) == "Anders, Maria"
    assert names.listed(person("李娜")) == "李娜"


def test_pinyin_that_somebody_wrote_is_kept() -> None:
    assert pinyin.parse(" Li  Na ", "") == Parsed("Li Na")
    assert pinyin.terms("Li Na") == ("Li Na",)
    for raw, rule in (("12", "name-without-letters"), ("a" * 500, "too-long")):
        outcome = pinyin.parse(raw, "")
        assert isinstance(outcome, Problem)
        assert outcome.rule == rule


@pytest.mark.parametrize(
    ("raw", "hidden"), [("欧阳修文", "欧阳**"), ("Maria Anders", "M. A."), ("Madonna", "M**"), ("李", "**")]
)
def test_the_mask_of_a_name_shows_a_surname_or_initials(raw: str, hidden: str) -> None:
    value = person(raw)
    assert masks.mask_name(value, names.display_person(value, "en")) == hidden
