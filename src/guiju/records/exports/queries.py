"""Reads of the export gate: an export belongs to whoever asked for it."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.access.actors import Actor
from guiju.kit.errors import NotFound
from guiju.records.models import ExportBatch

MOST = 50


def recent(*, actor: Actor, before: UUID | None = None, size: int = MOST) -> list[ExportBatch]:
    """Return the actor's exports, the newest first."""
    found = ExportBatch.objects.filter(actor=actor.ref)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:size])


def one(*, export: UUID, actor: Actor) -> ExportBatch:
    """Return one export; raises NotFound where it is not the actor's."""
    found = ExportBatch.objects.filter(actor=actor.ref, pk=export).first()
    if found is None:
        raise NotFound(_("There is no such export."))
    return found
