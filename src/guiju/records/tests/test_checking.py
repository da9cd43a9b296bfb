import csv
import io
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.kit.sheets import CsvWriter
from guiju.records import standard
from guiju.records.gate import planning, quarantine, reading
from guiju.records.gate.checking import CheckedRow, Tie, check_row
from guiju.records.gate.limits import FORMULA
from guiju.records.gate.mapping import Mapping
from guiju.records.values import field_values

GENERAL = standard.load()
NORTHWIND_LIKE = """\
Customer ID,Account Name,Contact Name,Contact Title,Address,City,Region,Postal Code,Country,Phone,Fax
KUNST,Kunst & Käse,Greta Lind,Owner,"Am Markt 3",Berlin,,10115,Germany,030-0074321,030-0076545
PATIO,El Patio Norteño,Luz Marín de Soto,Sales Agent,Calle 5 de Mayo 12,México D.F.,,05021,Mexico,(5) 555-4729,
"""


def check(paths: dict[str, str], region: str = "CN", **cells: str) -> CheckedRow:
    mapping = Mapping.of(paths)
    assert mapping.problems(list(paths), GENERAL) == []
    return check_row([cells.get(column, "") for column in paths], mapping, GENERAL, region)


def rules(row: CheckedRow) -> list[tuple[str, str]]:
    return [(one.field, one.rule) for one in row.problems]


def test_every_row_of_a_northwind_like_list_becomes_an_organisation_and_its_contact() -> None:
    table = reading.describe(NORTHWIND_LIKE.encode("utf-8"))
    mapping = Mapping.guess(table.columns, GENERAL)
    kunst, patio = (check_row(cells, mapping, GENERAL) for _number, cells in table.rows())
    assert kunst.problems == patio.problems == []
    assert [draft.kind for draft in kunst.parties] == ["organisation", "person"]
    assert kunst.relationships == [Tie(1, 0, "contact")]
    organisation, contact = kunst.parties
    assert organisation.envelope == {"reference": "KUNST"}
    assert organisation.values == {
        "organisation-name": "Kunst & Käse",
        "phones": [
            {"number": "+49300074321", "valid": True, "label": "work"},
            {"number": "+49300076545", "valid": True, "label": "fax"},
        ],
        "addresses": [
            {"lines": ["Am Markt 3"], "city": "Berlin", "postal_code": "10115", "country": "DE", "label": "work"}
        ],
    }
    assert contact.values["job-title"] == "Owner"
    assert contact.values["person-name"]["family"] == "Lind"
    assert [one.rule for one in patio.warnings] == ["phone-unverified"]
    assert patio.parties[0].values["phones"][0]["number"] == "(5) 555-4729"


def test_a_person_of_a_company_becomes_two_customers_and_a_tie() -> None:
    row = check(
        {"姓": "person.name.family", "名": "person.name.given", "公司": "organisation.name", "手机": "person.phones"},
        姓="欧阳",
        名="修文",
        公司="上海机床厂",
        手机="13800138000",
    )
    assert row.relationships == [Tie(0, 1, "employee")]
    person, organisation = row.parties
    assert person.values["person-name"]["full"] == "欧阳修文"
    assert person.values["pinyin"] == "Ouyang Xiuwen"
    assert organisation.values == {"organisation-name": "上海机床厂"}


def test_a_row_without_a_contact_is_an_organisation_alone() -> None:
    row = check({"Name": "organisation.name", "Contact": "contact.name"}, Name="Kunst", Contact=" - ")
    assert (len(row.parties), row.relationships, row.problems) == (1, [], [])
    assert [(one.field, one.rule) for one in row.warnings] == [("contact.name", "placeholder")]


def test_a_contact_whose_name_is_missing_is_refused_and_not_lost() -> None:
    paths = {"Name": "organisation.name", "Contact": "contact.name", "Title": "contact.job-title"}
    assert rules(check(paths, Name="Kunst", Title="Owner")) == [("contact.name", "required")]
    assert rules(check(paths, Contact="Greta Lind")) == [("organisation.name", "required")]


def test_a_bad_name_is_one_problem_not_two() -> None:
    assert rules(check({"Name": "person.name"}, Name="123")) == [("person.name", "name-without-letters")]


def test_the_country_of_the_row_decides_how_a_number_is_read() -> None:
    paths = {
        "Name": "organisation.name",
        "Country": "organisation.addresses.country",
        "Contact": "contact.name",
        "Phone": "contact.phones[label=work]",
    }
    row = check(paths, Name="Kunst", Country="Germany", Contact="Greta Lind", Phone="030 0074321")
    assert row.parties[1].values["phones"][0]["number"] == "+49300074321"
    elsewhere = check(paths, Name="Kunst", Country="Atlantis", Contact="Greta Lind", Phone="13800138000")
    assert elsewhere.parties[1].values["phones"][0]["number"] == "+8613800138000"
    assert [one.rule for one in elsewhere.warnings] == ["country-kept-as-text"]


def test_one_cell_may_hold_several_numbers_and_addresses() -> None:
    row = check(
        {"Name": "person.name", "Phone": "person.phones[label=work]", "Mail": "person.emails"},
        Name="李娜",
        Phone="13800138000；010-65529988, 13800138000",
        Mail="a@example.com b@example.com;c@example.com",
    )
    values = row.parties[0].values
    assert [one["number"] for one in values["phones"]] == ["+8613800138000", "+861065529988"]
    assert [one["address"][0] for one in values["emails"]] == ["a", "b", "c"]


def test_too_many_numbers_are_refused() -> None:
    row = check(
        {"Name": "person.name", "Phone": "person.phones"},
        Name="李娜",
        Phone=";".join(f"138001380{number}" for number in range(10, 40)),
    )
    assert rules(row) == [("person.phones", "too-many")]


