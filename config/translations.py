"""``python -m config.translations``: bring the Korean words up to date, and compile them.

Collects what pages say in templates and Python, merges it into each app's ``django.po``, and
writes the ``django.mo`` that Django reads. With Babel alone: no gettext has to be installed.
``--check`` changes nothing, and fails where something is missing or was not compiled.
"""

from __future__ import annotations

import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = ("wallet", "merchants", "config")
LANGUAGE = "ko"
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "__": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
}
# Without the dates that others write here: two people who add words would always collide.
_HEADER = b"""msgid ""
msgstr ""
"Language: ko\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
# What is left of a template's own text once its translatable parts were taken out.
_REST = re.compile(r"\bu?X+\b")


def collect(app: str) -> Catalog:
    """Return everything that an app's pages say."""
    found = Catalog(locale=LANGUAGE, project="Jigap", charset="utf-8")
    for path in sorted((ROOT / app).rglob("*")):
        if path.suffix not in {".py", ".html"} or "migrations" in path.parts:
            continue
        source = path.read_text(encoding="utf-8")
        for message in _messages(path, source):
            found.add(message, locations=[(str(path.relative_to(ROOT)), 1)])
    return found


def _messages(path: Path, source: str) -> list[str | tuple[str, ...]]:
    if path.suffix == ".html":
        # Templates become a programme whose calls name what is translated.
        source, method = _REST.sub("", templatize(source, origin=str(path))), "javascript"
    else:
        method = "python"
    file = io.BytesIO(source.encode())
    options = {"encoding": "utf-8"}
    return [found[1] for found in extract(method, file, keywords=_KEYWORDS, options=options)]


def catalog_path(app: str) -> Path:
    """Return where an app's words are."""
    return ROOT / app / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def read(app: str) -> Catalog:
    """Return an app's words as they were written down."""
    path = catalog_path(app)
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def compiled(catalog: Catalog) -> bytes:
    """Return a catalog as Django reads it."""
    catalog.creation_date = catalog.revision_date = _NO_DATE
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def problems(app: str) -> list[str]:
    """Return what is missing in an app's words; nothing where all is well."""
    kept, said = read(app), collect(app)
    missing = [
        f"{app}: no Korean for {message.id!r}"
        for message in said
        if message.id and not _is_translated(kept, message.id)
    ]
    path = catalog_path(app).with_suffix(".mo")
    if not path.exists() or path.read_bytes() != compiled(kept):
        missing.append(f"{app}: run make messages")
    return missing


def contradictions() -> list[str]:
    """Return what two apps say alike in English and otherwise in Korean: one of them is not heard.

    Django takes the words of the app that is installed first.
    """
    words: dict[object, object] = {}
    said = [(app, one.id, one.string) for app in APPS for one in read(app) if one.id]
    return [
        f"{app}: {text!r} is {words[text]!r} elsewhere"
        for app, text, korean in said
        if words.setdefault(text, korean) != korean
    ]


def _is_translated(kept: Catalog, message_id: object) -> bool:
    found = kept.get(message_id)  # type: ignore[arg-type]
    if found is None or found.fuzzy:
        return False
    return all(found.string) if isinstance(found.string, tuple) else bool(found.string)


def update(app: str) -> None:
    """Merge what an app's pages say into its words, and compile them."""
    kept = read(app)
    kept.update(collect(app), no_fuzzy_matching=True)
    kept.obsolete.clear()
    path = catalog_path(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = io.BytesIO()
    write_po(file, kept, width=99, no_location=True, sort_output=True, omit_header=True)
    path.write_bytes(_HEADER + file.getvalue())
    path.with_suffix(".mo").write_bytes(compiled(read(app)))


if __name__ == "__main__":
    if "--check" in sys.argv:
        found = [problem for app in APPS for problem in problems(app)] + contradictions()
        sys.stdout.writelines(f"{problem}\n" for problem in found)
        sys.exit(bool(found))
    for name in APPS:
        update(name)
