from django.db import migrations

from ledger.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_accounts")]
    operations = [run_sql("0005_post")]
