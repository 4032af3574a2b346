from django.db import migrations

from merchants.sql import run_sql


class Migration(migrations.Migration):
    dependencies = [("merchants", "0002_onboarding")]
    operations = [run_sql("0003_statements")]
