"""Addresses of the wallet's API."""

from django.urls import path

from wallet.api import (
    activity,
    claims,
    money_requests,
    payees,
    people,
    schedules,
    splits,
    top_ups,
    transfers,
    wallets,
)

urlpatterns = [
    path("consumers", people.ConsumerList.as_view()),
    path("tokens", people.TokenList.as_view()),
    path("wallets", wallets.WalletList.as_view()),
    path("wallets/<uuid:wallet_id>", wallets.WalletDetail.as_view()),
    path("wallets/<uuid:wallet_id>/activity", activity.ActivityList.as_view()),
    path("wallets/<uuid:wallet_id>/top-ups", top_ups.TopUpList.as_view()),
    path("wallets/<uuid:wallet_id>/transfers", transfers.TransferList.as_view()),
    path("wallets/<uuid:wallet_id>/claims", claims.ClaimList.as_view()),
    path("wallets/<uuid:wallet_id>/claims/take", claims.ClaimTake.as_view()),
    path("wallets/<uuid:wallet_id>/claims/collect", claims.ClaimCollect.as_view()),
    path("claims/<uuid:claim_id>/cancel", claims.ClaimCancel.as_view()),
    path("wallets/<uuid:wallet_id>/scheduled-transfers", schedules.ScheduleList.as_view()),
    path("scheduled-transfers/<uuid:scheduled_id>", schedules.ScheduleDetail.as_view()),
    path("scheduled-transfers/<uuid:scheduled_id>/cancel", schedules.ScheduleCancel.as_view()),
    path("wallets/<uuid:wallet_id>/money-requests", money_requests.RequestList.as_view()),
    path("money-requests/<uuid:request_id>", money_requests.RequestDetail.as_view()),
    path("money-requests/<uuid:request_id>/pay", money_requests.RequestPay.as_view()),
    path("money-requests/<uuid:request_id>/decline", money_requests.RequestDecline.as_view()),
    path("money-requests/<uuid:request_id>/cancel", money_requests.RequestCancel.as_view()),
    path("wallets/<uuid:wallet_id>/splits", splits.SplitList.as_view()),
    path("splits/<uuid:split_id>", splits.SplitDetail.as_view()),
    path("transfers/<uuid:transfer_id>", transfers.TransferDetail.as_view()),
    path("profile", payees.ProfileDetail.as_view()),
    path("payees/lookup", payees.PayeeLookup.as_view()),
    path("top-ups/<uuid:top_up_id>", top_ups.TopUpDetail.as_view()),
    path("callbacks/bank", top_ups.BankCallback.as_view()),
]
