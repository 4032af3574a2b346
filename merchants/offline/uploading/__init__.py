"""Taking vouchers from tills: thousands at once, each with an outcome of its own."""

from merchants.offline.uploading.claims import Outcome, Presented
from merchants.offline.uploading.upload import MOST, upload

__all__ = ["MOST", "Outcome", "Presented", "upload"]
