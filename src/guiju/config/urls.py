"""Every address of the product; each room brings its own."""

from django.urls import URLPattern, URLResolver, include, path

from guiju.config.health import alive

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", alive, name="alive"),
    path("", include("guiju.access.urls")),
    path("", include("guiju.console.urls")),
]
