"""Addresses of the wallet's API."""

from django.urls import path

from wallet.api import (
    activity,
    callbacks,
    holds,
    limits,
    people,
    top_ups,
    transfers,
    wallets,
    withdrawals,
)

urlpatterns = [
    path("consumers", people.ConsumerList.as_view()),
    path("tokens", people.TokenList.as_view()),
    path("wallets", wallets.WalletList.as_view()),
    path("wallets/<uuid:wallet_id>", wallets.WalletDetail.as_view()),
    path("wallets/<uuid:wallet_id>/activity", activity.ActivityList.as_view()),
    path("wallets/<uuid:wallet_id>/close", wallets.WalletClose.as_view()),
    path("wallets/<uuid:wallet_id>/freeze", wallets.WalletFreeze.as_view()),
    path("wallets/<uuid:wallet_id>/holds", holds.HoldList.as_view()),
    path("wallets/<uuid:wallet_id>/unfreeze", wallets.WalletUnfreeze.as_view()),
    path("wallets/<uuid:wallet_id>/limits", limits.LimitList.as_view()),
    path("wallets/<uuid:wallet_id>/top-ups", top_ups.TopUpList.as_view()),
    path("wallets/<uuid:wallet_id>/transfers", transfers.TransferList.as_view()),
    path("wallets/<uuid:wallet_id>/virtual-account", top_ups.VirtualAccountDetail.as_view()),
    path("wallets/<uuid:wallet_id>/auto-top-up", top_ups.AutoTopUpDetail.as_view()),
    path("wallets/<uuid:wallet_id>/withdrawals", withdrawals.WithdrawalList.as_view()),
    path("top-ups/<uuid:top_up_id>", top_ups.TopUpDetail.as_view()),
    path("withdrawals/<uuid:withdrawal_id>", withdrawals.WithdrawalDetail.as_view()),
    path("bank-accounts", withdrawals.BankAccountList.as_view()),
    path("bank-accounts/<uuid:account_id>", withdrawals.BankAccountDetail.as_view()),
    path("bank-accounts/<uuid:account_id>/code", withdrawals.BankAccountCode.as_view()),
    path("callbacks/bank", callbacks.BankCallback.as_view()),
]
