"""TLS: the broker's certificate and name are checked, ours is shown, and what is wrong is said in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.channels.mqtt.broker import Broker, Tls
from gateway.channels.mqtt.connecting import connect
from gateway.clock import SystemClock
from gateway.errors import UplinkLost
from tests.certificates import Authority, Signed
from tests.gateway.channels.mqtt.settings import broker_at, topic, will
from tests.mosquitto import Mosquitto

CLOCK = SystemClock()
LONG_AGO = timedelta(days=-1)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def shows(certificate: Signed, *more: str) -> Sequence[str]:
    """Lines of mosquitto.conf: the broker shows this certificate."""
    return (f"certfile {certificate.cert_file}", f"keyfile {certificate.key_file}", *(more or ("allow_anonymous true",)))


def asks_for_ours(authority: Authority) -> Sequence[str]:
    """Lines of mosquitto.conf: who has no certificate of this authority stays outside."""
    return ("require_certificate true", f"cafile {authority.ca_file}", "use_identity_as_username true")


async def why_not(broker: Broker) -> str:
    """What the technician is told."""
    with pytest.raises(UplinkLost) as raised:
        async with connect(broker, CLOCK, will()):
            pass
    return str(raised.value).removeprefix(f"{broker.addresses[0].name}: ")


async def test_a_broker_whose_certificate_our_authority_signed_is_trusted(
    tmp_path: Path, authority: Authority, version: str
) -> None:
    with Mosquitto(tmp_path, shows(authority.signs("broker"))) as mosquitto:
        tls = Tls(ca_file=authority.ca_file)

        async with connect(broker_at(mosquitto.port, tls=tls, version=version), CLOCK) as up:
            await up.publish(topic("up/readings"), b"x" * 55_000)


async def test_both_sides_show_a_certificate(tmp_path: Path, authority: Authority) -> None:
    ours = authority.signs("g-1")
    with Mosquitto(tmp_path, shows(authority.signs("broker"), *asks_for_ours(authority))) as mosquitto:
        async with connect(broker_at(mosquitto.port, tls=Tls(authority.ca_file, *ours)), CLOCK) as up:
            await up.publish(topic("up/alerts"), b"help")


async def test_a_renewed_certificate_counts_at_the_next_connection(tmp_path: Path, authority: Authority) -> None:
    ours = authority.signs("g-1", valid_for=LONG_AGO)
    with Mosquitto(tmp_path, shows(authority.signs("broker"), *asks_for_ours(authority))) as mosquitto:
        broker = broker_at(mosquitto.port, tls=Tls(authority.ca_file, *ours))
        assert "certificate expired" in await why_not(broker)

        authority.signs("g-1")

        async with connect(broker, CLOCK) as up:
            await up.publish(topic("up/alerts"), b"help")


@pytest.mark.fault("clock", "TLS under a clock that was never set", promise="the reason names the clock")
async def test_a_date_that_does_not_fit_names_the_clock(tmp_path: Path, authority: Authority) -> None:
    with Mosquitto(tmp_path, shows(authority.signs("broker", valid_for=LONG_AGO))) as mosquitto:
        why = await why_not(broker_at(mosquitto.port, tls=Tls(authority.ca_file)))

    assert why.startswith("by this machine's clock (2")
    assert "has expired: set the clock if it is wrong" in why


async def test_what_is_wrong_is_told_in_chinese_too(mosquitto: Mosquitto, tmp_path: Path, authority: Authority) -> None:
    missing = tmp_path / "missing.pem"
    for tls, words in (
        (Tls(authority.ca_file), "MQTT 服务器拒绝 TLS 连接：这个端口可能是明文端口"),
        (Tls(missing), f"无法读取 {missing}：没有这个文件或目录"),
    ):
        broker = broker_at(mosquitto.port, tls=tls)
        with pytest.raises(UplinkLost) as raised:
            async with connect(broker, CLOCK):
                pass

        assert raised.value.why.chinese == f"{broker.addresses[0].name}：{words}"


@pytest.mark.parametrize(
    ("host", "trusted", "words"),
    [
        pytest.param("platform.example", "authority", "is for another name", id="wrong name"),
        pytest.param("127.0.0.1", "stranger", "no authority in ca_file has signed", id="unknown authority"),
        pytest.param("127.0.0.1", None, "no authority in ca_file has signed", id="unknown to the system"),
    ],
)
@pytest.mark.fault("network", "a broker that may be another: its certificate does not hold", promise="it is not spoken to")
async def test_a_broker_that_may_be_another_is_not_spoken_to(
    tmp_path: Path, authority: Authority, host: str, trusted: str | None, words: str
) -> None:
    Authority(tmp_path, "stranger")
    with Mosquitto(tmp_path, shows(authority.signs("broker", host=host))) as mosquitto:
        why = await why_not(broker_at(mosquitto.port, tls=Tls(tmp_path / f"{trusted}.pem" if trusted else None)))

    assert words in why


@pytest.mark.parametrize(
    ("ours", "words"),
    [
        pytest.param(None, "certificate required", id="none shown"),
        pytest.param("stranger", "unknown ca", id="signed by a stranger"),
    ],
)
async def test_a_broker_that_refuses_our_certificate_is_quoted(
    tmp_path: Path, authority: Authority, ours: str | None, words: str
) -> None:
    files = Authority(tmp_path, ours).signs("g-1") if ours else ()
    with Mosquitto(tmp_path, shows(authority.signs("broker"), *asks_for_ours(authority))) as mosquitto:
        why = await why_not(broker_at(mosquitto.port, tls=Tls(authority.ca_file, *files)))

    assert why == f"the broker refuses our TLS: {words} (cert_file, key_file and their dates?)"


async def test_a_broker_that_speaks_plain_text_is_named(mosquitto: Mosquitto, authority: Authority) -> None:
    why = await why_not(broker_at(mosquitto.port, tls=Tls(authority.ca_file)))

    assert why == "the broker hangs up on TLS: it may speak plain text on this port"


async def test_files_that_are_no_use_are_named(mosquitto: Mosquitto, tmp_path: Path, authority: Authority) -> None:
    ours, others = authority.signs("g-1"), authority.signs("g-2")
    missing, nonsense = tmp_path / "missing.pem", tmp_path / "nonsense.pem"
    nonsense.write_text("nothing")

    async def why(*files: Path) -> str:
        return await why_not(broker_at(mosquitto.port, tls=Tls(*files)))

    assert await why(missing) == f"{missing} cannot be read: No such file or directory"
    assert "PEM" in await why(nonsense)
    assert await why(authority.ca_file, ours.cert_file, others.key_file) == "key_file is not the key of cert_file"
    assert await why_not(broker_at(mosquitto.port, username="g-1", password_file=missing)) == (
        f"password_file: {missing} cannot be read: No such file or directory"
    )
