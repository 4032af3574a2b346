"""Addresses of the merchant API, below ``merchant/``."""

from __future__ import annotations

from django.urls import path

from merchants.api import numbers, receipts
from merchants.api.disputes import merchant as disputes
from merchants.api.exports import merchant as exports
from merchants.api.exports import papers
from merchants.api.merchant import (
    bank_accounts,
    fees,
    keys,
    offline,
    payments,
    pictures,
    posters,
    staff,
    stores,
    terminals,
    whereabouts,
)
from merchants.api.telling import deliveries, endpoints, events

__all__ = ["numbers", "urlpatterns"]  # numbers registers itself

urlpatterns = [
    path("orders", payments.OrderList.as_view()),
    path("orders/<order_no:order_no>/cancel", payments.OrderCancel.as_view()),
    path("payments", payments.TillPaymentList.as_view()),
    path("payments/<digits:number>", payments.TillPaymentDetail.as_view()),
    path("payments/<digits:number>/whereabouts", whereabouts.PaymentWhereabouts.as_view()),
    path("payments/<digits:number>/capture", payments.TillPaymentCapture.as_view()),
    path("payments/<digits:number>/void", payments.TillPaymentVoid.as_view()),
    path("payments/<digits:number>/refunds", payments.TillRefundList.as_view()),
    path("payments/<digits:number>/receipt", receipts.StoreReceipt.as_view()),
    path("payments/<digits:number>/receipt.pdf", receipts.StoreReceiptPdf.as_view()),
    path("exports", exports.MerchantExportList.as_view()),
    path("exports/<uuid:export_id>", exports.MerchantExportDetail.as_view()),
    path("settlements/<int:settlement_id>/statement", papers.SettlementStatement.as_view()),
    path("invoices/<order_no:month>", papers.FeeInvoice.as_view()),
    path("disputes", disputes.DisputeList.as_view()),
    path("disputes/<uuid:dispute_id>", disputes.DisputeDetail.as_view()),
    path("disputes/<uuid:dispute_id>/evidence", disputes.DisputeAnswer.as_view()),
    path("disputes/<uuid:dispute_id>/concede", disputes.DisputeConcede.as_view()),
    path("events", events.EventList.as_view()),
    path("events/<uuid:event_id>", events.EventDetail.as_view()),
    path("webhooks", endpoints.WebhookList.as_view()),
    path("webhooks/<uuid:webhook_id>", endpoints.WebhookDetail.as_view()),
    path("webhooks/<uuid:webhook_id>/verify", endpoints.WebhookVerify.as_view()),
    path("webhooks/<uuid:webhook_id>/rotate", endpoints.WebhookRotate.as_view()),
    path("webhooks/<uuid:webhook_id>/deliveries", deliveries.DeliveryList.as_view()),
    path("webhooks/<uuid:webhook_id>/replay", deliveries.WebhookReplay.as_view()),
    path("stores", stores.StoreList.as_view()),
    path("stores/<public_id:store_id>", stores.StoreDetail.as_view()),
    path("stores/<public_id:store_id>/picture", pictures.PictureDetail.as_view()),
    path("stores/<public_id:store_id>/posters", posters.PosterDetail.as_view()),
    path("stores/<public_id:store_id>/posters/recall", posters.PosterRecall.as_view()),
    path("stores/<public_id:store_id>/posters/print", posters.PosterPrint.as_view()),
    path("terminals", terminals.TerminalList.as_view()),
    path("terminals/<public_id:terminal_id>", terminals.TerminalDetail.as_view()),
    path(
        "terminals/<public_id:terminal_id>/offline-certificate",
        offline.TillCertificateDetail.as_view(),
    ),
    path("offline/terms", offline.OfflineTermsDetail.as_view()),
    path("offline/revocations", offline.RevocationDetail.as_view()),
    path("offline/vouchers", offline.VoucherList.as_view()),
    path("staff", staff.StaffList.as_view()),
    path("staff/<uuid:role_id>", staff.StaffDetail.as_view()),
    path("invitations", staff.InvitationList.as_view()),
    path("invitations/<uuid:invitation_id>", staff.InvitationDetail.as_view()),
    path("api-keys", keys.KeyList.as_view()),
    path("api-keys/<uuid:key_id>", keys.KeyDetail.as_view()),
    path("api-keys/<uuid:key_id>/rotate", keys.KeyRotate.as_view()),
    path("fee-plan", fees.FeePlanDetail.as_view()),
    path("fee-agreements", fees.AgreementList.as_view()),
    path("bank-accounts", bank_accounts.MerchantBankAccountList.as_view()),
    path(
        "bank-accounts/<uuid:account_id>",
        bank_accounts.MerchantBankAccountDetail.as_view(),
    ),
]
