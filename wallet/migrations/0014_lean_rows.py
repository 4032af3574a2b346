import django.db.models.deletion
from django.db import migrations, models

from wallet.sql import run_sql


def _index_less(to: str, related_name: str, *, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=to,
        null=null,
    )


class Migration(migrations.Migration):
    """Write less for each movement: no index twice, none for rows without what it holds."""

    dependencies = [("wallet", "0003_guards")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[run_sql("0014_lean_rows")],
            state_operations=[
                migrations.RemoveField("event", "public_id"),
                migrations.DeleteModel("devicenonce"),
                migrations.CreateModel(
                    name="DeviceNonce",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "device_id",
                                "nonce",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("nonce", models.CharField(max_length=64)),
                        ("used_at", models.DateTimeField()),
                        (
                            "device",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wallet.device",
                            ),
                        ),
                    ],
                ),
            ],
        ),
        migrations.RemoveIndex("event", "wallet_event_undelivered_of"),
        migrations.AlterField("event", "wallet", _index_less("wallet.wallet", "events")),
        migrations.AlterField("notice", "event", _index_less("wallet.event", "notices")),
        migrations.AlterField("spend", "wallet", _index_less("wallet.wallet", "spends")),
        migrations.AlterField(
            "spend", "gives_back", _index_less("wallet.spend", "given_back", null=True)
        ),
        migrations.RemoveConstraint("spend", "wallet_spend_reference_once"),
        migrations.AddConstraint(
            "spend",
            models.UniqueConstraint(
                condition=models.Q(("reference__isnull", False)),
                fields=("reference",),
                name="wallet_spend_reference_once",
            ),
        ),
        migrations.AddConstraint(
            "spend",
            models.UniqueConstraint(
                condition=models.Q(("gives_back__isnull", False)),
                fields=("gives_back",),
                name="wallet_spend_given_back_once",
            ),
        ),
        run_sql("0014_payment_path"),
    ]
