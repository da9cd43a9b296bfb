"""Addresses of the console."""

from django.urls import path

from guiju.console.views import explorer, gallery, settings, shell, today

app_name = "console"
urlpatterns = [
    path("", shell.home, name="home"),
    path("today/", today.cockpit, name="today"),
    path("palette/", shell.commands, name="palette"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("ledger/", explorer.entries, name="ledger"),
    path("ledger/checkpoint/", explorer.checkpoint, name="ledger-checkpoint"),
    path("ledger/<int:entry_id>/", explorer.entry, name="ledger-entry"),
    path("ledger/<int:entry_id>/proof/", explorer.proof, name="ledger-proof"),
    path("settings/", settings.facts, name="settings"),
]
