"""Pages of these tests name their files plainly: nothing was collected."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _plain_files(settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
