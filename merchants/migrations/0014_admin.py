from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("merchants", "0013_shifts")]
    operations = [run_sql("0014_admin")]
