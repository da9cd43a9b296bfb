"""A sales person's way through the customers: list, page, reveal, edit, history; both languages, desktop and phone."""

from collections.abc import Callable
from typing import Any

import pytest

from guiju.access import queries as access_queries
from guiju.access.models import Person
from guiju.kit import clock
from guiju.records import actions, drafting, standard
from guiju.records.declaring import Declaration
from guiju.records.models import Customer
from guiju.records.standard import Kind

DESKTOP, PHONE = (1280, 860), (390, 844)
DRESSES = {
    "desktop": {"language": "en", "size": DESKTOP, "theme": "light"},
    "phone": {"language": "zh-hans", "size": PHONE, "theme": "dark"},
}
PEOPLE = [
    ("李", "娜", "13800138000", "li.na@example.com", "采购经理"),
    ("王", "伟", "13900139000", "wang.wei@example.com", "财务总监"),
    ("Schmidt", "Anna", "+49 30 901820", "anna.schmidt@example.de", "Head of Purchasing"),
    ("欧阳", "修文", "13700137000", "ouyang@example.com", "总经理助理"),
]
ORGANISATIONS = [("上海明珠贸易有限公司", "CN"), ("Alfreds Futterkiste", "DE"), ("Around the Horn", "GB")]


@pytest.fixture
def bo(hire: Callable[..., Person]) -> Person:
    """Sells in Shanghai."""
    return hire("Bo", "sales", unit="Shanghai")


@pytest.fixture
def li_na(bo: Person) -> Customer:
    """The first of Bo's customers."""
    actor = access_queries.actor_for(person=bo, at=clock.now())

    def add(kind: Kind, raw: dict[str, object], jurisdiction: str, tags: tuple[str, ...] = ()) -> Customer:
        declaration = Declaration(
            unit_id=bo.unit_id or 0, owner_id=bo.pk, basis="contract", purposes=("account-management", "service"),
            source="Trade fair 2026", jurisdiction=jurisdiction, tags=tags,
        )  # fmt: skip
        values, problems, _warnings = drafting.draft(kind, raw, standard.load(), jurisdiction)
        assert not problems
        return actions.create(
            kind=kind, values=values, declaration=declaration, purpose="account-management", by=actor, at=clock.now()
        )

    for name, country in ORGANISATIONS:
        add(Kind.ORGANISATION, {"organisation-name": name, "industry": "Wholesale", "website": "example.com"}, country)
    people = [
        add(
            Kind.PERSON,
            {
                "person-name": {"family": family, "given": given},
                "phones": [
                    {"value": phone, "label": "mobile"},
                    {"value": "021 62880000", "label": "work", "opt_out": True},
                ],
                "emails": [{"value": email, "label": "work"}],
                "job-title": title,
                "addresses": [{"lines": "南京西路 1266 号", "city": "上海市", "country": "CN", "label": "work"}],
                "preferred-language": "zh-Hans",
            },
            "CN",
            ("vip",),
        )
        for family, given, phone, email, title in PEOPLE
    ]
    actions.relate(
        subject=Customer.objects.get(name=ORGANISATIONS[0][0]).pk, related=people[0].pk, kind="contact",
        purpose="service", by=actor, at=clock.now(),
    )  # fmt: skip
    return people[0]


def check(visitor: Any, name: str) -> None:
    """Look at a page: a picture, nothing too wide, nothing that axe finds."""
    visitor.shot(name)
    visitor.fits()
    visitor.accessible()


