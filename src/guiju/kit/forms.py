"""Words between the product's refusals and Django's forms."""

from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm, BoundField

from guiju.kit.errors import Refused, Words


@dataclass(frozen=True, kw_only=True)
class FieldProblem:
    """What is wrong with one input, and what to do about it."""

    message: Words
    remedy: Words = ""


def refuse(form: BaseForm, refused: Refused) -> None:
    """Show a refusal in the form: each problem at its field, everything else above the form."""
    for problem in refused.problems:
        field = problem.field if problem.field in form.fields else NON_FIELD_ERRORS
        form.add_error(field, _error(problem.message, problem.rule, problem.remedy))
    if not refused.problems:
        form.add_error(NON_FIELD_ERRORS, _error(refused.message, refused.code, refused.remedy))


def _error(message: Words, code: str, remedy: Words) -> ValidationError:
    return ValidationError(str(message).replace("%", "%%"), code=code, params={"remedy": remedy})


def problems_of(source: BoundField | BaseForm) -> list[FieldProblem]:
    """Return the problems of a field, or those of a whole form that belong to no field."""
    errors = source.errors if isinstance(source, BoundField) else source.non_field_errors()
    return [
        FieldProblem(message="".join(error.messages), remedy=(error.params or {}).get("remedy", ""))
        for error in errors.as_data()
    ]
