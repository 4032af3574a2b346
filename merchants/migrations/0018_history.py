from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0017_own_exports"),
        ("wallet", "0016_history"),
    ]

    operations = [run_sql("0018_history")]
