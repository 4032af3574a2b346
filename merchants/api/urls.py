"""Addresses of the payments API, and of the merchant API."""

from django.urls import include, path

from merchants.api import code_keys, views

urlpatterns = [
    path("payments", views.PaymentList.as_view()),
    path("payments/<str:number>", views.PaymentDetail.as_view()),
    path("payments/<str:number>/confirm", views.PaymentConfirm.as_view()),
    path("payments/<str:number>/decline", views.PaymentDecline.as_view()),
    path("codes/keys", code_keys.SigningKeyList.as_view()),
    path("codes/look", views.CodeLook.as_view()),
    path("", include("merchants.api.merchant.urls")),
]
