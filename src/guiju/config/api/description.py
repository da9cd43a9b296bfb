"""The OpenAPI description: what Django Ninja writes, with our problems, limits and words."""

from typing import Any

from ninja.openapi.schema import OpenAPISchema

from guiju.config.api.problems import ProblemOut

REF = "#/components/schemas/{model}"
LIMITS = {
    "RateLimit-Policy": "The allowance: calls per seconds.",
    "RateLimit": "What is left of it, and in how many seconds it starts anew.",
}


def complete(found: OpenAPISchema) -> dict[str, Any]:
    """Return the description with the shape of problems and the headers that every answer has."""
    told: dict[str, Any] = found
    schemas = told["components"]["schemas"]
    problem = ProblemOut.model_json_schema(ref_template=REF)
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    for operations in told["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) not in (401, 500, 503):
                    answer.setdefault("headers", {}).update(_limits())
    return told


def _limits() -> dict[str, Any]:
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in LIMITS.items()}
