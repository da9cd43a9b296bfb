"""Settings: what this installation is made of; read-only, an operator changes it by environment variables."""

from django.conf import settings
from django.http import HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guiju.access.permissions import Permission
from guiju.access.web import Request, page
from guiju.console import installation
from guiju.kit.details import DetailPage, Fact, Panel


@page(needs=Permission.SETTINGS_READ)
def facts(request: Request) -> HttpResponse:
    """Show the facts of this installation."""
    panels = [_product(), *_databases(), _keys(), _ledger(request), _work(request)]
    words = _("Facts of this installation. An operator changes them by environment variables.")
    return DetailPage(title=_("Settings"), subtitle=words, panels=panels).respond(request)


def _product() -> Panel:
    versions = installation.versions()
    return Panel(
        title=_("Product"),
        facts=[
            Fact(label="Guiju", value=versions["guiju"]),
            Fact(label="Python", value=versions["python"]),
            Fact(label="Django", value=versions["django"]),
            Fact(label=_("Address"), value=settings.BASE_URL, cell="code"),
            Fact(label=_("Languages"), value=" · ".join(installation.languages())),
            Fact(label=_("Time zone"), value=settings.TIME_ZONE),
        ],
    )


def _databases() -> list[Panel]:
    titles = {"default": _("Main database"), "keyring": _("Key database")}
    return [
        Panel(
            title=titles[database.alias],
            facts=[
                Fact(label=pgettext("of a thing", "Name"), value=database.name, cell="code"),
                Fact(label="PostgreSQL", value=database.version),
                Fact(label=_("Place"), value=database.place, cell="code"),
                Fact(label=_("Size"), value=filesizeformat(database.size)),
            ],
        )
        for database in installation.databases()
    ]


def _keys() -> Panel:
    provider, key_id = installation.key_provider()
    return Panel(
        title=_("Keys"),
        note=_("The key-encryption key lives outside both databases. Back it up apart from them."),
        facts=[
            Fact(label=_("Key provider"), value=provider, cell="code"),
            Fact(label=_("Generation in use"), value=key_id, cell="copy"),
        ],
    )


def _ledger(request: Request) -> Panel:
    part = installation.sequencer(at=request.at)
    keys = [Fact(label=_("Public key"), value=key, cell="copy") for key in installation.ledger_keys()]
    return Panel(
        title=_("Ledger"),
        note=_("Give the public key to whoever is to verify this ledger without trusting you."),
        facts=[
            Fact(label=_("Origin"), value=settings.LEDGER_ORIGIN, cell="copy"),
            *keys,
            Fact(label=_("Sequencer"), value=_alive(alive=part.alive), cell="badge"),
            Fact(label=_("Last sign of life"), value=part.beat_at, cell="ago"),
        ],
    )


def _work(request: Request) -> Panel:
    part = installation.worker(at=request.at)
    return Panel(
        title=_("Background work"),
        facts=[
            Fact(label=_("Worker"), value=_alive(alive=part.alive), cell="badge"),
            Fact(label=_("Last sign of life"), value=part.beat_at, cell="ago"),
            Fact(label=_("Jobs waiting"), value=installation.waiting_jobs(), cell="number"),
        ],
    )


def _alive(*, alive: bool) -> tuple[str, str]:
    return ("success", _("At work")) if alive else ("danger", _("No sign of life"))
