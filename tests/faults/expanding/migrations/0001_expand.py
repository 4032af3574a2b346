"""Needs each table for a moment alone."""

from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(
            "ALTER TABLE wallet_transfer ADD COLUMN purpose text,"
            " ADD CONSTRAINT expanding_purpose CHECK (purpose <> '') NOT VALID",
            "ALTER TABLE wallet_transfer DROP COLUMN purpose",
        ),
    ]
