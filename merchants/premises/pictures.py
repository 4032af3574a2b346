"""The picture of a store: decoded and drawn anew, so that nothing hidden in it is passed on."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from merchants.access.audits import note
from merchants.codes.pictures.images import open_picture
from merchants.models import Store, StorePicture
from wallet.idempotency import use_case

LONGEST_SIDE = 512  # pixels
_QUALITY = 85


def small_jpeg(data: bytes) -> bytes:
    """Return a picture as a JPEG of at most 512 pixels a side, without metadata.

    Raises:
        ImageTooLarge: over 10 MiB or 25 million pixels.
        ImageUnreadable: not a whole picture in one of the accepted formats.

    """
    picture = open_picture(data)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture.info.clear()
    file = BytesIO()
    picture.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


@use_case
def set_picture(*, store: Store, jpeg: bytes, actor: str, at: datetime) -> StorePicture:
    """Put a picture, as ``small_jpeg`` makes it, in the place of a store's former one."""
    picture, _ = StorePicture.objects.update_or_create(
        store=store, defaults={"jpeg": jpeg, "changed_at": at}
    )
    facts = {"store": store.public_id}
    note(merchant=store.merchant, action="store.pictured", actor=actor, facts=facts, at=at)
    return picture
