"""Addresses of the payer's pages."""

from django.urls import path

from merchants.web.payer import codes, payments, scanning
from merchants.web.payer.words import learn

learn()

app_name = "payer"
urlpatterns = [
    path("scan", scanning.Scan.as_view(), name="scan"),
    path("scan/<uuid:key>", scanning.Amount.as_view(), name="amount"),
    path("pay", codes.PayCode.as_view(), name="pay"),
    path("pay/latest", codes.Latest.as_view(), name="latest"),
    path("pay/phone", codes.PhoneBinding.as_view(), name="phone"),
    path("pay/phone/key", codes.PhoneKey.as_view(), name="phone_key"),
    path("payments/<str:number>.pdf", payments.ReceiptPdf.as_view(), name="receipt"),
    path("payments/<str:number>", payments.PaymentPage.as_view(), name="payment"),
]
