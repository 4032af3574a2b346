from django.db import migrations

from wallet.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0012_offline"),
        ("knox", "0009_extend_authtoken_field"),
        ("ledger", "0007_horizon"),
    ]
    operations = [run_sql("0013_payment_path")]
