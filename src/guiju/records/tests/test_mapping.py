from pathlib import Path

import pytest

from guiju.records import standard
from guiju.records.gate import headers, targets
from guiju.records.gate.mapping import BrokenMapping, Mapping
from guiju.records.standard import Kind

GENERAL = standard.load()

NORTHWIND = "Customer ID,Account Name,Contact Name,Contact Title,Address,City,Region,Postal Code,Country,Phone,Fax"
ZOHO_CONTACTS = (
    "Record Id,Contact Owner.id,Contact Owner,Lead Source,First Name,Last Name,Account Name.id,Account Name,Email,"
    "Title,Department,Phone,Home Phone,Mobile,Fax,Date of Birth,Created By,Email Opt Out,Mailing Street,Mailing City,"
    "Mailing State,Mailing Zip,Mailing Country,Description,Secondary Email,Tag"
)
SALESFORCE_ACCOUNTS = (
    "Account ID,Account Name,Account Owner,Billing Street,Billing City,Billing State/Province,Billing Zip/Postal Code,"
    "Billing Country,Phone,Fax,Website,Industry,Employees,Annual Revenue,Last Modified Date"
)
HUBSPOT_CONTACTS = (
    "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Job Title,Company Name,Contact owner,"
    "Street Address,City,State/Region,Postal Code,Country/Region,Preferred language,Lifecycle Stage"
)
FXIAOKE_ACCOUNTS = (
    "客户名称(必填),客户编号,负责人,归属部门,电话,传真,网址,邮件,国家,"
    "省,市,区,详细地址,一级行业,来源,统一社会信用代码,备注,生命状态"
)
FXIAOKE_CONTACTS = "姓名,客户名称,职务,部门,手机1,手机2,电话,邮件,微信,生日,负责人,备注"


def guess(header: str) -> Mapping:
    return Mapping.guess(header.split(","), GENERAL)


def test_a_list_of_organisations_with_a_contact_in_each_row_is_understood() -> None:
    mapping = guess(NORTHWIND)
    assert mapping.problems(NORTHWIND.split(","), GENERAL) == []
    assert mapping.kind is Kind.ORGANISATION
    assert mapping.mapped() == {
        "Customer ID": "reference",
        "Account Name": "organisation.name",
        "Contact Name": "contact.name",
        "Contact Title": "contact.job-title",
        "Address": "organisation.addresses[label=work].line",
        "City": "organisation.addresses[label=work].city",
        "Region": "organisation.addresses[label=work].region",
        "Postal Code": "organisation.addresses[label=work].postal-code",
        "Country": "organisation.addresses[label=work].country",
        "Phone": "organisation.phones[label=work]",
        "Fax": "organisation.phones[label=fax]",
    }


@pytest.mark.parametrize(
    ("header", "kind", "expected", "undecided"),
    [
        (
            ZOHO_CONTACTS,
            Kind.PERSON,
            {
                "First Name": "person.name.given",
                "Last Name": "person.name.family",
                "Account Name": "organisation.name",
                "Email": "person.emails[label=work]",
                "Email Opt Out": "person.emails.opt-out",
                "Mailing City": "person.addresses[label=work].city",
                "Lead Source": "source",
                "Contact Owner": "owner",
            },
            ["Contact Owner.id", "Account Name.id", "Created By"],
        ),
        (
            SALESFORCE_ACCOUNTS,
            Kind.ORGANISATION,
            {
                "Account ID": "reference",
                "Billing State/Province": "organisation.addresses[label=billing].region",
                "Website": "organisation.website",
                "Employees": "organisation.employees",
            },
            ["Last Modified Date"],
        ),
        (
            HUBSPOT_CONTACTS,
            Kind.PERSON,
            {
                "Company Name": "organisation.name",
                "Mobile Phone Number": "person.phones[label=mobile]",
                "Country/Region": "person.addresses[label=work].country",
                "Preferred language": "person.preferred-language",
            },
            ["Lifecycle Stage"],
        ),
        (
            FXIAOKE_ACCOUNTS,
            Kind.ORGANISATION,
            {
                "客户名称(必填)": "organisation.name",
                "电话": "organisation.phones[label=work]",
                "区": "organisation.addresses[label=work].district",
                "统一社会信用代码": "organisation.uscc",
                "归属部门": "unit",
            },
            ["生命状态"],
        ),
        (
            FXIAOKE_CONTACTS,
            Kind.PERSON,
            {
                "姓名": "person.name",
                "客户名称": "organisation.name",
                "手机1": "person.phones[label=mobile]",
                "手机2": "person.phones[label=mobile]",
                "生日": "person.birth-date",
            },
            [],
        ),
        ("Name,E-mail,Phone 2", Kind.PERSON, {"Name": "person.name", "Phone 2": "person.phones[label=work]"}, []),
        ("名称,行业,电话", Kind.ORGANISATION, {"名称": "organisation.name"}, []),
    ],
)
def test_exports_of_common_systems_are_understood(
    header: str, kind: Kind, expected: dict[str, str], undecided: list[str]
) -> None:
    mapping = guess(header)
    assert mapping.kind is kind
    assert expected.items() <= mapping.mapped().items()
    assert mapping.undecided() == undecided
    rules = [one.rule for one in mapping.problems(header.split(","), GENERAL)]
    assert rules == ["column-without-purpose"] * len(undecided)


