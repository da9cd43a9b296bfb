"""Every address of the product; each room brings its own."""

from django.urls import URLPattern, URLResolver, include, path

from guiju.config.api import main as api
from guiju.config.health import alive

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", alive, name="alive"),
    path("api/v1/", api.urls),
    path("", include("guiju.access.urls")),
    path("", include("guiju.records.urls")),
    path("", include("guiju.console.urls")),
]

handler400 = "guiju.config.errors.bad_request"
handler404 = "guiju.access.web.not_found"
handler500 = "guiju.config.errors.broken"
