"""Tables of the vault; all of them live in the ``keyring`` database and hold no key in clear."""

from django.db import models
from django.db.models import Q


class DataKey(models.Model):
    """The wrapped data key of one customer and retention class; once shredded, its tombstone.

    ``settled`` says that the customer was seen to exist after the key was made. ``shred_order`` points to the order in
    the ledger to destroy this key; it is set while that order is being carried out.
    """

    class Personal:
        none = "Wrapped keys, ids and moments; no value of a customer."

    pk = models.CompositePrimaryKey("customer_id", "retention_class")
    customer_id = models.UUIDField()
    retention_class = models.CharField(max_length=40)
    wrapped = models.BinaryField(null=True)
    key_id = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    batch = models.UUIDField(null=True)
    settled = models.BooleanField(default=False)
    shred_order = models.UUIDField(null=True)
    shredded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wrapped__isnull=True, shredded_at__isnull=False)
                | Q(wrapped__isnull=False, shredded_at__isnull=True),
                name="vault_datakey_wrapped_until_shredded",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(settled=False), name="vault_datakey_unsettled"),
            models.Index(
                fields=["shred_order"], condition=Q(shred_order__isnull=False), name="vault_datakey_being_shredded"
            ),
        ]


class IndexKey(models.Model):
    """One generation of the wrapped root key from which the keys of all lookup digests are derived."""

    class Personal:
        none = "A wrapped key and its moment; no value of a customer."

    generation = models.PositiveIntegerField(primary_key=True)
    wrapped = models.BinaryField()
    key_id = models.CharField(max_length=80)
    created_at = models.DateTimeField()
