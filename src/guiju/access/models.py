"""Tables of access."""

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from guiju.kit.ids import uuid7
from guiju.kit.privacy import Erase, Export, kept

REF_LENGTH = 80
STAFF = "staff"


class Unit(models.Model):
    """A part of the organisation; units form a tree. ``path`` lists the ids from the root down, a dot after each."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=400, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], nulls_distinct=False, name="access_unit_name_once_under_a_parent"
            ),
        ]

    class Personal:
        none = "Names of parts of the organisation, not of people."

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """How many units stand above this one."""
        return self.path.count(".") - 1


class Person(AbstractBaseUser):
    """Somebody who works with Guiju: signs in, holds roles, acts. ``email`` is kept in lower case."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=12, blank=True)  # empty until the person has come in once
    is_active = models.BooleanField(default=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="people")
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="access_person_email_in_lower_case"),
        ]
        indexes = [models.Index(fields=["name", "id"], name="access_person_by_name")]

    class Personal:
        email = kept(purpose="security", retention=STAFF, export=Export.CLEAR, erase=Erase.REPLACE)
        name = kept(purpose="security", retention=STAFF, export=Export.CLEAR, erase=Erase.REPLACE)
        language = kept(purpose="account-management", retention=STAFF, export=Export.CLEAR, erase=Erase.REPLACE)
        last_login = kept(purpose="security", retention=STAFF, export=Export.CLEAR, erase=Erase.DELETE)
        password = kept(
            purpose="security", retention=STAFF, export=Export.NEVER, erase=Erase.DELETE, field_class="sensitive"
        )

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        """How ledger entries name this person."""
        return f"person:{self.pk}"


class Grant(models.Model):
    """A role given to a person in a unit, for a time. A revoked grant stays as history."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="grants")
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=REF_LENGTH)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=REF_LENGTH, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by="") | Q(revoked_at__isnull=False) & ~Q(revoked_by=""),
                name="access_grant_revoked_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("granted_at")),
                name="access_grant_expires_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "unit"],
                condition=Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="access_grant_once_per_person_role_unit",
            ),
        ]

    class Personal:
        none = "Ids, role codes and moments; the person they lead to is classed at Person."


class Token(models.Model):
    """A secret a program works with in a person's name. Only the SHA-256 of the secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32, unique=True)
    purposes = ArrayField(models.CharField(max_length=40))
    # What the person held when the token was made, as ``role:unit``. It may do what of this they still hold.
    roles = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=REF_LENGTH)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=REF_LENGTH, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by="") | Q(revoked_at__isnull=False) & ~Q(revoked_by=""),
                name="access_token_revoked_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="access_token_expires_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(purposes__len__gt=0), name="access_token_has_a_purpose"),
        ]

    class Personal:
        name = kept(purpose="security", retention=STAFF, export=Export.CLEAR, erase=Erase.DELETE)
        digest = kept(
            purpose="security", retention=STAFF, export=Export.NEVER, erase=Erase.DELETE, field_class="sensitive"
        )
        plain = ("prefix", "purposes", "roles", "created_by", "revoked_by")


class SignInLink(models.Model):
    """A link that signs a person in once, within half an hour. Only the SHA-256 of its secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sign_in_links")
    digest = models.BinaryField(max_length=32, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=REF_LENGTH)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    # Issued by one administrator alone: it opens no account in which somebody has settled meanwhile.
    first = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="access_link_expires_after_it_starts"
            ),
        ]

    class Personal:
        digest = kept(
            purpose="security", retention=STAFF, export=Export.NEVER, erase=Erase.DELETE, field_class="sensitive"
        )
        plain = ("issued_by",)


class Act(models.TextChoices):
    """What would let one security administrator take an account over, so that two must agree to it."""

    LINK = "link"
    FACTORS = "factors"
    ROLE = "role"


class Proposal(models.Model):
    """What one security administrator asks for and another must approve before it happens."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    act = models.CharField(max_length=16, choices=Act)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="proposals")
    role = models.CharField(max_length=40, blank=True, default="")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, approved__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, approved__isnull=False),
                name="access_proposal_decided_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=~Q(made_by=F("person"))
                & (
                    Q(approved__isnull=True)
                    | Q(approved=False)
                    | ~Q(decided_by=F("made_by")) & ~Q(decided_by=F("person"))
                ),
                name="access_proposal_approved_by_another",
            ),
            models.UniqueConstraint(
                fields=["person", "act", "role", "unit"],
                condition=Q(decided_at__isnull=True),
                nulls_distinct=False,
                name="access_proposal_waits_once",
            ),
        ]

    class Personal:
        none = "Ids, role codes and moments; the people they lead to are classed at Person."


class Notice(models.Model):
    """What others did to a person's way of signing in; they are told of it at the next sign-in and by mail."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    act = models.CharField(max_length=16, choices=Act)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "at"], name="access_notice_of_a_person")]

    class Personal:
        none = "Ids, codes and moments; the person they lead to is classed at Person."


class CallCount(models.Model):
    """How many calls somebody has made in the current minute; ``who`` is a keyed digest. Unlogged: a crash forgets."""

    who = models.BinaryField(primary_key=True, max_length=32)
    started = models.BigIntegerField()
    calls = models.PositiveIntegerField()

    class Personal:
        none = "Keyed digests of tokens and network addresses, overwritten every minute."


class RepeatableCall(models.Model):
    """A write that a token made with an Idempotency-Key: asked again within a day, it gets the first answer again.

    Key and body are kept as keyed digests, the answer as the id of what was made.
    """

    pk = models.CompositePrimaryKey("token_id", "key")
    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="+")
    key = models.BinaryField(max_length=32)
    body = models.BinaryField(max_length=32)
    made = models.UUIDField(null=True)
    status = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="access_repeatable_call_at")]

    class Personal:
        none = "Keyed digests and the id of what was made; deleted after a day."
