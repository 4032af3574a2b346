from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("merchants", "0001_initial")]
    operations = [run_sql("0002_onboarding")]
