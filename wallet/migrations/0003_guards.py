from django.db import migrations

from wallet.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("wallet", "0002_tables")]
    operations = [run_sql("0003_guards")]
