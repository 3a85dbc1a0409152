"""What a running gateway tells of itself, and what the doctor then leaves alone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from gateway.control.listening import Args, Line, Lines
from gateway.doctor import examining, running
from gateway.doctor.running import GROUP_OF, NO_FAULTS, Running
from gateway.language import Language
from gateway.snapshot import Fault, LinkState, Snapshot
from gateway.status import StatusAnswer, status_answer
from gateway.words import faults, status
from tests.gateway.a_snapshot import SNAPSHOT
from tests.gateway.cli.running import control_socket, lifering
from tests.gateway.doctor.planted import PlantedHost, assert_named, codes
from tests.gateway.doctor.test_page import configured

WELL = structs.replace(SNAPSHOT, faults=())


def answer(snapshot: Snapshot) -> StatusAnswer:
    return status_answer(snapshot)


def with_fault(code: str, device: str = "") -> Snapshot:
    return structs.replace(WELL, faults=(Fault(fault=code, since_ms=0, device=device),))


@pytest.mark.parametrize("code", sorted(faults.FAULTS.keys() - NO_FAULTS))
def test_each_fault_of_the_gateway_is_told_with_its_device(code: str) -> None:
    found = list(running.diagnoses(Running(answer(with_fault(code, "hall-hub")))))

    assert_named(found, code, "hall-hub")
    assert found[0].group == GROUP_OF.get(code, "gateway")


@pytest.mark.parametrize("code", sorted(status.FAULTS.keys() - faults.FAULTS.keys()))
def test_each_fault_of_the_link_is_told(code: str) -> None:
    assert_named(running.diagnoses(Running(answer(with_fault(f"{code} up/alerts")))), f"{code} up/alerts")


def test_a_test_of_the_paths_is_no_fault() -> None:
    assert list(running.diagnoses(Running(answer(with_fault("self_test"))))) == []


@pytest.mark.parametrize("code", ["contact_stuck", "band_imitated"])
def test_what_somebody_should_look_at_is_a_hint_and_no_fault(code: str) -> None:
    (found,) = running.diagnoses(Running(answer(with_fault(code, "C0:FF:EE:00:47:11"))))

    assert found.is_fault is False


@pytest.mark.parametrize(
    ("state", "signal", "code"),
    [("denied", 20, "modem_denied"), ("lost", None, "modem_silent"), ("ready", 2, "modem_weak"), ("ready", 20, None)],
)
def test_its_modem_is_told_without_asking_it(state: str, signal: int | None, code: str | None) -> None:
    link = LinkState(state=state, signal=signal)
    found = list(running.diagnoses(Running(answer(structs.replace(WELL, links={"modem": link})))))

    assert codes(found) == ([code] if code else [])


async def test_what_the_doctor_sees_more_closely_is_not_told_twice(planted: PlantedHost, tmp_path: Path) -> None:
    faults = [Fault(fault=code, since_ms=0) for code in ("broker_unreachable", "store_repaired", "adapter_lost")]
    lost = structs.replace(WELL, faults=tuple(faults), links={})
    config = configured(tmp_path)

    found = await asyncio.to_thread(examining.examine, planted.host, config, Running(answer(lost)))

    assert codes(found.diagnoses) == ["store_repaired", "adapter_lost", "broker_port"]


@pytest.mark.parametrize(("why", "code"), [("may_not_ask", "may_not_ask"), ("garbled", "garbled")])
def test_a_gateway_that_does_not_speak_with_us_is_told(why: str, code: str) -> None:
    assert_named(running.diagnoses(Running(why_not=why)), code, "sudo")


async def gives_no_receipt(args: Args, actor: str) -> Lines:
    return steps()


async def steps() -> Lines:
    yield {"step": "raised"}
    yield {"step": "sent"}
    yield {"done": True, "error": "no receipt"}


@pytest.mark.parametrize(("language", "words"), [("en", "the platform does not answer"), ("zh-CN", "平台没有应答")])
async def test_a_platform_that_gives_no_receipt_is_named(
    planted: PlantedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: Language, words: str
) -> None:
    config = configured(tmp_path, language)

    async def status_of(args: Args, actor: str) -> Line:
        line: Line = msgspec.to_builtins(answer(WELL))
        return line

    async with control_socket(tmp_path / "data", {"status": status_of, "test-alert": gives_no_receipt}):
        code = await lifering("doctor", "--json", "--config", config)

    told = json.loads(capsys.readouterr().out)
    (one,) = [one for one in told["findings"] if one["severity"] == "fault"]
    assert code == 1
    assert (one["group"], one["code"]) == ("broker", "platform_no_receipt")
    assert words in one["text"]
