"""Generates rows as a customer system exports them: an organisation with its contact person, Chinese or Western.

The same rows every time. Names of people repeat as they do in life; organisations, phones and addresses do not.
"""

import csv
import io
import random

HEADER = (
    "Customer ID", "Account Name", "Phone", "Address", "City", "Region", "Postal Code", "Country", "Contact Name",
    "Contact Title", "Mobile", "Email",
)  # fmt: skip

_FAMILIES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁"
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲芬燕彬鹏飞婷宇浩凯建国文博子轩雨欣思远晓东海志成嘉怡俊"
)
_COMPOUND = ("欧阳", "司马", "诸葛", "上官", "慕容")
_PLACES = (
    ("北京", "北京市", "100"), ("上海", "上海市", "200"), ("深圳", "广东省", "518"), ("广州", "广东省", "510"),
    ("杭州", "浙江省", "310"), ("成都", "四川省", "610"), ("武汉", "湖北省", "430"), ("西安", "陕西省", "710"),
    ("南京", "江苏省", "210"), ("重庆", "重庆市", "400"),
)  # fmt: skip
_ROOTS = "云图海月天泽鼎盛恒信瑞丰宏达启明新远东方华康金石博雅中科智联安泰永兴长青银河北斗星辰"
_TRADES = ("科技", "贸易", "信息技术", "医药", "物流", "建筑工程", "食品", "教育咨询", "电子", "文化传媒")
_STREETS = ("中山路", "人民路", "建设大道", "解放街", "长江路", "学院路", "科技园路")
_TITLES = ("销售经理", "采购主管", "总经理", "财务经理", "行政助理", "技术总监")

_FIRST = [
    "Maria",
    "Ana",
    "Antonio",
    "Thomas",
    "Christina",
    "Hanna",
    "Frédérique",
    "Martín",
    "Laurence",
    "Elizabeth",
    "Victoria",
    "Patricio",
    "Francisco",
    "Yang",
    "Pedro",
    "Sven",
    "Roland",
    "Aria",
    "Diego",
    "Peter",
    "Paolo",
    "Lino",
    "Eduardo",
    "José",
    "André",
    "Janine",
    "Ann",
    "Jytte",
    "Helen",
    "Rita",
]
_LAST = [
    "Anders",
    "Trujillo",
    "Moreno",
    "Hardy",
    "Berglund",
    "Moos",
    "Citeaux",
    "Sommer",
    "Lebihan",
    "Lincoln",
    "Ashworth",
    "Simpson",
    "Chang",
    "Wang",
    "Afonso",
    "Brown",
    "Ottlieb",
    "Cruz",
    "Müller",
    "Roel",
    "Pfalzheim",
    "Labrune",
    "Larsson",
    "Nagy",
    "Wilson",
    "Petersen",
    "Bennett",
    "Phillips",
    "Fonseca",
    "Snyder",
]
_WESTERN = (
    ("Berlin", "", "10115", "Germany", "+4930", 8), ("London", "", "EC1A 1BB", "United Kingdom", "+4420", 8),
    ("Portland", "OR", "97201", "United States", "+1503", 7), ("Paris", "", "75001", "France", "+331", 8),
    ("Madrid", "", "28001", "Spain", "+3491", 7), ("Mexico City", "CDMX", "06000", "Mexico", "+5255", 8),
)  # fmt: skip
_ENGLISH_TITLES = ("Sales Manager", "Owner", "Accounting Manager", "Marketing Assistant", "Order Administrator")


def rows(count: int, *, first: int = 0) -> list[tuple[str, ...]]:
    """Return ``count`` rows; ``first`` numbers them on, so that two files share nobody."""
    chance = random.Random(first)
    return [_chinese(number, chance) if chance.random() < 0.6 else _western(number, chance)  # noqa: PLR2004
            for number in range(first, first + count)]  # fmt: skip


def as_csv(table: list[tuple[str, ...]]) -> bytes:
    """Return rows as a file with its header."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(table)
    return text.getvalue().encode()


def _chinese(number: int, chance: random.Random) -> tuple[str, ...]:
    city, region, post = chance.choice(_PLACES)
    brand = "".join(chance.choices(_ROOTS, k=2)) + _spelt(number)
    family = chance.choice(_COMPOUND) if chance.random() < 0.02 else chance.choice(_FAMILIES)  # noqa: PLR2004
    given = "".join(chance.choices(_GIVEN, k=chance.choice((1, 2, 2))))
    return (
        f"C{number:07}",
        f"{city}{brand}{chance.choice(_TRADES)}有限公司",
        f"010-8{number % 10_000_000:07}",
        f"{chance.choice(_STREETS)}{chance.randint(1, 900)}号",
        city,
        region,
        f"{post}{number % 1000:03}",
        "中国",
        family + given,
        chance.choice(_TITLES),
        f"138{number:08}",
        f"user{number}@firm{number % 997}.example.cn",
    )


def _western(number: int, chance: random.Random) -> tuple[str, ...]:
    city, region, post, country, prefix, digits = chance.choice(_WESTERN)
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    line = str(2 * 10 ** (digits - 1) + number * 37 % (7 * 10 ** (digits - 1)))
    return (
        f"W{number:07}",
        f"{chance.choice(_LAST)} & {chance.choice(_LAST)} {chance.choice(('Trading', 'Foods', 'Software'))} {number}",
        f"{prefix}{line}",
        f"{chance.choice(_LAST)} Street {chance.randint(1, 200)}",
        city,
        region,
        post,
        country,
        f"{first} {last}",
        chance.choice(_ENGLISH_TITLES),
        "",
        f"{first[0].lower()}.{number}@example.org",
    )


def _spelt(number: int) -> str:
    """Return a number in characters that occur in brands, different for each number."""
    signs = ""
    while number:
        number, rest = divmod(number, len(_GIVEN))
        signs += _GIVEN[rest]
    return signs
