from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("merchants", "0011_periods")]
    operations = [run_sql("0012_tips")]
