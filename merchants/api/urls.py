"""Addresses of the payments API, and of the merchant API."""

from django.urls import include, path

from merchants.api import code_keys, offline, receipts, views
from merchants.api.disputes import payer
from merchants.api.exports import finance

urlpatterns = [
    path("payments", views.PaymentList.as_view()),
    path("payments/<str:number>", views.PaymentDetail.as_view()),
    path("payments/<str:number>/confirm", views.PaymentConfirm.as_view()),
    path("payments/<str:number>/decline", views.PaymentDecline.as_view()),
    path("payments/<str:number>/receipt", receipts.PayerReceipt.as_view()),
    path("payments/<str:number>/receipt.pdf", receipts.PayerReceiptPdf.as_view()),
    path("codes/keys", code_keys.SigningKeyList.as_view()),
    path("till-payments", offline.TillPaymentList.as_view()),
    path("till-payments/look", offline.TillCodeLook.as_view()),
    path("wallets/<uuid:wallet_id>/offline-allowances", offline.AllowanceList.as_view()),
    path(
        "wallets/<uuid:wallet_id>/offline-allowances/<uuid:allowance_id>",
        offline.AllowanceDetail.as_view(),
    ),
    path(
        "wallets/<uuid:wallet_id>/offline-allowances/<uuid:allowance_id>/end",
        offline.AllowanceEnd.as_view(),
    ),
    path("offline/issuer-keys", offline.IssuerKeyList.as_view()),
    path("offline/exposure", offline.ExposureList.as_view()),
    path("payments/<str:number>/dispute", payer.PayerDispute.as_view()),
    path("payments/<str:number>/dispute/withdraw", payer.PayerDisputeWithdraw.as_view()),
    path("payments/<str:number>/dispute/evidence", payer.PayerEvidence.as_view()),
    path("codes/look", views.CodeLook.as_view()),
    path("finance/exports", finance.FinanceExportList.as_view()),
    path("merchant-files/<str:token>", finance.ExportFile.as_view(), name="export-file"),
    path("", include("merchants.api.merchant.urls")),
]
