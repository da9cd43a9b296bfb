"""Views of the list that people keep for themselves or share."""

import pytest

from guiju.access.models import Person
from guiju.access.tests.cast import sign_in
from guiju.records.models import Customer, SavedView
from guiju.records.tests.browsing import PLAIN_STATIC, kinds, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture(autouse=True)
def _static(settings: pytest.FixtureRequest) -> None:
    settings.STORAGES = PLAIN_STATIC  # type: ignore[attr-defined]


SAVE = "/customers/views/save/"


def test_bo_keeps_a_view_and_what_he_searched_for_is_not_in_it(bo: Person, li_na: Customer) -> None:
    bos = sign_in(bo)

    saved = bos.post(SAVE, {"name": "My people", "params": "?kind=person&sort=oldest&q=13800138000&after=x"})

    assert saved["Location"] == "/customers/?kind=person&sort=oldest"
    page = text_of(bos.get("/customers/"))
    assert "My people" in page
    assert 'href="?kind=person&amp;sort=oldest"' in page
    assert "records.view.saved" in kinds()


def test_a_private_view_is_nobody_elses_and_a_shared_one_is_everybodys(bo: Person, ada: Person) -> None:
    bos, adas = sign_in(bo), sign_in(ada)
    bos.post(SAVE, {"name": "Private", "params": "?kind=person"})
    bos.post(SAVE, {"name": "Common", "params": "?kind=organisation", "shared": "on"})

    page = text_of(adas.get("/customers/"))
    assert "Common" in page
    assert "Private" not in page
    common = SavedView.objects.get(name="Common")
    assert adas.post(f"/customers/views/{common.pk}/drop/").status_code == 404
    assert bos.post(f"/customers/views/{common.pk}/drop/").status_code == 302
    assert "Common" not in text_of(adas.get("/customers/"))


def test_a_name_is_needed_and_used_again_it_replaces(bo: Person) -> None:
    bos = sign_in(bo)
    assert bos.post(SAVE, {"name": " ", "params": "?kind=person"}).status_code == 422
    bos.post(SAVE, {"name": "Mine", "params": "?kind=person"})
    bos.post(SAVE, {"name": "Mine", "params": "?kind=organisation"})

    assert SavedView.objects.get().params == "kind=organisation"


def test_filters_that_are_too_long_to_keep_are_refused_in_a_sentence(bo: Person) -> None:
    bos = sign_in(bo)
    refused = bos.post(SAVE, {"name": "Mine", "params": f"?tag={'客' * 112}"})
    assert refused.status_code == 422
    assert "These filters are too long to keep." in text_of(refused)
    assert not SavedView.objects.exists()
