from django.db import migrations

from wallet.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("wallet", "0003_guards")]
    operations = [run_sql("0013_payment_path")]
