"""The API itself, with the operations of every room."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from guiju import __version__
from guiju.access import api as access
from guiju.access.calls import Bearer
from guiju.config.api import description, ledger, problems
from guiju.config.api.mounting import patterns
from guiju.config.api.parsing import StrictParser
from guiju.records import api as records

ABOUT = """Keep, find and prove customer data. Every call carries a token (`Authorization: Bearer gj_…`) and works
under one purpose (`Guiju-Purpose`); every value comes with its visibility; every read and write is on the ledger."""


class Renderer(JSONRenderer):
    """Writes every letter as it is."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


class GuijuAPI(NinjaAPI):
    """Django Ninja's API with a description of its own, made once."""

    @cached_property
    def described(self) -> dict[str, Any]:
        """Return the OpenAPI description."""
        return description.complete(super().get_openapi_schema())

    def get_openapi_schema(self, *, path_prefix: Any = None, path_params: Any = None) -> OpenAPISchema:
        """Return the OpenAPI description."""
        found: Any = self.described
        return found  # type: ignore[no-any-return]


def _answer(request: HttpRequest, error: Any) -> HttpResponse:
    return problems.answer(request, error)


def build() -> GuijuAPI:
    """Return the API with the operations of every room."""
    made = GuijuAPI(
        title="Guiju",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        urls_namespace="api",
        parser=StrictParser(),
        renderer=Renderer(),
        openapi_extra={"servers": [{"url": "/"}]},
    )
    made.add_exception_handler(Exception, _answer)
    for kind in list(made._exception_handlers):
        made.add_exception_handler(kind, _answer)
    for router in (*access.ROUTERS, *records.ROUTERS, ledger.router):
        made.add_router("", router)
    return made


api = build()
urls = (patterns(api.urls[0]), "ninja", "api")


def doors() -> dict[str, Bearer]:
    """Return the door of every operation by the operation's name: its ``needs`` and whether it takes a purpose."""
    found = [access.ROUTERS, records.ROUTERS, (ledger.router,)]
    operations = [
        operation
        for routers in found
        for router in routers
        for view in router.path_operations.values()
        for operation in view.operations
    ]
    return {operation.operation_id or "": operation.auth_param for operation in operations}  # type: ignore[misc]
