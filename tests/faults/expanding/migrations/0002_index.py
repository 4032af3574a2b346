"""Reads the table while others write in it."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("expanding", "0001_expand")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY expanding_purpose_idx ON wallet_transfer (purpose)",
            "DROP INDEX CONCURRENTLY expanding_purpose_idx",
        ),
    ]
