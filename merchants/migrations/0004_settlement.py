from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("merchants", "0003_statements")]
    operations = [run_sql("0004_settlement_guards"), run_sql("0004_payout_guards")]
