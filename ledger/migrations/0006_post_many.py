from django.db import migrations

from ledger.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_post")]
    operations = [run_sql("0006_post_many")]
