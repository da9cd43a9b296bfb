"""People find a customer by any usual way of writing the name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.vault.names import tokens_of_name, tokens_of_query


def finds(query: str, name: str) -> bool:
    asked = tokens_of_query(query)
    return bool(asked) and set(asked) <= set(tokens_of_name(name))


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("张三", ["张三", "张", "zhang san", "zhangsan", "ZhangSan", "zs", "San Zhang", "zhang", "张 三"]),
        (
            "王小明",
            ["王小明", "小明", "王小", "wangxiaoming", "xiaoming wang", "Wang Xiao Ming", "wxm", "wang"],
        ),
        ("曾国藩", ["zeng guofan", "zengguofan", "zgf", "国藩"]),
        ("单田芳", ["shan tianfang", "stf"]),
        ("解晓东", ["xie xiaodong", "xxd"]),
        ("仇英", ["qiu ying", "qy"]),
        ("区志坚", ["ou zhijian"]),
        ("乐嘉", ["yue jia", "le jia"]),
        ("欧阳娜娜", ["欧阳", "娜娜", "ouyang nana", "Nana Ouyang", "oynn"]),
        ("尉迟恭", ["yuchi gong"]),
        ("單立文", ["shan liwen"]),
        ("吕布", ["lv bu", "lu bu", "LYU BU", "lübu"]),
        ("闾丘露薇", ["lvqiu luwei", "lyuqiu luwei"]),
        ("陈乐", ["chen le", "chen yue"]),
        ("Zhang San", ["zhangsan", "san zhang", "sanzhang", "zs"]),
        ("Ana Trujillo", ["ana trujillo", "TRUJILLO", "Trujillo, Ana", "anatrujillo", "at"]),
        ("María José Constitución", ["maria jose constitucion", "constitución", "jose"]),
        ("Mary-Jane O'Brien", ["o'brien", "obrien", "mary-jane", "maryjane", "mary jane obrien"]),
        ("Jørgen Ærø", ["jorgen aero"]),
        ("Łukasz Żółć", ["lukasz zolc"]),
        ("Ａｎａ　Ｔｒｕｊｉｌｌｏ", ["ana trujillo"]),
        ("陈乐 Tony", ["tony chen", "陈乐", "tony"]),
        ("Юрий Гагарин", ["гагарин юрий"]),
        ("ひろし 田中", ["田中", "ひろし"]),
        ("广州市白云机场股份有限公司", ["白云机场", "广州"]),
    ],
)
def test_a_name_is_found_however_it_is_typed(name: str, queries: list[str]) -> None:
    assert [query for query in queries if not finds(query, name)] == []


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("张三", "李四"),
        ("张三", "zhang si"),
        ("张三", "张三丰"),
        ("Ana Trujillo", "ana maria"),
        ("张三", ""),
        ("", "张三"),
    ],
)
def test_another_name_is_not_found(name: str, query: str) -> None:
    assert not finds(query, name)


def test_the_whole_name_is_the_first_token() -> None:
    assert tokens_of_name("  Ana   TRUJILLO ")[0] == "ana trujillo"
    assert tokens_of_name("张三")[0] == "张三"


@pytest.mark.parametrize("nothing", ["", "   ", "\u3000"])
def test_nothing_has_no_tokens(nothing: str) -> None:
    assert tokens_of_name(nothing) == []


def test_a_company_name_is_not_read_as_a_persons() -> None:
    assert all(not token.isascii() for token in tokens_of_name("广州市白云机场股份有限公司"))


@given(name=st.text(max_size=60))
def test_every_name_finds_itself(name: str) -> None:
    assert set(tokens_of_query(name)) <= set(tokens_of_name(name))


@given(name=st.text("张曾单解乐长吕闾参行", max_size=6))
def test_no_name_has_readings_without_end(name: str) -> None:
    assert len(tokens_of_name(name)) < 80
