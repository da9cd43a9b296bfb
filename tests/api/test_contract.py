"""Whatever a program sends, the API answers as its description says, and never with an error of its own."""

import os
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

EXAMPLES = int(os.environ.get("GUIJU_TEST_API_EXAMPLES", "8"))
# A schema cannot say all that the collection standard, the field policy and the state of a record decide.
DECIDED = ["2xx", "401", "403", "404", "409", "410", "412", "422"]
CONFIG = {
    "generation": {"deterministic": True, "max-examples": EXAMPLES, "database": "none"},
    "checks": {
        "not_a_server_error": {"expected-statuses": ["2xx", "4xx"]},
        "positive_data_acceptance": {"expected-statuses": DECIDED},
        "negative_data_rejection": {
            "expected-statuses": ["400", "401", "403", "404", "405", "406", "409", "410", "412", "415", "422", "428"]
        },
        "missing_required_header": {"expected-statuses": ["400", "401", "403", "415", "422", "428"]},
    },
}

schema = schemathesis.openapi.from_wsgi(
    "/api/v1/openapi.json", get_wsgi_application(), config=SchemathesisConfig.from_dict(CONFIG)
)


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
@schema.parametrize()
@settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_every_operation_answers_as_described(case: Any, world: Any) -> None:
    if case.meta is None or case.meta.generation.mode.is_positive:
        for name in case.path_parameters or {}:
            case.path_parameters[name] = world.ids.get(name, case.path_parameters[name])
        if "If-Match" in (case.headers or {}):
            case.headers["If-Match"] = world.etag()
    case.call_and_validate(headers=world.headers)
