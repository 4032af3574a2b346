"""Addresses of the wallet's API."""

from django.urls import path

from wallet.api import activity, notices, people, statements, top_ups, transfers, wallets

urlpatterns = [
    path("consumers", people.ConsumerList.as_view()),
    path("tokens", people.TokenList.as_view()),
    path("wallets", wallets.WalletList.as_view()),
    path("wallets/<uuid:wallet_id>", wallets.WalletDetail.as_view()),
    path("wallets/<uuid:wallet_id>/activity", activity.ActivityList.as_view()),
    path(
        "wallets/<uuid:wallet_id>/activity/<int:entry_id>/receipt",
        statements.ReceiptDetail.as_view(),
        name="receipt",
    ),
    path(
        "wallets/<uuid:wallet_id>/activity/<int:entry_id>/receipt.pdf",
        statements.ReceiptPdf.as_view(),
        name="receipt_pdf",
    ),
    path(
        "wallets/<uuid:wallet_id>/statements/<str:month>.csv",
        statements.StatementCsv.as_view(),
        name="statement_csv",
    ),
    path(
        "wallets/<uuid:wallet_id>/statements/<str:month>.pdf",
        statements.StatementPdf.as_view(),
        name="statement_pdf",
    ),
    path("wallets/<uuid:wallet_id>/statements/<str:month>", statements.StatementDetail.as_view()),
    path("wallets/<uuid:wallet_id>/top-ups", top_ups.TopUpList.as_view()),
    path("wallets/<uuid:wallet_id>/transfers", transfers.TransferList.as_view()),
    path("top-ups/<uuid:top_up_id>", top_ups.TopUpDetail.as_view()),
    path("notices", notices.NoticeList.as_view()),
    path("notices/read", notices.NoticesRead.as_view()),
    path("notices/preferences", notices.PreferenceDetail.as_view()),
    path("push-subscriptions", notices.SubscriptionList.as_view()),
    path("push-subscriptions/key", notices.ServerKey.as_view()),
    path("push-subscriptions/<uuid:subscription_id>", notices.SubscriptionDetail.as_view()),
    path("callbacks/bank", top_ups.BankCallback.as_view()),
]
