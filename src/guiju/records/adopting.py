"""Putting a version of the collection standard in force, on record."""

import json
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from guiju.access.actors import Actor
from guiju.access.door import action
from guiju.access.permissions import Permission
from guiju.kit.errors import Conflict
from guiju.ledger import journal
from guiju.records import events, standard
from guiju.records.models import StandardVersion


class AlreadyAdopted(Conflict):
    """The standard to adopt is in force already."""

    code = "already-adopted"
    message = _("This version of the collection standard is in force already.")


@action(needs=Permission.STANDARD_EDIT)
def adopt_standard(*, by: Actor, at: datetime) -> StandardVersion:
    """Keep the standard that this version of the product brings as the one in force; raises AlreadyAdopted."""
    rules = standard.load()
    adopted, fresh = StandardVersion.objects.get_or_create(
        sha256=rules.content_hash,
        defaults={
            "template": rules.template,
            "version": rules.version,
            "content": json.loads(rules.model_dump_json(by_alias=True)),
            "adopted_at": at,
        },
    )
    if not fresh:
        raise AlreadyAdopted
    event = events.StandardAdopted(code=rules.template, version=rules.version, sha256=rules.content_hash)
    journal.record(event, by=by, at=at)
    return adopted


def is_adopted() -> bool:
    """Say whether the standard that this version of the product brings is on record as the one in force."""
    return StandardVersion.objects.filter(sha256=standard.load().content_hash).exists()


def adopted() -> list[StandardVersion]:
    """Return all versions that were put in force, the newest first."""
    return list(StandardVersion.objects.order_by("-adopted_at", "-id"))
