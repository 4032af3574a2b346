"""Addresses of the payments API."""

from django.urls import path

from merchants.api import views

urlpatterns = [
    path("payments", views.PaymentList.as_view()),
    path("payments/<str:number>", views.PaymentDetail.as_view()),
]
