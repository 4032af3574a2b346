"""Addresses of the wallet's API."""

from django.urls import path

from wallet.api import views

urlpatterns = [
    path("consumers", views.ConsumerList.as_view()),
    path("tokens", views.TokenList.as_view()),
    path("wallets", views.WalletList.as_view()),
    path("wallets/<uuid:wallet_id>", views.WalletDetail.as_view()),
    path("wallets/<uuid:wallet_id>/activity", views.ActivityList.as_view()),
    path("wallets/<uuid:wallet_id>/top-ups", views.TopUpList.as_view()),
    path("wallets/<uuid:wallet_id>/transfers", views.TransferList.as_view()),
    path("top-ups/<uuid:top_up_id>", views.TopUpDetail.as_view()),
    path("callbacks/bank", views.BankCallback.as_view()),
]
