"""What an adapter leaves out is judged by what it tells: what is told three times before the kernel begins anew is proof."""

from __future__ import annotations

import asyncio

import pytest

from fake_devices.ble_link.advertising_data import build
from gateway.doctor import radio
from gateway.doctor.radio_filter import LeftOut, ToldFrame, left_out
from gateway.sources.ble.adapters import PluggedAdapter
from tests.bluez.fake_bluez import FakeBluez
from tests.gateway.doctor.planted import PlantedHost, assert_named, codes
from tests.gateway.sources.recorder import running

ADDRESS = "00:1A:7D:DA:71:01"
BAND, OTHERS = "C0:FF:EE:00:00:03", ("F0:0D:00:00:00:01", "F0:0D:00:00:00:02")


@pytest.mark.parametrize(
    ("told", "judged"),
    [
        pytest.param([], "unknown", id="nobody is there"),
        pytest.param([("a", 1), ("b", 1)], "unknown", id="too few, who may be slow"),
        pytest.param([("a", 1), ("a", 1), ("b", 1)], "unknown", id="twice may be a beginning anew"),
        pytest.param([("a", 1), ("a", 1), ("b", 1), ("c", 1)], "all but the first", id="each once, one at the beginning anew"),
        pytest.param([("a", 1), ("a", 2), ("a", 3), ("b", 1)], "repeats", id="what is new is told"),
        pytest.param([("a", 1), ("b", 1), ("a", 1), ("a", 2), ("a", 1)], "nothing", id="the same is told again and again"),
    ],
)
def test_what_is_left_out(told: list[tuple[str, int]], judged: LeftOut) -> None:
    assert left_out([ToldFrame(address, bytes([content])) for address, content in told]) == judged


@pytest.mark.parametrize(
    ("left_out", "monitors", "code"),
    [
        ("nothing", False, ""),
        ("nothing", True, ""),
        ("unknown", False, "adapter_filters"),
        ("unknown", True, ""),
        ("repeats", False, "adapter_filters_repeats"),
        ("all but the first", False, "adapter_filters_all"),
        ("repeats", True, "adapter_filters_still"),
        ("all but the first", True, "adapter_filters_still"),
    ],
)
def test_it_is_told_in_words_with_what_mends_it_and_is_no_fault(left_out: LeftOut, monitors: bool, code: str) -> None:
    adapter = PluggedAdapter("hci0", ADDRESS, powered=True, discovering=False, monitors=monitors)
    facts = radio.RadioFacts(("hci0",), (), (adapter,), left_out={"hci0": left_out})

    told = list(radio.diagnoses(facts, ()))

    if not code:
        assert told == []
        return
    assert_named(told, code, "hci0", ADDRESS, "lifering doctor" if monitors else "Experimental = true")
    assert not told[0].is_fault


@pytest.mark.parametrize(("by_address", "code"), [(True, ["adapter_filters_all"]), (False, [])])
async def test_the_doctor_listens_and_knows_the_adapter_that_tells_each_band_once(
    by_address: bool, code: list[str], planted: PlantedHost, bluez: FakeBluez
) -> None:
    planted.put("sys/class/bluetooth/hci0/address", ADDRESS)
    bluez.adapter().filters_by_address = by_address

    async with running(say_all_the_time(bluez)):
        heard = await radio.listen(await radio.look(planted.host), (ADDRESS,), seconds=1)

    assert codes(radio.diagnoses(heard, (ADDRESS,))) == code
    assert not bluez.adapter().discovering, "it leaves the adapter as it was"


async def test_an_adapter_that_refuses_to_be_listened_to_is_unknown(planted: PlantedHost, bluez: FakeBluez) -> None:
    planted.put("sys/class/bluetooth/hci0/address", ADDRESS)
    bluez.fails("StartDiscovery")

    assert (await radio.listen(await radio.look(planted.host), ())).left_out == {"hci0": "unknown"}


async def test_adapters_that_are_off_or_not_ours_are_not_listened_to(planted: PlantedHost, bluez: FakeBluez) -> None:
    planted.put("sys/class/bluetooth/hci0/address", ADDRESS)
    facts = await radio.look(planted.host)
    bluez.power(on=False)

    assert (await radio.listen(facts, ("00:1A:7D:DA:71:99",))).left_out == {}
    assert (await radio.listen(await radio.look(planted.host), ())).left_out == {}


async def say_all_the_time(bluez: FakeBluez) -> None:
    while True:
        for address in (BAND, *OTHERS):
            bluez.advertise(address, build(service_data={0xFCD2: b"\x40\x00\x01"}))
        await asyncio.sleep(0.05)
