"""Programs keep, find, read and change customers through the API, by the same rules as people."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from guiju.access.models import Person, Unit
from guiju.kit import clock
from guiju.ledger.models import Entry
from guiju.records import actions
from guiju.records.models import Customer
from guiju.records.tests.conftest import as_actor
from guiju.records.tests.program import Program, program_of

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

ZHANG = {
    "kind": "person",
    "values": {
        "person-name": "张伟",
        "phones": ["139 0013 9000", {"number": "+86 21 6279 8888", "label": "work", "opt_out": True}],
        "emails": ["zhang.wei@example.com"],
        "addresses": [{"lines": ["南京西路1266号"], "city": "上海市", "country": "CN", "label": "work"}],
    },
    "basis": "contract",
    "purposes": ["account-management"],
    "source": "web form",
    "jurisdiction": "CN",
    "region": "CN",
    "tags": ["vip"],
}


@pytest.fixture
def program(bo: Person) -> Program:
    """Bo's program."""
    return program_of(bo)


def made(program: Program, **changes: Any) -> dict[str, Any]:
    response = program.post("/customers", {**ZHANG, **changes})
    assert response.status_code == 201, response.content
    found: dict[str, Any] = response.json()
    return found


def test_a_program_keeps_a_customer_and_reads_it_back_masked(program: Program, bo: Person) -> None:
    response = program.post("/customers", ZHANG)
    assert response.status_code == 201, response.content
    kept = response.json()
    assert response["ETag"] == '"1"'
    assert response["Location"] == f"/api/v1/customers/{kept['id']}"
    read = program.get(f"/customers/{kept['id']}")
    assert read.status_code == 200
    assert read["ETag"] == '"1"'
    fields = read.json()["fields"]
    assert fields["person-name"] == {
        "visibility": "clear",
        "value": {"full": "张伟", "family": "张", "given": "伟", "order": "family-first"},
        "text": "张伟",
        "revealable": False,
    }
    assert fields["phones"]["visibility"] == "masked"
    assert fields["phones"]["value"] == ["+86 139****9000", "+86 ****8888"]
    assert fields["phones"]["revealable"] is True
    assert fields["pinyin"]["text"] == "Zhang Wei"
    assert "13900139000" not in read.content.decode()
    assert read.json()["unit"]["id"] == bo.unit_id


def test_a_reveal_opens_a_field_and_is_recorded(program: Program) -> None:
    kept = made(program)
    read = program.get(f"/customers/{kept['id']}?reveal=phones,emails", Guiju_Reason="call-back")
    fields = read.json()["fields"]
    assert fields["phones"]["value"][0]["number"] == "+8613900139000"
    assert fields["phones"]["value"][1] == {
        "number": "+862162798888",
        "valid": True,
        "label": "work",
        "opt_out": True,
    }
    assert fields["emails"]["value"][0]["address"] == "zhang.wei@example.com"
    entry = Entry.objects.get(kind="records.field.revealed")
    assert entry.actor.startswith("token:")
    assert entry.purpose == "account-management"


def test_a_field_that_does_not_open_further_is_not_revealed(program: Program) -> None:
    kept = made(program)
    response = program.get(f"/customers/{kept['id']}?reveal=resident-id")
    assert response.status_code == 403
    assert response.json()["code"] == "not-permitted"


def test_what_was_read_in_clear_can_be_sent_back(program: Program) -> None:
    kept = made(program)
    read = program.get(f"/customers/{kept['id']}?reveal=phones,addresses").json()
    names = ("person-name", "phones", "addresses")
    values = {key: read["fields"][key]["value"] for key in names}
    response = program.patch(f"/customers/{kept['id']}", {"values": values}, If_Match='"1"')
    assert response.status_code == 200, response.content
    again = program.get(f"/customers/{kept['id']}?reveal=phones,addresses").json()
    assert {key: again["fields"][key]["value"] for key in names} == values


def test_a_mask_is_never_taken_for_a_value(program: Program) -> None:
    kept = made(program)
    read = program.get(f"/customers/{kept['id']}").json()
    response = program.patch(
        f"/customers/{kept['id']}", {"values": {"phones": read["fields"]["phones"]["value"]}}, If_Match='"1"'
    )
    assert response.status_code == 422
    assert response.json()["problems"][0]["rule"] == "masked"


def test_a_change_names_its_version_and_a_stale_one_saves_nothing(program: Program) -> None:
    kept = made(program)
    path = f"/customers/{kept['id']}"
    change = {"values": {"job-title": "Buyer"}, "tags": ["vip", "2026"]}
    assert program.patch(path, change).status_code == 428
    changed = program.patch(path, change, If_Match='"1"')
    assert changed.status_code == 200, changed.content
    assert changed["ETag"] == '"2"'
    assert changed.json()["fields"]["job-title"]["value"] == "Buyer"
    stale = program.patch(path, {"values": {"job-title": "Seller"}}, If_Match='"1"')
    assert stale.status_code == 412
    assert program.patch(path, change, If_Match="W/3").status_code == 412
    assert program.get(path).json()["fields"]["job-title"]["value"] == "Buyer"
    history = program.get(f"{path}/history").json()["items"]
    assert [one["version"] for one in history] == [1]
    assert history[0]["fields"] == {"job-title": None}
    assert history[0]["envelope"] == {"tags": ["vip"]}


