"""Which address answers what."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from config import health, metrics
from merchants.admin.own.site import site

# Its template is for the page alone: what OPTIONS would show does not fit it.
DOCS = SpectacularSwaggerView.as_view(url_name="schema", http_method_names=["get", "head"])

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.show),
    # What tills ask all day comes first: addresses are tried in turn.
    path("api/v1/merchant/", include("merchants.api.merchant.urls")),
    path("api/v1/", include("wallet.api.urls")),
    path("api/v1/", include("merchants.api.urls")),
    path("api/v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs", DOCS, name="docs"),
    path("admin/", admin.site.urls),
    path("", include("merchants.web.till.urls")),
    path("merchant/", site.urls),
    path("", include("merchants.web.payer.urls")),
    path("", include("wallet.web.urls")),
]
handler400 = "config.pages.bad_request"
handler403 = "config.pages.forbidden"
handler404 = "config.pages.not_found"
handler500 = "config.pages.server_error"
