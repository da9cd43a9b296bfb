"""Addresses of the console."""

from django.urls import path

from guiju.console.views import gallery, shell

app_name = "console"
urlpatterns = [
    path("", shell.home, name="home"),
    path("language/", shell.language, name="language"),
    path("palette/", shell.commands, name="palette"),
    path("gallery/", gallery.gallery, name="gallery"),
]