def test_a_wish_not_to_be_contacted_is_kept() -> None:
    paths = {"Name": "person.name", "Mail": "person.emails[label=work]", "Out": "person.emails.opt-out"}
    row = check(paths, Name="李娜", Mail="a@example.com", Out="TRUE")
    assert row.parties[0].values["emails"] == [{"address": "a@example.com", "label": "work", "opt_out": True}]
    assert "opt_out" not in check(paths, Name="李娜", Mail="a@example.com", Out="no").parties[0].values["emails"][0]
    assert rules(check(paths, Name="李娜", Out="perhaps")) == [("person.emails.opt-out", "yes-no")]


def test_columns_about_the_record_itself_go_to_its_envelope() -> None:
    paths = {
        "Name": "organisation.name",
        "Contact": "contact.name",
        "ID": "reference",
        "Tags": "tags",
        "Source": "source",
        "Law": "jurisdiction",
    }
    row = check(paths, Name="Kunst", Contact="Greta Lind", ID="K1", Tags="VIP;华东", Source="Fair", Law="Germany")
    assert row.parties[0].envelope == {
        "reference": "K1",
        "tags": ["VIP", "华东"],
        "source": "Fair",
        "jurisdiction": "DE",
    }
    assert row.parties[1].envelope == {"source": "Fair", "jurisdiction": "DE"}
    assert rules(check(paths, Name="Kunst", Law="Atlantis")) == [("jurisdiction", "country-unknown")]


@pytest.mark.parametrize(("cell", "rule"), [(FORMULA, "formula"), ("#REF!", "spreadsheet-error")])
def test_an_error_of_the_spreadsheet_is_named(cell: str, rule: str) -> None:
    paths = {
        "Name": "person.name",
        "Phone": "person.phones",
        "City": "person.addresses.city",
        "ID": "reference",
        "Out": "person.phones.opt-out",
    }
    row = check(paths, Name="李娜", Phone=cell, City=cell, ID=cell, Out=cell)
    assert sorted(rules(row)) == sorted(
        [("person.phones", rule), ("person.phones.opt-out", rule), ("person.addresses", rule), ("reference", rule)]
    )


def test_a_row_with_surplus_cells_is_refused_because_its_values_may_have_moved() -> None:
    mapping = Mapping.of({"Name": "person.name"})
    assert rules(check_row(["李娜", "x"], mapping, GENERAL)) == [("", "surplus-cells")]


def test_a_middle_name_belongs_to_the_given_name() -> None:
    paths = {"F": "person.name.family", "G": "person.name.given", "M": "person.name.middle"}
    assert check(paths, F="Lind", G="Greta", M="Maria").parties[0].values["person-name"]["given"] == "Greta Maria"
    assert check(paths, M="Greta Lind").parties[0].values["person-name"]["family"] == "Lind"


def test_a_mapping_nobody_checked_is_no_plan() -> None:
    with pytest.raises(KeyError):
        planning.make(Mapping.of({"Name": "person.age"}), GENERAL)


def test_checked_rows_travel_between_processes_and_caches_can_be_emptied() -> None:
    row = check({"Name": "person.name", "Phone": "person.phones"}, Name="Bo", Phone="12345678")
    assert pickle.loads(pickle.dumps(row)) == row
    field_values.forget()
    assert check({"Name": "person.name", "Phone": "person.phones"}, Name="Bo", Phone="12345678") == row


def test_plans_are_not_kept_without_end() -> None:
    for number in range(20):
        check({f"Name {number}": "person.name"}, **{f"Name {number}": "Bo"})


def test_a_refused_row_comes_back_mended(tmp_path: Path) -> None:
    original = ["Name", "Phone"]
    mapping = Mapping.of({"Name": "person.name", "Phone": "person.phones"})
    cells = ["李娜", "ask her", "x"]
    problems: list[Any] = [
        *check_row(cells, mapping, GENERAL).problems,
        *check_row(cells[:2], mapping, GENERAL).problems,
    ]
    file = io.BytesIO()
    with CsvWriter(file) as writer:
        writer.write(quarantine.columns(original))
        writer.write(quarantine.row(number=7, cells=cells, original=original, problems=problems, mapping=mapping))
    [header, told] = csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig")))
    assert header == ["Name", "Phone", "Guiju row", "Guiju column", "Guiju rule", "Guiju message", "Guiju remedy"]
    assert told[:5] == ["李娜", "ask her x", "7", "\nPhone", "surplus-cells\nphone-without-digits"]
    mended = reading.describe(file.getvalue().replace(b"ask her x", b"13800138000"))
    again = Mapping.guess(mended.columns, GENERAL)
    assert again.problems(mended.columns, GENERAL) == []
    [(_number, back)] = mended.rows()
    row = check_row(back, again, GENERAL, "CN")
    assert row.problems == []
    assert row.parties[0].values["phones"][0]["number"] == "+8613800138000"
    assert quarantine.columns(mended.columns) == quarantine.columns(original)
    twice = quarantine.row(number=2, cells=back, original=mended.columns, problems=[], mapping=again)
    assert twice[:3] == ["李娜", "13800138000", "2"]


@given(st.lists(st.one_of(st.text(max_size=30), st.text("0123+-/;,@.aé李 ", max_size=30)), min_size=11, max_size=12))
def test_no_row_breaks_the_check(cells: list[str]) -> None:
    table = reading.describe(NORTHWIND_LIKE.encode("utf-8"))
    row = check_row(cells, Mapping.guess(table.columns, GENERAL), GENERAL, "CN")
    assert row.parties or row.problems