def test_null_removes_a_value_but_not_a_required_one(program: Program) -> None:
    kept = made(program)
    path = f"/customers/{kept['id']}"
    removed = program.patch(path, {"values": {"emails": None}}, If_Match='"1"')
    assert removed.status_code == 200, removed.content
    assert "emails" not in removed.json()["fields"]
    refused = program.patch(path, {"values": {"person-name": None}}, If_Match='"2"')
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["rule"] == "required"


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"basis": "because"}, "basis", "choice"),
        ({"purposes": []}, "purposes", "too-few"),
        ({"source": "   "}, "source", "source"),
        ({"colour": "red"}, "colour", "unknown-field"),
        ({"values": {"person-name": "张伟", "emails": ["nobody"]}}, "values.emails.0", "email-syntax"),
        ({"values": {"person-name": "张伟", "uscc": "91310000MA1FL00000"}}, "values.uscc", "collection-standard"),
        ({"values": {"person-name": "张伟", "shoe-size": "43"}}, "values.shoe-size", "unknown-field"),
        ({"values": {"phones": ["13900139000"]}}, "person-name", "required"),
        ({"unit": 2**70}, "unit", "less-than-equal"),
        ({"unit": "3"}, "unit", "int-type"),
        ({"owner": str(uuid4())}, "owner", "reach"),
        ({"values": {"person-name": "a\u0000b"}}, "body", "text"),
        ({"values": {"person-name": "\ud800"}}, "body", "text"),
        ({"jurisdiction": "ZZ"}, "jurisdiction", "country-unknown"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_field_and_rule(
    program: Program, change: dict[str, Any], field: str, rule: str
) -> None:
    response = program.post("/customers", {**ZHANG, **change})
    assert response.status_code == 422, response.content
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert (told["type"], told["status"], told["code"]) == ("/problems/invalid", 422, "invalid")
    assert (field, rule) in {(one["field"], one["rule"]) for one in told["problems"]}, told
    assert not Customer.objects.exists()


def test_no_refusal_repeats_what_was_sent(program: Program) -> None:
    secret = "zhangwei13900139000"
    body = {**ZHANG, secret: 1, "values": {"emails": [secret], "person-name": {"family": secret * 100}}}
    response = program.post("/customers", body)
    assert response.status_code == 422
    assert secret not in response.content.decode()


def test_a_value_that_nobody_may_share_is_a_conflict(mei: Person) -> None:
    program = program_of(mei, "due-diligence")
    body = {
        **ZHANG,
        "purposes": ["due-diligence"],
        "values": {"person-name": "李娜", "resident-id": "11010519491231002X"},
    }
    assert program.post("/customers", body).status_code == 201
    response = program.post("/customers", body)
    assert response.status_code == 409
    assert response.json()["problems"][0]["field"] == "resident-id"


def test_lists_have_filters_and_cursors(program: Program) -> None:
    ids = [made(program, tags=[f"t{number % 2}"])["id"] for number in range(5)]
    first = program.get("/customers?limit=2&fields=phones").json()
    assert [one["id"] for one in first["items"]] == ids[:2:-1]
    assert set(first["items"][0]["fields"]) == {"person-name", "phones"}
    assert first["previous"] is None
    second = program.get(f"/customers?limit=2&cursor={first['next']}").json()
    third = program.get(f"/customers?limit=2&cursor={second['next']}").json()
    assert [one["id"] for one in [*second["items"], *third["items"]]] == ids[2::-1]
    back = program.get(f"/customers?limit=2&cursor={third['previous']}").json()
    assert back["items"] == second["items"]
    assert len(program.get("/customers?tag=t0&limit=200").json()["items"]) == 3
    assert program.get("/customers?kind=organisation").json()["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=201",
        "limit=0",
        "limit=x",
        "cursor=abc",
        "sort=size",
        "tga=vip",
        "tag=a%00b",
        "unit=99999999999999999999",
    ],
)
def test_a_list_refuses_what_it_does_not_know(program: Program, query: str) -> None:
    response = program.get(f"/customers?{query}")
    assert response.status_code == 422, response.content


def test_a_cursor_belongs_to_one_list_of_one_caller(program: Program, ada: Person) -> None:
    for _number in range(3):
        made(program)
    cursor = program.get("/customers?limit=1").json()["next"]
    assert program.get(f"/customers?cursor={cursor}&sort=name").status_code == 422
    assert program_of(ada).get(f"/customers?cursor={cursor}").status_code == 422


@pytest.mark.parametrize("text", ["张伟", "zhang wei", "zw", "139-0013-9000", "ZHANG.WEI@example.com"])
def test_a_search_finds_by_name_reading_initials_phone_and_email(program: Program, text: str) -> None:
    kept = made(program)
    made(program, values={"person-name": "Anna Schmidt"})
    response = program.post("/customers/search", {"text": text})
    assert [one["id"] for one in response.json()["items"]] == [kept["id"]]
    assert text not in "".join(Entry.objects.values_list("payload", flat=True))


