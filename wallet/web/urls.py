"""Addresses of the consumer wallet's pages, in nouns."""

from django.urls import path

from wallet.web import confirming, shell
from wallet.web.entry import home, signing
from wallet.web.money import (
    bank_accounts,
    claims,
    requests,
    sending,
    top_ups,
    withdrawals,
)
from wallet.web.reading import activity, notices, statements
from wallet.web.settings import person, proofs, wallets

app_name = "wallet"
urlpatterns = [
    path("", home.Front.as_view(), name="home"),
    path("open", home.Open.as_view(), name="open"),
    path("manifest.webmanifest", shell.Manifest.as_view(), name="manifest"),
    path("sw.js", shell.Worker.as_view(), name="worker"),
    path("offline", shell.Offline.as_view(), name="offline"),
    path("language", shell.Speak.as_view(), name="language"),
    path("sign-in", signing.SignIn.as_view(), name="sign_in"),
    path("sign-up", signing.SignUp.as_view(), name="sign_up"),
    path("sign-up/code", signing.SignUpCode.as_view(), name="sign_up_code"),
    path("sign-out", signing.SignOut.as_view(), name="sign_out"),
    path("confirm/<uuid:key>", confirming.Confirm.as_view(), name="confirm"),
    path("confirm/<uuid:key>/code", confirming.SecondProof.as_view(), name="second_proof"),
    path("top-up", top_ups.TopUps.as_view(), name="top_up"),
    path("top-up/automatic", wallets.AutoTopUpPage.as_view(), name="auto_top_up"),
    path("top-ups/<uuid:top_up_id>", top_ups.TopUpDetail.as_view(), name="top_up_detail"),
    path("send", sending.Send.as_view(), name="send"),
    path("send/payee", sending.PayeeCheck.as_view(), name="payee"),
    path("transfers/<uuid:transfer_id>", sending.TransferDetail.as_view(), name="transfer"),
    path("scheduled", sending.Schedules.as_view(), name="schedules"),
    path(
        "scheduled/<uuid:scheduled_id>/cancel",
        sending.ScheduleCancel.as_view(),
        name="schedule_cancel",
    ),
    path("claims", claims.Claims.as_view(), name="claims"),
    path("claims/<uuid:claim_id>", claims.ClaimDetail.as_view(), name="claim"),
    path("c/<str:token>", claims.ClaimLink.as_view(), name="claim_link"),
    path("c/<str:token>/take", claims.ClaimTake.as_view(), name="claim_take"),
    path("requests", requests.Requests.as_view(), name="requests"),
    path("requests/new", requests.Ask.as_view(), name="ask"),
    path("requests/<uuid:request_id>", requests.RequestDetail.as_view(), name="request"),
    path("splits/new", requests.Split.as_view(), name="split"),
    path("splits/<uuid:split_id>", requests.SplitDetail.as_view(), name="split_detail"),
    path("withdraw", withdrawals.Withdraw.as_view(), name="withdraw"),
    path(
        "withdrawals/<uuid:withdrawal_id>",
        withdrawals.WithdrawalDetail.as_view(),
        name="withdrawal",
    ),
    path("bank-accounts", bank_accounts.BankAccounts.as_view(), name="bank_accounts"),
    path("bank-accounts/new", bank_accounts.AddBankAccount.as_view(), name="bank_account_new"),
    path(
        "bank-accounts/<uuid:account_id>",
        bank_accounts.BankAccountDetail.as_view(),
        name="bank_account",
    ),
    path("activity", activity.Activity.as_view(), name="activity"),
    path("activity/<int:entry_id>", activity.ReceiptPage.as_view(), name="receipt"),
    path("activity/<int:entry_id>.pdf", activity.ReceiptPdf.as_view(), name="receipt_pdf"),
    path("statements", statements.Statements.as_view(), name="statements"),
    path("statements/<str:month>.pdf", statements.StatementPdf.as_view(), name="statement_pdf"),
    path("statements/<str:month>.csv", statements.StatementCsv.as_view(), name="statement_csv"),
    path("statements/<str:month>", statements.Statement.as_view(), name="statement"),
    path("notices", notices.Notices.as_view(), name="notices"),
    path("notices/preferences", notices.Preferences.as_view(), name="preferences"),
    path("limits", notices.Limits.as_view(), name="limits"),
    path("settings", person.Settings.as_view(), name="settings"),
    path("settings/profile", person.ProfilePage.as_view(), name="profile"),
    path("settings/pin", person.PinPage.as_view(), name="pin"),
    path("settings/pin/<uuid:key>", person.NewPin.as_view(), name="new_pin"),
    path("settings/password", person.Password.as_view(), name="password"),
    path("settings/factors", proofs.Factors.as_view(), name="factors"),
    path("settings/authenticator", proofs.AuthenticatorCode.as_view(), name="authenticator"),
    path("settings/devices", proofs.Devices.as_view(), name="devices"),
    path(
        "settings/devices/<uuid:device_id>/revoke",
        proofs.DeviceRevoke.as_view(),
        name="device_revoke",
    ),
    path(
        "settings/sessions/<uuid:session_id>/end", proofs.SessionEnd.as_view(), name="session_end"
    ),
    path(
        "settings/browsers/<uuid:session_id>/end", proofs.BrowserEnd.as_view(), name="browser_end"
    ),
    path("settings/freeze", wallets.FreezePage.as_view(), name="freeze"),
    path("settings/close", wallets.Close.as_view(), name="close"),
]
