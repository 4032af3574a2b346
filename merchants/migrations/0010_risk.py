from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("merchants", "0009_disputes")]
    operations = [run_sql("0010_risk")]
