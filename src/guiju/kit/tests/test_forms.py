"""Refusals in forms: each problem at its field, with its remedy."""

from django import forms
from django.template import Context, Template

from guiju.kit.errors import Invalid, NotPermitted, Problem
from guiju.kit.forms import problems_of, refuse


class Sheet(forms.Form):
    """A form of one field."""

    phone = forms.CharField(label="Phone", required=False, help_text="With the country code.")


def refused() -> Sheet:
    form = Sheet({"phone": "12"})
    assert form.is_valid()
    problem = Problem(field="phone", rule="phone", message="This is 100% no number.", remedy="Write all digits.")
    refuse(form, Invalid(problems=[problem]))
    return form


def test_a_problem_stands_at_its_field_with_its_remedy() -> None:
    (problem,) = problems_of(refused()["phone"])
    assert (problem.message, problem.remedy) == ("This is 100% no number.", "Write all digits.")


def test_a_refusal_without_problems_stands_above_the_form() -> None:
    form = Sheet({"phone": "12"})
    assert form.is_valid()
    refuse(form, NotPermitted("Not allowed.", remedy="Ask."))
    assert [problem.message for problem in problems_of(form)] == ["Not allowed."]


def test_a_problem_of_a_field_that_the_form_lacks_is_not_lost() -> None:
    form = Sheet({"phone": "12"})
    assert form.is_valid()
    refuse(form, Invalid(problems=[Problem(field="fax", rule="fax", message="Nobody has a fax.")]))
    assert [problem.message for problem in problems_of(form)] == ["Nobody has a fax."]


def test_a_screen_reader_hears_the_help_and_the_problem_of_a_field() -> None:
    html = Template('{% cotton field :field="form.phone" / %}').render(Context({"form": refused()}))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_phone_help id_phone_error"' in html
    assert 'id="id_phone_error"' in html
    assert 'id="id_phone_help"' in html
