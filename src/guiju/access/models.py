"""Tables of access."""

import uuid

from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from guiju.kit.ids import uuid7


class Unit(models.Model):
    """A part of the organisation; units form a tree. ``path`` lists the ids from the root down, each followed by a dot."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=400, unique=True)


class Person(AbstractBaseUser):
    """Somebody who works with Guiju: signs in, holds roles, acts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=12, default="en")
    is_active = models.BooleanField(default=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="people")
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]


class Grant(models.Model):
    """A role given to a person in a unit, for a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="grants")
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
