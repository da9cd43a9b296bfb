"""The product's addresses with the twins beside them."""

from django.urls import path

from guiju.config.urls import urlpatterns as product
from plain import views

urlpatterns = [
    path("plain/people/<uuid:pk>/", views.page, name="plain-page"),
    path("plain/people/<uuid:pk>/edit/", views.edit_phone, name="plain-edit"),
    path("plain/api/", views.api.urls),
    *product,
]
