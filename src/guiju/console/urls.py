"""Addresses of the console."""

from django.urls import path

from guiju.console.views import gallery, settings, shell

app_name = "console"
urlpatterns = [
    path("", shell.home, name="home"),
    path("palette/", shell.commands, name="palette"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("settings/", settings.facts, name="settings"),
]
