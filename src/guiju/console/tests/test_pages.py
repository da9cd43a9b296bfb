"""Today, settings, palette, gallery and the pages for what went wrong."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from guiju.access import queries, recovering
from guiju.access.models import Act, Unit
from guiju.access.tests.cast import add, sign_in
from guiju.console import today
from guiju.console.context import Shell
from guiju.console.today import _duration
from guiju.kit import clock
from guiju.ledger.models import Entry
from guiju.records.models import ImportState

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def unit() -> Unit:
    """The one unit of these tests."""
    return Unit.objects.create(name="Head office", path="1.")


@pytest.fixture
def mei(unit: Unit) -> Client:
    """Mei, who sees to compliance and to the installation."""
    return sign_in(add("Mei", "compliance-officer", "security-admin", unit=unit))


def text(client: Client, name: str, **post: str) -> str:
    address = reverse(f"console:{name}")
    return (client.post(address, post) if post else client.get(address)).content.decode()


def test_the_first_address_leads_to_today(mei: Client) -> None:
    assert mei.get("/")["Location"] == reverse("console:today")


def test_a_guest_at_the_first_address_is_asked_to_sign_in() -> None:
    answer = Client().get("/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_today_pairs_each_number_with_its_list(unit: Unit) -> None:
    html = text(sign_in(add("Bo", "sales", unit=unit)), "today")
    for narrowed in ("", "?kind=person", "?kind=organisation", "?state=restricted"):
        assert f'href="{reverse("records:customers")}{narrowed}"' in html


def test_today_without_customers_says_what_to_do(unit: Unit) -> None:
    assert "No customers yet" in text(sign_in(add("Bo", "sales", unit=unit)), "today")


def test_today_asked_by_htmx_answers_with_the_imports_alone(mei: Client) -> None:
    html = mei.get(reverse("console:today"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html


def test_today_tells_an_administrator_that_a_colleague_waits_for_approval(unit: Unit, mei: Client) -> None:
    ada, bo = add("Ada", "security-admin", unit=unit), add("Bo", "sales", unit=unit)
    at = clock.now()
    recovering.propose(
        act=Act.ROLE,
        person=bo,
        role="security-admin",
        unit=unit,
        by=queries.actor_for(person=ada, at=at, mfa=True),
        at=at,
    )
    assert "1 request waits for a second administrator" in text(mei, "today")
    assert "waits for a second" not in text(sign_in(ada), "today"), "nobody approves what they asked for"
    assert "waits for a second" not in text(sign_in(bo), "today")


def test_only_overseers_read_about_refusals_on_today(unit: Unit, mei: Client) -> None:
    assert "Refused in the last seven days" in text(mei, "today")
    assert "Refused in the last seven days" not in text(sign_in(add("Bo", "sales", unit=unit)), "today")


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (200, "3 minutes")]
)
def test_time_left_is_told_in_words(seconds: int, words: str) -> None:
    assert _duration(seconds) == words


def test_every_state_of_an_import_is_shown_as_something() -> None:
    assert set(today.SHOWN_AS) == set(ImportState)


def test_settings_show_facts_and_no_secret(mei: Client) -> None:
    html = text(mei, "settings")
    assert "KeyFile" in html
    assert "PostgreSQL" in html
    assert "postgresql://" not in html


def test_the_palette_lists_the_pages_that_open_to_the_reader(mei: Client) -> None:
    html = text(mei, "palette", q="")
    assert reverse("console:ledger") in html
    assert reverse("records:customers") in html


def test_the_palette_narrows_to_what_was_typed(mei: Client) -> None:
    html = text(mei, "palette", q="LEDG")
    assert reverse("console:ledger") in html
    assert reverse("access:people") not in html


def test_looking_for_a_customer_in_the_palette_offers_the_search_and_puts_no_name_in_an_address(mei: Client) -> None:
    html = text(mei, "palette", q="Li Na")
    assert '<input type="hidden" name="q" value="Li Na">' in html
    assert "q=Li" not in html


def test_a_look_that_finds_nobody_leaves_no_entry(mei: Client) -> None:
    before = Entry.objects.count()
    text(mei, "palette", q="Nobody At All")
    assert Entry.objects.count() == before


def test_the_gallery_opens_to_everybody_with_an_account(unit: Unit) -> None:
    assert "Component gallery" in text(sign_in(add("Bo", "sales", unit=unit)), "gallery")


@pytest.mark.parametrize("name", ["400", "403", "404", "500"])
def test_what_went_wrong_is_told_even_when_nothing_is_known_about_the_reader(name: str) -> None:
    assert 'href="/"' in render_to_string(f"{name}.html")


def test_a_page_that_does_not_exist_is_told_as_such(mei: Client) -> None:
    answer = mei.get("/no/such/page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_a_form_gone_stale_is_told_as_such(mei: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = mei.cookies
    answer = strict.post(reverse("access:purpose"), {"purpose": "service"})
    assert answer.status_code == 403
    assert "no longer valid" in answer.content.decode()


def test_the_frame_of_a_page_made_by_a_post_leads_back_to_the_start() -> None:
    assert Shell(RequestFactory().post("/customers/")).here == "/"
    assert Shell(RequestFactory().get("/customers/?kind=person")).here == "/customers/?kind=person"
