from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0014_admin"),
        ("wallet", "0014_lean_rows"),
    ]

    operations = [run_sql("0015_charge_path")]
