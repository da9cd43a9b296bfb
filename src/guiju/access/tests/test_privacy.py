import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from guiju.kit import privacy


@pytest.mark.parametrize("model", list(apps.get_app_config("access").get_models()), ids=lambda model: model.__name__)
def test_every_table_of_access_classes_its_personal_fields(model: type[models.Model]) -> None:
    assert privacy.problems(model) == []


@isolate_apps("guiju.kit")
def test_a_free_text_field_that_nobody_classed_is_found() -> None:
    class Forgetful(models.Model):
        remark = models.TextField()
        kind = models.CharField(max_length=9)

        class Meta:
            app_label = "kit"
            managed = False

        class Personal:
            plain = ("kind", "gone")

    assert privacy.problems(Forgetful) == [
        "kit.Forgetful has no field gone.",
        "kit.Forgetful.remark can hold personal data and is not classed.",
    ]