def test_notes_relationships_trail_and_explanations(program: Program) -> None:
    kept = made(program)
    other = made(program, values={"person-name": "Anna Schmidt"})
    path = f"/customers/{kept['id']}"
    note = program.post(f"{path}/notes", {"text": "Prefers mornings."})
    assert note.status_code == 201, note.content
    notes = program.get(f"{path}/notes").json()["items"]
    assert [one["text"] for one in notes] == ["Prefers mornings."]
    tie = program.post(f"{path}/relationships", {"related": other["id"], "kind": "contact"})
    assert tie.status_code == 201, tie.content
    assert program.post(f"{path}/relationships", {"related": other["id"], "kind": "contact"}).status_code == 409
    ties = program.get(f"{path}/relationships").json()["items"]
    assert ties[0]["customer"]["name"] == "Anna Schmidt"
    ended = program.call("DELETE", f"/relationships/{tie.json()['id']}")
    assert ended.status_code == 204
    assert ended.content == b""
    assert program.get(f"{path}/relationships").json()["items"] == []
    trail = program.get(f"{path}/trail?limit=3").json()
    assert len(trail["items"]) == 3
    assert trail["items"][0]["by"]["name"] == "Token test of Bo"
    assert trail["next"]
    why = program.get(f"{path}/explain/phones").json()
    assert any("Sales" in sentence for sentence in why["sentences"])
    assert program.get(f"{path}/explain/shoe-size").status_code == 404


def test_the_customers_of_others_are_not_there(program: Program, ada: Person, berlin: Unit) -> None:
    kept = made(program)
    hers = program_of(ada)
    mine = hers.post("/customers", {**ZHANG, "values": {"person-name": "Anna Schmidt"}}).json()
    path = f"/customers/{kept['id']}"
    for sub in ("", "/history", "/notes", "/trail", "/relationships", "/explain/phones"):
        assert hers.get(path + sub).status_code == 404, sub
    assert hers.patch(path, {"tags": []}, If_Match='"1"').status_code == 404
    assert hers.patch(path, {"values": {"emails": []}}, If_Match='"1"').status_code == 404
    assert hers.post(f"{path}/notes", {"text": "x"}).status_code == 404
    assert hers.post(f"{path}/relationships", {"related": mine["id"], "kind": "contact"}).status_code == 404
    tie = {"related": kept["id"], "kind": "contact"}
    assert hers.post(f"/customers/{mine['id']}/relationships", tie).status_code == 404
    assert [one["id"] for one in hers.get("/customers").json()["items"]] == [mine["id"]]
    assert hers.post("/customers/search", {"text": "13900139000"}).json()["items"] == []
    assert hers.post("/customers", {**ZHANG, "unit": kept["unit"]["id"]}).status_code == 422
    unknown = hers.get(f"/customers/{uuid4()}")
    assert {**unknown.json()} == hers.get(path).json()


def test_the_purpose_decides_and_is_named(bo: Person, program: Program) -> None:
    kept = made(program)
    several = program_of(bo, "account-management", "marketing")
    path = f"/customers/{kept['id']}"
    missing = several.get(path)
    assert missing.status_code == 422
    assert missing.json()["problems"][0]["field"] == "Guiju-Purpose"
    assert several.get(path, Guiju_Purpose="curiosity").status_code == 422
    assert several.get(path, Guiju_Purpose="legal").status_code == 403
    assert "phones" in several.get(path, Guiju_Purpose="account-management").json()["fields"]
    assert "phones" in several.get(path, Guiju_Purpose="marketing").json()["hidden"]


def test_an_auditor_reads_tokens_and_changes_nothing(program: Program, rui: Person) -> None:
    kept = made(program)
    auditor = program_of(rui, "security")
    fields = auditor.get(f"/customers/{kept['id']}").json()["fields"]
    assert fields["phones"]["visibility"] == "tokenised"
    assert "张伟" not in auditor.get("/customers").content.decode()
    refused = auditor.post("/customers", ZHANG)
    assert refused.status_code == 403
    assert Entry.objects.filter(kind="access.permission.refused", outcome="refused").exists()


def test_what_is_erased_says_so(program: Program, kai: Person) -> None:
    kept = made(program)
    actions.erase(customer=UUID(kept["id"]), reason="request", purpose="legal", by=as_actor(kai), at=clock.now())
    read = program.get(f"/customers/{kept['id']}").json()
    assert read["state"] == "erased"
    assert {one["visibility"] for one in read["fields"].values()} <= {"erased"}
    assert program.patch(f"/customers/{kept['id']}", {"tags": ["x"]}, If_Match='"2"').status_code == 410


def test_refusals_speak_the_callers_language(program: Program) -> None:
    chinese = program.get(f"/customers/{uuid4()}", Accept_Language="zh-hans")
    assert chinese["Content-Language"] == "zh-hans"
