"""Static files: named by their content once they were collected, by their own names before."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Assets(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is not typed.
    """Renames files by content when they are collected, so that browsers keep them for ever.

    Where nothing was collected, as in tests, the plain names are used.
    """

    support_js_module_import_aggregation = True

    def stored_name(self, name: str) -> str:
        """Return the name of a file by its content; its own where it was not collected."""
        plain = self.clean_name(name)
        return str(self.hashed_files.get(self.hash_key(plain), plain))
