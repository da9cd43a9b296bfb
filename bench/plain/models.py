"""Ordinary tables with the same fields in clear, ordinary indexes and foreign keys."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from guiju.access.models import Person as Colleague
from guiju.access.models import Unit
from guiju.kit.ids import uuid7


class Place(models.Model):
    """What both kinds of record say of themselves."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=16, default="active")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Colleague, null=True, on_delete=models.PROTECT, related_name="+")
    jurisdiction = models.CharField(max_length=2, blank=True)
    basis = models.CharField(max_length=40)
    purposes = ArrayField(models.CharField(max_length=40))
    source = models.CharField(max_length=200)
    reference = models.CharField(max_length=120, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    phone = models.CharField(max_length=60, blank=True)
    email = models.CharField(max_length=254, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True
        app_label = "plain"


class Organisation(Place):
    """An organisation."""

    name = models.CharField(max_length=300)
    street = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=100, blank=True)

    class Meta(Place.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["name"], name="plain_organisation_name"),
            models.Index(fields=["phone"], name="plain_organisation_phone"),
            models.Index(fields=["email"], name="plain_organisation_email"),
            models.Index(fields=["reference"], name="plain_organisation_reference"),
            models.Index(fields=["-updated_at", "-id"], name="plain_organisation_updated"),
        ]


class Person(Place):
    """A person."""

    name = models.CharField(max_length=300)
    job_title = models.CharField(max_length=160, blank=True)

    class Meta(Place.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["name"], name="plain_person_name"),
            models.Index(fields=["phone"], name="plain_person_phone"),
            models.Index(fields=["email"], name="plain_person_email"),
            models.Index(fields=["-updated_at", "-id"], name="plain_person_updated"),
        ]


class Relationship(models.Model):
    """A person's tie to an organisation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "plain"


TABLES = (Organisation, Person, Relationship)
