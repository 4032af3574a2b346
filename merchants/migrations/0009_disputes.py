from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("merchants", "0008_offline")]
    operations = [run_sql("0009_disputes")]
