"""Addresses of the payer's pages."""

from django.urls import path

from merchants.web.payer import payments, scanning
from merchants.web.payer.words import learn

learn()

app_name = "payer"
urlpatterns = [
    path("scan", scanning.Scan.as_view(), name="scan"),
    path("scan/<uuid:key>", scanning.Amount.as_view(), name="amount"),
    path("pay", scanning.Scan.as_view(), name="pay"),
    path("payments/<str:number>", payments.PaymentPage.as_view(), name="payment"),
]