@pytest.mark.parametrize("dress", DRESSES)
def test_bo_looks_for_a_customer_reveals_the_phone_and_corrects_the_title(
    visit: Any, bo: Person, li_na: Customer, dress: str
) -> None:
    mark = f"{DRESSES[dress]['language']}-{dress}"
    desk = visit(person=bo, **DRESSES[dress])
    page = desk.page
    desk.go("/customers/")
    check(desk, f"customers-{mark}")

    page.locator(".gj-tools summary").first.click()
    check(desk, f"customers-filter-{mark}")
    page.locator(".gj-tools summary").nth(1).click()
    check(desk, f"customers-columns-{mark}")
    page.keyboard.press("Escape")
    page.locator("main input[type=search]").fill("li na")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="李娜").click()
    page.wait_for_url(f"**/customers/{li_na.pk}/")
    assert "li" not in page.url.rsplit("/", 3)[-3]
    assert page.get_by_text("138****8000").is_visible()
    check(desk, f"customer-{mark}")

    page.keyboard.press("r")
    page.get_by_text("+86 138 0013 8000").wait_for()
    desk.shot(f"customer-revealed-{mark}", whole=False)
    page.locator("#value-emails .gj-why:not(.gj-edit)").click()
    page.locator("#why[open] li").first.wait_for()
    check(desk, f"customer-why-{mark}")
    page.keyboard.press("Escape")
    page.locator(".rec-ask").first.click()
    page.locator("#why[open] li").first.wait_for()
    page.keyboard.press("Escape")

    place = page.locator("#value-job-title")
    place.hover()
    place.locator(".gj-edit").click()
    page.locator("#id-f-job-title").fill("Chief buyer")
    check(desk, f"customer-inline-{mark}")
    page.keyboard.press("Enter")
    page.locator("#value-job-title", has_text="Chief buyer").wait_for()

    for tab in ("history", "trail", "relationships", "notes", "proofs"):
        desk.go(f"/customers/{li_na.pk}/{tab}/")
        check(desk, f"customer-{tab}-{mark}")
    assert "13800138000" not in page.content()
    for path in (f"/customers/{li_na.pk}/edit/", "/customers/new/", "/customers/new/person/", "/standard/"):
        desk.go(path)
        check(desk, f"{path.strip('/').rsplit('/', 1)[-1]}-{mark}")
    desk.quiet()


def test_kai_gives_a_reason_for_an_identity_number_and_erases_the_record(
    visit: Any, hire: Callable[..., Person], bo: Person, li_na: Customer
) -> None:
    kai = hire("Kai", "records-admin", unit="Shanghai")
    actor = access_queries.actor_for(person=kai, at=clock.now(), mfa=True)
    actions.update(
        customer=li_na.pk, changes={"resident-id": "11010519491231002X"}, version=1, purpose="due-diligence",
        by=actor, at=clock.now(),
    )  # fmt: skip
    desk = visit(person=kai)
    page = desk.page
    desk.go(f"/customers/{li_na.pk}/")
    page.locator(".gj-purpose summary").click()
    page.get_by_role("button", name="Due diligence").click()
    page.locator("#value-resident-id").get_by_text("****002X").wait_for()

    page.locator("#value-resident-id [data-reveal]").click()
    page.locator("#ask[open]").wait_for()
    check(desk, "customer-reason-en-desktop")
    page.get_by_label("verify the customer's identity").check()
    page.locator("#ask").get_by_role("button", name="Reveal", exact=True).click()
    page.get_by_text("11010519491231002X").wait_for()
    page.locator("#ask").wait_for(state="hidden")

    desk.go(f"/customers/{li_na.pk}/erase/")
    check(desk, "erase-en-desktop")
    page.get_by_label("request of the customer").check()
    page.get_by_label("Code of the record").fill(page.locator(".rec-code").inner_text())
    page.get_by_role("button", name="Destroy the keys").click()
    page.get_by_text("This record was erased").wait_for()
    assert "李娜" not in page.content()
    check(desk, "erased-en-desktop")
    desk.quiet()


def test_bo_tags_three_customers_and_undoes_it(visit: Any, bo: Person, li_na: Customer) -> None:
    desk = visit(person=bo)
    page = desk.page
    desk.go("/customers/")
    for row in range(3):
        page.locator(".gj-pick").nth(row).check()
    check(desk, "customers-picked-en-desktop")
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_label("Tag").fill("fair")
    page.get_by_role("button", name="Preview").click()
    check(desk, "bulk-en-desktop")
    page.get_by_role("button", name="Do it").click()
    page.get_by_text("3 records are changed.").wait_for()
    check(desk, "customers-changed-en-desktop")
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("3 records are as they were before.").wait_for()
    page.get_by_text("Filter", exact=True).click()
    check(desk, "customers-filter-en-desktop")
    page.locator("#filter-kind").select_option("person")
    page.locator(".gj-filter-form").get_by_role("button", name="Show").first.click()
    page.get_by_text("Views", exact=True).click()
    page.get_by_label("Save these filters as").fill("People")
    page.get_by_role("button", name="Save the view").click()
    page.get_by_text("Views", exact=True).click()
    page.get_by_role("link", name="People").wait_for()
    check(desk, "customers-views-en-desktop")
    desk.quiet()
