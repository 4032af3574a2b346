"""Webhooks go to public hosts over https, and to the very address that was looked at."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import LazySettings

from merchants.models import Store, WebhookEndpoint
from merchants.webhooks import sending
from merchants.webhooks.endpoints import address_rules
from tests.merchants.cast import Member
from tests.merchants.payments.stories import NOON
from tests.merchants.webhooks.receiver import Receiver, receiver
from tests.merchants.webhooks.stories import happen, outcome, register
from wallet.errors import UnsafeEndpoint
from wallet.outgoing.addresses import look_at

# How people have tried to reach inside: by number, name, notation, and what is carried inside.
INSIDE = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://0x7f000001/",
    "https://2130706433/",
    "https://017700000001/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:ffff:7f00:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://0.0.0.0/",
    "https://0/",
    "https://10.1.2.3/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://100.100.100.200/",
    "https://192.0.0.192/",
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
]
NOT_OURS = [
    "http://8.8.8.8/",
    "https://8.8.8.8:22/",
    "https://8.8.8.8:0/",
    "https://8.8.8.8:99999/",
    "https://8.8.8.8:4a3/",
    "https://user@8.8.8.8/",
    "https://8.8.8.8@127.0.0.1/",
    "https://127.0.0.1#@8.8.8.8/",
    "https://8.8.8.8/#fragment",
    "https://8.8.8.8\\@127.0.0.1/",
    "https://8.8.8.8 /",
    "https://8.8.8.8/\r\nHost: inside",
    "https://8.8.8.8/\ttab",
    "https://①②⑦.0.0.1/",
    "https://nowhere.invalid/",
    "https:///path",
    "https://",
    "//8.8.8.8/",
    "gopher://8.8.8.8/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://[::1",
    "",
]


@pytest.mark.parametrize("url", INSIDE + NOT_OURS)
def test_nothing_inside_is_reached(url: str) -> None:
    with pytest.raises(UnsafeEndpoint):
        look_at(url, rules=address_rules())


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["https://169.254.169.254/", "http://8.8.8.8/"])
def test_no_webhook_is_registered_there(owner: Member, url: str) -> None:
    answer = owner.post("/merchant/webhooks", {"url": url})
    assert (answer.status_code, answer.json()["code"]) == (400, "unsafe_endpoint")
    assert not WebhookEndpoint.objects.exists()


def test_public_hosts_and_the_listed_ports_are(settings: LazySettings) -> None:
    assert look_at("https://8.8.8.8:8443/x?y=z", rules=address_rules()).port == 8443
    settings.WEBHOOK_PORTS = [443]
    with pytest.raises(UnsafeEndpoint):
        look_at("https://8.8.8.8:8443/", rules=address_rules())


@pytest.mark.usefixtures("inside")
def test_with_the_setting_private_networks_are_but_no_links_of_clouds() -> None:
    for url in ("http://127.0.0.1:8700/", "https://10.1.2.3/", "http://[::1]:80/"):
        look_at(url, rules=address_rules())
    for url in (
        "http://169.254.169.254/",
        "http://[::ffff:169.254.169.254]/",
        "http://0.0.0.0/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "ftp://127.0.0.1/",
    ):
        with pytest.raises(UnsafeEndpoint):
            look_at(url, rules=address_rules())


def resolving(*answers: list[str]) -> Any:
    """A resolver that answers one after the other, the last one for ever."""
    left = list(answers)

    def getaddrinfo(_host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        ips = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ips]

    return getaddrinfo


@pytest.mark.parametrize("inside", ["127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254"])
def test_one_address_inside_among_public_ones_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving(["8.8.8.8", inside]))
    with pytest.raises(UnsafeEndpoint):
        look_at("https://shop.example/", rules=address_rules())


def test_a_name_is_looked_up_once_and_the_connection_goes_to_that_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving(["8.8.8.8"], ["127.0.0.1"]))
    target = look_at("https://shop.example/", rules=address_rules())
    assert (target.ip, target.host) == ("8.8.8.8", "shop.example")


@pytest.mark.django_db
def test_a_name_that_leads_inside_by_now_is_not_sent_to(
    corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint, settings: LazySettings
) -> None:
    settings.WEBHOOK_ALLOWS_PRIVATE = False
    (event,) = happen(corner_shop)
    sending.send_due(at=NOON)
    assert outcome(event) == ("PENDING", 1, "unsafe_endpoint")
    assert hook.messages == []


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    """Make a certificate for a name, and return what a server shows it with."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, kept = folder / "certificate.pem", folder / "key.pem"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kept.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, kept)
    return context


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("name", "error"), [("localhost", ""), ("shop.example", "SSLCertVerificationError")]
)
def test_the_certificate_is_checked_against_the_name_though_we_connect_by_address(
    corner_shop: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    error: str,
) -> None:
    context = certificate(tmp_path, name)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    monkeypatch.setattr(socket, "getaddrinfo", resolving(["127.0.0.1"]))
    with receiver(context, host="localhost") as secure:
        made = register(corner_shop, secure.url)
        sending.send_due(at=NOON)
        made.refresh_from_db()
        assert made.deliveries.get().error == error
        if not error:
            assert made.state == "ACTIVE"
            assert secure.taken[0][0]["host"] == secure.url.split("/")[2]


def test_the_corpus_is_about_every_kind_of_address() -> None:
    assert len({*INSIDE, *NOT_OURS}) == len(INSIDE) + len(NOT_OURS) > 50
    assert ipaddress.ip_address("100.64.0.1").is_private is False
