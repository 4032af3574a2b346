"""How messages travel: through Redis or RabbitMQ, or through files on one machine."""

from __future__ import annotations

from pathlib import Path

VISIBILITY_SECONDS = 1800  # well above the hard time limit, so that no running task is sent again


def transport_options(url: str, var: Path) -> dict[str, object]:
    """Return kombu's options for a broker; the files of the filesystem broker go under ``var``."""
    if url.startswith(("redis", "sentinel")):
        return {"visibility_timeout": VISIBILITY_SECONDS, "socket_timeout": 5}
    if not url.startswith("filesystem"):
        return {}
    queue = var / "broker" / "queue"
    control = var / "broker" / "control"
    for folder in (queue, control):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(control),
        "store_processed": False,
    }
