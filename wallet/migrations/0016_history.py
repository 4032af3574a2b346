from django.db import migrations

from wallet.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0015_approvals"),
    ]

    operations = [run_sql("0016_history")]
