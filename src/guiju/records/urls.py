"""Addresses of customer records."""

from django.urls import path

from guiju.records.views import (
    bulk,
    creating,
    customer,
    customers,
    editing,
    erasing,
    noting,
    relating,
    revealing,
    standard_page,
)

app_name = "records"
urlpatterns = [
    path("search/", customers.search, name="search"),
    path("customers/", customers.customers, name="customers"),
    path("customers/new/", creating.choose_kind, name="customer_new"),
    path("customers/new/<slug:kind>/", creating.new, name="customer_new_kind"),
    path("customers/bulk/undo/<uuid:bulk_id>/", bulk.undo, name="customers_bulk_undo"),
    path("customers/bulk/<slug:change>/", bulk.bulk, name="customers_bulk"),
    path("customers/<uuid:customer_id>/", customer.record, name="customer"),
    path("customers/<uuid:customer_id>/relationships/", customer.relationships, name="customer_relationships"),
    path("customers/<uuid:customer_id>/relationships/add/", relating.relate, name="customer_relate"),
    path("customers/<uuid:customer_id>/relationships/<uuid:tie_id>/end/", relating.end, name="customer_relation_end"),
    path("customers/<uuid:customer_id>/notes/", customer.notes, name="customer_notes"),
    path("customers/<uuid:customer_id>/notes/add/", noting.add, name="customer_note_add"),
    path("customers/<uuid:customer_id>/history/", customer.history, name="customer_history"),
    path("customers/<uuid:customer_id>/trail/", customer.access_trail, name="customer_trail"),
    path("customers/<uuid:customer_id>/proofs/", customer.proofs, name="customer_proofs"),
    path("customers/<uuid:customer_id>/proofs/<int:entry_id>/", customer.proof, name="customer_proof"),
    path("customers/<uuid:customer_id>/reveal/<slug:field>/", revealing.reveal, name="customer_reveal"),
    path("customers/<uuid:customer_id>/why/<slug:field>/", revealing.why, name="customer_why"),
    path("customers/<uuid:customer_id>/value/<slug:field>/", revealing.value, name="customer_value"),
    path("customers/<uuid:customer_id>/edit/", editing.edit, name="customer_edit"),
    path("customers/<uuid:customer_id>/edit/<slug:field>/", editing.edit_field, name="customer_edit_field"),
    path("customers/<uuid:customer_id>/restrict/", editing.restrict, name="customer_restrict"),
    path("customers/<uuid:customer_id>/erase/", erasing.erase, name="customer_erase"),
    path("standard/", standard_page.standard_page, name="standard"),
    path("standard/<str:sha256>/", standard_page.version, name="standard_version"),
]
