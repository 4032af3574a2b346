from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("merchants", "0005_posters")]
    operations = [run_sql("0006_events")]
