"""Print a store's poster or a sheet of stickers into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from merchants.management.reading import told
from merchants.models import Store, Terminal
from merchants.printing.layout import Size, lay_out
from merchants.printing.pdf import to_pdf
from merchants.printing.png import to_png
from merchants.printing.svg import to_svg

_KINDS = {".pdf": to_pdf, ".svg": to_svg, ".png": to_png}


class Command(BaseCommand):
    help = "Draw the newest poster of a store into FILE, by whose ending: .pdf, .svg or .png."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("store", help="the store's public id, such as S7K2Q9ZT4XB")
        parser.add_argument("file", type=Path, help="where to write it")
        parser.add_argument("--size", choices=list(Size), default=Size.A6)
        parser.add_argument("--terminal", help="the public id of one till, whose poster it is")

    def handle(self, *_args: Any, **options: Any) -> None:
        file: Path = options["file"]
        draw = _KINDS.get(file.suffix.lower())
        if draw is None:
            raise CommandError("a poster is a .pdf, .svg or .png file")
        store = Store.objects.select_related("merchant").filter(public_id=options["store"]).first()
        if store is None:
            raise CommandError(f"there is no store {options['store']}")
        terminal = _terminal(store, options["terminal"])
        with told():
            drawn = draw(lay_out(store=store, size=Size(options["size"]), terminal=terminal))
        try:
            file.write_bytes(drawn)
        except OSError as exc:
            raise CommandError(f"{file}: {exc.strerror}") from exc
        self.stdout.write(f"{file}: {options['size']}, version {store.poster_version}")


def _terminal(store: Store, public_id: str | None) -> Terminal | None:
    if public_id is None:
        return None
    found = Terminal.objects.filter(store=store, public_id=public_id, revoked_at=None).first()
    if found is None:
        raise CommandError(f"the store has no till {public_id}")
    return found
