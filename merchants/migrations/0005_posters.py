from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("merchants", "0004_settlement")]
    operations = [run_sql("0005_posters")]
