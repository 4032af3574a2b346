"""Links to files, good for some minutes, for whoever may fetch one without signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import IO

from django.core import signing

from merchants.errors import ExportLinkExpired, ExportNotReady
from merchants.exports.producing import storage
from merchants.models import Export

HOLDS = timedelta(minutes=5)
_SALT = "export"


def link_of(export: Export) -> str:
    """Return the token of a link to a file.

    Raises:
        ExportNotReady: it is not made yet, or not kept any more.

    """
    if not export.stored_as:
        raise ExportNotReady
    return signing.dumps(str(export.public_id), salt=_SALT)


def follow(token: str) -> tuple[Export, IO[bytes]]:
    """Return the export that a link leads to, and its file, open for reading.

    Raises:
        ExportLinkExpired: nobody signed it, or too long ago, or the file is gone.

    """
    try:
        public_id = signing.loads(token, salt=_SALT, max_age=HOLDS)
    except signing.BadSignature as exc:
        raise ExportLinkExpired from exc
    found = Export.objects.filter(public_id=public_id).exclude(stored_as="").first()
    if found is None or not storage().exists(found.stored_as):
        raise ExportLinkExpired
    return found, storage().open(found.stored_as, "rb")
