"""Addresses of the payments API, and of what a merchant is before it is one."""

from django.urls import path

from merchants.api import code_keys, numbers, offline, receipts, views
from merchants.api.disputes import payer
from merchants.api.exports import finance
from merchants.api.merchant import applications, offers, pictures, profile

__all__ = ["numbers", "urlpatterns"]  # numbers registers itself

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
    path("merchants", profile.OwnMerchantList.as_view()),
    path("merchant-applications", applications.ApplicationList.as_view()),
    path("merchant-applications/<uuid:application_id>", applications.ApplicationDetail.as_view()),
    path(
        "merchant-applications/<uuid:application_id>/withdraw",
        applications.ApplicationWithdraw.as_view(),
    ),
    path("merchant-invitations", offers.OfferList.as_view()),
    path("merchant-invitations/<uuid:invitation_id>/accept", offers.OfferAccept.as_view()),
    path("merchant-invitations/<uuid:invitation_id>/decline", offers.OfferDecline.as_view()),
    path("merchant", profile.MerchantDetail.as_view()),
    path("stores/<public_id:store_id>/picture", pictures.PublicPicture.as_view()),
]
