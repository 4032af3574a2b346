"""Addresses of the merchant API."""

from __future__ import annotations

from django.urls import path, register_converter

from merchants.api import receipts
from merchants.api.disputes import merchant as disputes
from merchants.api.exports import merchant as exports
from merchants.api.exports import papers
from merchants.api.merchant import (
    applications,
    bank_accounts,
    fees,
    keys,
    offers,
    offline,
    payments,
    pictures,
    posters,
    profile,
    staff,
    stores,
    terminals,
    whereabouts,
)
from merchants.api.telling import deliveries, endpoints, events


class _PublicId:
    """A public id of a store or a till: what cannot be one is not looked for."""

    regex = "[A-Z0-9]{1,25}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class _OrderNumber(_PublicId):
    """A merchant's own number of an order."""

    regex = "[A-Za-z0-9_-]{1,64}"


class _Digits(_PublicId):
    """A number of a payment of ours."""

    regex = "[0-9]{18}"


register_converter(_PublicId, "public_id")
register_converter(_OrderNumber, "order_no")
register_converter(_Digits, "digits")

urlpatterns = [
    path("merchant/orders", payments.OrderList.as_view()),
    path("merchant/orders/<order_no:order_no>/cancel", payments.OrderCancel.as_view()),
    path("merchant/payments", payments.TillPaymentList.as_view()),
    path("merchant/payments/<digits:number>", payments.TillPaymentDetail.as_view()),
    path(
        "merchant/payments/<digits:number>/whereabouts", whereabouts.PaymentWhereabouts.as_view()
    ),
    path("merchant/payments/<digits:number>/capture", payments.TillPaymentCapture.as_view()),
    path("merchant/payments/<digits:number>/void", payments.TillPaymentVoid.as_view()),
    path("merchant/payments/<digits:number>/refunds", payments.TillRefundList.as_view()),
    path("merchant/payments/<digits:number>/receipt", receipts.StoreReceipt.as_view()),
    path("merchant/payments/<digits:number>/receipt.pdf", receipts.StoreReceiptPdf.as_view()),
    path("merchant/exports", exports.MerchantExportList.as_view()),
    path("merchant/exports/<uuid:export_id>", exports.MerchantExportDetail.as_view()),
    path(
        "merchant/settlements/<int:settlement_id>/statement", papers.SettlementStatement.as_view()
    ),
    path("merchant/invoices/<order_no:month>", papers.FeeInvoice.as_view()),
    path("merchant/disputes", disputes.DisputeList.as_view()),
    path("merchant/disputes/<uuid:dispute_id>", disputes.DisputeDetail.as_view()),
    path("merchant/disputes/<uuid:dispute_id>/evidence", disputes.DisputeAnswer.as_view()),
    path("merchant/disputes/<uuid:dispute_id>/concede", disputes.DisputeConcede.as_view()),
    path("merchant/events", events.EventList.as_view()),
    path("merchant/events/<uuid:event_id>", events.EventDetail.as_view()),
    path("merchant/webhooks", endpoints.WebhookList.as_view()),
    path("merchant/webhooks/<uuid:webhook_id>", endpoints.WebhookDetail.as_view()),
    path("merchant/webhooks/<uuid:webhook_id>/verify", endpoints.WebhookVerify.as_view()),
    path("merchant/webhooks/<uuid:webhook_id>/rotate", endpoints.WebhookRotate.as_view()),
    path("merchant/webhooks/<uuid:webhook_id>/deliveries", deliveries.DeliveryList.as_view()),
    path("merchant/webhooks/<uuid:webhook_id>/replay", deliveries.WebhookReplay.as_view()),
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
    path("merchant/stores", stores.StoreList.as_view()),
    path("merchant/stores/<public_id:store_id>", stores.StoreDetail.as_view()),
    path("merchant/stores/<public_id:store_id>/picture", pictures.PictureDetail.as_view()),
    path("merchant/stores/<public_id:store_id>/posters", posters.PosterDetail.as_view()),
    path("merchant/stores/<public_id:store_id>/posters/recall", posters.PosterRecall.as_view()),
    path("merchant/stores/<public_id:store_id>/posters/print", posters.PosterPrint.as_view()),
    path("stores/<public_id:store_id>/picture", pictures.PublicPicture.as_view()),
    path("merchant/terminals", terminals.TerminalList.as_view()),
    path("merchant/terminals/<public_id:terminal_id>", terminals.TerminalDetail.as_view()),
    path(
        "merchant/terminals/<public_id:terminal_id>/offline-certificate",
        offline.TillCertificateDetail.as_view(),
    ),
    path("merchant/offline/terms", offline.OfflineTermsDetail.as_view()),
    path("merchant/offline/revocations", offline.RevocationDetail.as_view()),
    path("merchant/offline/vouchers", offline.VoucherList.as_view()),
    path("merchant/staff", staff.StaffList.as_view()),
    path("merchant/staff/<uuid:role_id>", staff.StaffDetail.as_view()),
    path("merchant/invitations", staff.InvitationList.as_view()),
    path("merchant/invitations/<uuid:invitation_id>", staff.InvitationDetail.as_view()),
    path("merchant/api-keys", keys.KeyList.as_view()),
    path("merchant/api-keys/<uuid:key_id>", keys.KeyDetail.as_view()),
    path("merchant/api-keys/<uuid:key_id>/rotate", keys.KeyRotate.as_view()),
    path("merchant/fee-plan", fees.FeePlanDetail.as_view()),
    path("merchant/fee-agreements", fees.AgreementList.as_view()),
    path("merchant/bank-accounts", bank_accounts.MerchantBankAccountList.as_view()),
    path(
        "merchant/bank-accounts/<uuid:account_id>",
        bank_accounts.MerchantBankAccountDetail.as_view(),
    ),
]
