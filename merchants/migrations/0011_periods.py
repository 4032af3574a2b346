from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("merchants", "0010_risk")]
    operations = [run_sql("0011_periods")]
