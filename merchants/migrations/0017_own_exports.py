from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("merchants", "0016_exports")]
    operations = [run_sql("0017_own_exports")]
