"""Tables of the ledger."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Entry(models.Model):
    """One recorded fact. Inserted with the change it proves; never updated, never deleted."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=80)
    actor = models.CharField(max_length=80)
    subjects = ArrayField(models.UUIDField(), default=list)
    purpose = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=16)
    payload = models.TextField(default="{}")
