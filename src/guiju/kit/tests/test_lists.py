"""Declared lists: what a reader asks by address or body, and what the page answers with."""

from urllib.parse import quote_plus

import pytest
from django.core.signing import Signer
from django.http import HttpRequest
from django.test import RequestFactory

from guiju.kit.errors import Invalid
from guiju.kit.lists import Asked, Column, Empty, Filter, ListPage, Results, Row

PAGE = ListPage(
    title="People",
    columns=(
        Column(key="name", label="Name", primary=True, sort="name", sort_down="name-down"),
        Column(key="age", label="Age", numeric=True, optional=True),
        Column(key="note", label="Note", optional=True, shown=False),
    ),
    filters=(
        Filter(key="state", label="State", choices=lambda: [("open", "Open"), ("shut", "Shut")]),
        Filter(key="day", label="Day", day=True),
    ),
    search="Search people",
    sort="newest",
    empty=Empty(title="Nobody yet", text="Add the first one."),
)
PRIVATE = ListPage(
    title=PAGE.title, columns=PAGE.columns, filters=PAGE.filters, search="Search", private=True, sort="newest",
    empty=PAGE.empty,
)  # fmt: skip


def ask(query: str = "", *, page: ListPage = PAGE, post: dict[str, str] | None = None) -> Asked:
    factory = RequestFactory()
    request: HttpRequest = factory.get(f"/{query}") if post is None else factory.post(f"/{query}", post)
    return page.asked(request)


def cursor(place: str, *, sort: str = "newest", way: str = "after", who: str = "") -> str:
    return quote_plus(Signer(salt=f"guiju.list:{who}:{way}:{sort}").sign(place))


@pytest.mark.parametrize(
    "forged",
    [
        "after=7",
        f"after=8{cursor('7')[1:]}",
        f"before={cursor('7')}",
        f"sort=name&after={cursor('7')}",
        f"after={cursor('7', who='somebody else')}",
    ],
)
def test_a_cursor_that_the_list_did_not_make_for_this_reader_and_order_is_refused(forged: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(f"?{forged}")
    assert refusal.value.problems[0].rule == "cursor"


def test_words_filters_order_and_cursor_are_read_from_the_address() -> None:
    asked = ask(f"?q= li &state=open&sort=name-down&after={cursor('7', sort='name-down')}")
    assert (asked.text, asked.filters, asked.sort, asked.after) == ("li", {"state": "open"}, "name-down", "7")


def test_a_choice_that_the_filter_does_not_offer_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refusal:
        ask("?state=ajar")
    assert refusal.value.problems[0].field == "state"


def test_an_order_that_the_list_does_not_know_is_refused() -> None:
    with pytest.raises(Invalid):
        ask("?sort=-name")


def test_a_filter_in_force_is_a_chip_that_leads_to_the_list_without_it() -> None:
    asked = ask(f"?q=li&state=open&after={cursor('7')}")
    (chip,) = PAGE.chips(asked)
    assert (chip.label, chip.value, chip.remove) == ("State", "Open", "?q=li")


def test_a_heading_sorts_up_first_then_down_and_says_so() -> None:
    (name, age) = PAGE.headings(ask())
    assert (name["url"], name["order"], age["url"]) == ("?sort=name", "", "")
    (name, _age) = PAGE.headings(ask("?sort=name"))
    assert (name["url"], name["order"]) == ("?sort=name-down", "ascending")


def test_an_empty_box_of_the_filter_form_leaves_no_trace_in_addresses() -> None:
    assert ask("?q=&state=open&day=").address(after="7") == "?state=open&after=7"


def test_optional_columns_start_as_declared_and_follow_the_reader() -> None:
    assert ask().columns == ("name", "age")
    assert ask("?columns=note").columns == ("name", "note")


def test_words_that_may_be_a_name_never_stand_in_an_address() -> None:
    asked = ask("?state=open&q=leaked", page=PRIVATE, post={"q": "Li Na", "day": "2026-11-23"})
    assert asked.text == asked.posted == "Li Na"
    assert asked.filters == {"state": "open", "day": "2026-11-23"}
    assert "q=" not in asked.address(after="7")
    assert "day=2026-11-23" in asked.address()


def rendered(query: str = "", *, rows: list[Row], page: ListPage = PAGE, post: dict[str, str] | None = None) -> str:
    factory = RequestFactory()
    request = factory.get(f"/{query}") if post is None else factory.post(f"/{query}", post)
    asked = page.asked(request)
    return page.respond(request, asked=asked, results=Results(rows=rows, older="9")).content.decode()


def test_a_row_shows_its_visible_columns_and_links_from_the_primary_one() -> None:
    html = rendered(rows=[Row(url="/people/1/", cells={"name": "Li Na", "age": 41, "note": "hidden"})])
    assert '<a href="/people/1/">Li Na' in html
    assert 'data-label="Age"' in html
    assert "hidden</td>" not in html
    assert f"?after={cursor('9')}" in html


def test_values_are_escaped() -> None:
    assert "<script>alert" not in rendered(rows=[Row(cells={"name": "<script>alert(1)</script>"})])


def test_an_empty_list_says_what_to_do_and_a_narrowed_one_how_to_widen() -> None:
    assert "Add the first one." in rendered(rows=[])
    assert "Nothing matches" in rendered("?state=open", rows=[])


def test_pages_of_a_private_search_are_forms_that_post_the_words() -> None:
    html = rendered(rows=[Row(cells={"name": "Li Na"})], page=PRIVATE, post={"q": "Li Na"})
    assert '<input type="hidden" name="q" value="Li Na">' in html
    assert 'href="?after=9' not in html
