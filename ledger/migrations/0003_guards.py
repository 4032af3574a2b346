from django.db import migrations

from ledger.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_roles")]
    operations = [run_sql("0003_guards")]