def test_every_known_header_leads_to_a_field_of_the_standard() -> None:
    known = headers._content()["targets"]
    for path in known:
        for main, human in (("organisation", "contact"), ("person", "person")):
            real = path.replace("main.", f"{main}.").replace("human.", f"{human}.")
            target = targets.parse(real)
            assert target is not None, path
            assert str(target) == real
            if main == "organisation" or "pinyin" not in path:
                assert targets.field(target, GENERAL) or targets.envelope_field(target, GENERAL), real


def test_a_guess_from_a_numbered_name_is_less_sure() -> None:
    guesses = headers.guess(["Name", "Phone 2", "Shoe size"], GENERAL)
    assert [one.confidence for one in guesses] == [1.0, 0.8, 0.0]


def test_a_column_without_a_purpose_is_refused_by_name_until_it_is_dropped() -> None:
    columns = ["Name", "Religion"]
    mapping = Mapping.guess(columns, GENERAL)
    [problem] = mapping.problems(columns, GENERAL)
    assert (problem.field, problem.rule) == ("Religion", "column-without-purpose")
    dropped = Mapping.of({"Name": "person.name", "Religion": "drop"})
    assert dropped.problems(columns, GENERAL) == []
    assert dropped.dropped() == ["Religion"]


@pytest.mark.parametrize(
    ("paths", "column", "rule"),
    [
        ({"Name": "person.name", "Age": "person.age"}, "Age", "unknown-target"),
        ({"Name": "person.name", "Age": "Person Age"}, "Age", "unknown-target"),
        ({"Name": "person.name", "Tel": "person.phones[label=moon]"}, "Tel", "unknown-target"),
        ({"Name": "person.name", "City": "person.phones.city"}, "City", "unknown-target"),
        ({"Name": "person.name", "Code": "person.uscc"}, "Code", "unknown-target"),
        ({"Name": "person.name", "Ref": "reference[label=x]"}, "Ref", "unknown-target"),
        ({"Name": "person.name", "Other": "person.name"}, "Other", "target-twice"),
        ({"Name": "person.name", "A": "reference", "B": "reference"}, "B", "target-twice"),
        ({"Ref": "reference"}, "", "nothing-mapped"),
        ({"Name": "person.name", "Contact": "contact.name"}, "Contact", "two-people"),
        ({"Contact": "contact.name"}, "Contact", "contact-alone"),
        ({"Phone": "person.phones"}, "Phone", "required-unmapped"),
        ({"Name": "organisation.name", "Title": "contact.job-title"}, "Title", "required-unmapped"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_by_column(paths: dict[str, str], column: str, rule: str) -> None:
    problems = Mapping.of(paths).problems(list(paths), GENERAL)
    assert (column, rule) in [(one.field, one.rule) for one in problems]
    assert all(str(one.message) and str(one.remedy) for one in problems)


def test_a_mapping_must_fit_the_file() -> None:
    mapping = Mapping.of({"Name": "person.name", "Phone": "person.phones"})
    assert [one.rule for one in mapping.problems(["Phone", "Name"], GENERAL)] == ["columns-differ"]
    assert [(one.field, one.rule) for one in mapping.problems(["Name", "Mail"], GENERAL)] == [
        ("Mail", "column-not-decided"),
        ("Phone", "column-missing"),
    ]
    bound = mapping.bound(["Phone", "Guiju row", "Name"])
    assert bound.problems(["Phone", "Guiju row", "Name"], GENERAL) == []


def test_a_mapping_is_kept_as_a_file(tmp_path: Path) -> None:
    mapping = guess(NORTHWIND)
    file = tmp_path / "mapping.yaml"
    file.write_text(mapping.as_yaml(), "utf-8")
    assert Mapping.from_yaml(file.read_text("utf-8")) == mapping
    assert Mapping.from_json(mapping.as_json()) == mapping
    assert Mapping.from_yaml('{"columns": {"Name": "person.name", "Age": null}}').undecided() == ["Age"]


@pytest.mark.parametrize("text", ["", "columns: 3", "columns: {}", "columns: {Name: 3}", "columns: [", "- Name"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(BrokenMapping):
        Mapping.from_yaml(text)


@pytest.mark.parametrize("content", [None, {}, {"columns": [3]}, {"columns": [{"column": 1, "path": "drop"}]}])
def test_data_that_is_no_mapping_is_refused(content: object) -> None:
    with pytest.raises(BrokenMapping):
        Mapping.from_json(content)


def test_the_column_of_a_problem_is_found_again() -> None:
    mapping = guess(NORTHWIND)
    assert mapping.column_of("organisation.phones[label=fax]") == "Fax"
    assert mapping.column_of("organisation.addresses[label=work]") == "Address"
    assert mapping.column_of("person.wechat") == ""
    assert mapping.column_of("??") == ""


def test_every_path_offered_to_people_is_a_good_one() -> None:
    paths = targets.choices(GENERAL)
    assert {"reference", "organisation.name", "contact.phones[label=mobile]", "person.name.family"} <= set(paths)
    for path in paths:
        target = targets.parse(path)
        assert target is not None
        assert targets.field(target, GENERAL) or targets.envelope_field(target, GENERAL)
