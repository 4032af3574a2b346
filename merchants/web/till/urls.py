"""Addresses of the till's pages."""

from django.urls import path

from merchants.web.till import asking, device, offline, payments, shifts
from merchants.web.till.words import learn

learn()

app_name = "till"
urlpatterns = [
    path("till", asking.Keypad.as_view(), name="keypad"),
    path("till/news", asking.News.as_view(), name="news"),
    path("till/scan", asking.Scan.as_view(), name="scan"),
    path("till/payments", payments.Payments.as_view(), name="payments"),
    path("till/payments/<str:number>", payments.PaymentPage.as_view(), name="payment"),
    path("till/payments/<str:number>/refund", payments.RefundPage.as_view(), name="refund"),
    path("till/takings", shifts.Takings.as_view(), name="takings"),
    path("till/shift", shifts.Shift.as_view(), name="shift"),
    path("till/device", device.Device.as_view(), name="device"),
    path("till/device/release", device.Release.as_view(), name="release"),
    path("till/sign-in", device.TillSignIn.as_view(), name="sign_in"),
    path("till/sign-out", device.TillSignOut.as_view(), name="sign_out"),
    path("till/offline", offline.Page.as_view(), name="offline"),
    path("till/offline/news", offline.News.as_view(), name="offline_news"),
    path("till/offline/certificate", offline.Certificate.as_view(), name="certificate"),
    path("till/offline/vouchers", offline.Vouchers.as_view(), name="vouchers"),
    path("till/sw.js", offline.Worker.as_view(), name="worker"),
    path("till/manifest.webmanifest", device.TillManifest.as_view(), name="manifest"),
]
