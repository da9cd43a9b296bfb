"""The navigation shows each person the pages that open to them, and no other."""

from django.urls import reverse

from guiju.access.actors import GUEST, Actor, Hold
from guiju.console import navigation


def actor(*roles: str) -> Actor:
    return Actor(ref="person:test", holds=tuple(Hold(role=role) for role in roles), mfa=True)


def urls(who: Actor) -> list[str]:
    return [item.url for section in navigation.sections(actor=who) for item in section.entries]


def test_a_guest_sees_no_page() -> None:
    assert navigation.sections(actor=GUEST) == []


def test_sales_people_see_customers_and_no_settings() -> None:
    seen = urls(actor("sales"))
    assert reverse("records:customers") in seen
    assert reverse("console:settings") not in seen
    assert reverse("console:ledger") not in seen


def test_an_auditor_sees_the_ledger() -> None:
    assert reverse("console:ledger") in urls(actor("auditor"))


def test_a_page_below_an_entry_marks_the_entry_as_current() -> None:
    found = navigation.sections(actor=actor("auditor"), view_name="console:ledger-entry")
    current = [item.url for section in found for item in section.entries if item.current]
    assert current == [reverse("console:ledger")]


def test_no_two_entries_share_a_shortcut() -> None:
    keys = [entry.key for group in navigation.GROUPS for entry in group.entries if entry.key]
    assert len(keys) == len(set(keys))
