"""Addresses of the payer's pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from merchants.web.payer import allowances, codes, payments, scanning, till_codes
from merchants.web.payer.words import learn
from wallet.web.shell import keep_at_hand

learn()
keep_at_hand(
    files=[
        "offline/without.js",
        "offline/phone.js",
        "offline/wire.js",
        "offline/kept.js",
        "wallet/vendor/lean-qr-2.7.4/lean-qr.js",
    ],
    page="/pay/without",
    label=_("Pay with no network at all"),
)

app_name = "payer"
urlpatterns = [
    path("scan", scanning.Scan.as_view(), name="scan"),
    path("scan/<uuid:key>", scanning.Amount.as_view(), name="amount"),
    path("pay", codes.PayCode.as_view(), name="pay"),
    path("pay/latest", codes.Latest.as_view(), name="latest"),
    path("pay/phone", codes.PhoneBinding.as_view(), name="phone"),
    path("pay/phone/key", codes.PhoneKey.as_view(), name="phone_key"),
    path("pay/receipt/<uuid:key>", till_codes.TillReceipt.as_view(), name="till_receipt"),
    path("pay/allowance", allowances.Allowances.as_view(), name="allowances"),
    path("pay/allowance/<uuid:key>/end", allowances.AllowanceEnd.as_view(), name="allowance_end"),
    path(
        "pay/allowance/<uuid:key>/certificate",
        allowances.AllowanceCertificate.as_view(),
        name="allowance_certificate",
    ),
    path("pay/without", allowances.Without.as_view(), name="without"),
    path("payments/<str:number>/tip", scanning.Tip.as_view(), name="tip"),
    path("payments/<str:number>.pdf", payments.ReceiptPdf.as_view(), name="receipt"),
    path("payments/<str:number>", payments.PaymentPage.as_view(), name="payment"),
]
