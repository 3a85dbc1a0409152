"""What Prometheus reads is well formed, says what the snapshot says, and tells of nobody."""

from __future__ import annotations

import json
import re

import pytest
from msgspec.structs import replace

from gateway.language import Language
from gateway.metrics.exposition import exposition
from gateway.metrics.families import FAMILIES
from gateway.settings.shipped import shipped
from gateway.snapshot import LinkState, Snapshot
from tests.gateway.a_snapshot import SNAPSHOT
from tests.make_metrics_page import PAGES, text

LINE = re.compile(r'(?P<name>[a-z_]+)(?:\{(?P<labels>(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)*)\})? (?P<value>[0-9.e+-]+)')
FULL = replace(SNAPSHOT, links={**SNAPSHOT.links, "modem": LinkState(state="ready", signal=17)})


def samples(snapshot: Snapshot) -> dict[str, float]:
    """Each line that is no comment."""
    lines = [line for line in exposition(snapshot).splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_it_says_what_the_snapshot_says() -> None:
    found = samples(FULL)

    assert found["lifering_readings_received_total"] == 50
    assert found['lifering_readings_rejected_total{reason="checksum"}'] == 2
    assert found['lifering_open_alerts{priority="critical"}'] == 1
    assert found['lifering_open_alerts{priority="warning"}'] == 0
    assert found["lifering_unanswered_critical_seconds"] == 180
    assert found['lifering_link_up{link="mqtt"}'] == 1
    assert found['lifering_link_signal{link="modem"}'] == 17
    assert (found["lifering_wristbands_known"], found["lifering_wristbands_heard"]) == (2, 1)
    assert found['lifering_faults{fault="port_lost"}'] == 1
    assert found["lifering_disk_free_bytes"] == 9_120_000_000


def test_an_alert_that_somebody_has_acknowledged_is_answered() -> None:
    (alert,) = SNAPSHOT.open_alerts

    found = samples(replace(SNAPSHOT, open_alerts=(replace(alert, workflow="acknowledged"),)))

    assert found['lifering_open_alerts{priority="critical"}'] == 1
    assert found['lifering_unanswered_alerts{priority="critical"}'] == 0
    assert found["lifering_unanswered_critical_seconds"] == 0


def test_every_line_has_the_form_of_the_text_format() -> None:
    helped: set[str] = set()
    for line in exposition(FULL).splitlines():
        if line.startswith("#"):
            helped.add(line.split()[2])
        else:
            found = LINE.fullmatch(line)
            assert found, line
            assert found["name"] in helped
    assert helped == {family.name for family in FAMILIES}


def test_a_word_that_breaks_lines_breaks_none() -> None:
    odd = replace(SNAPSHOT, version='1"\\\n2')

    assert 'lifering_build_info{version="1\\"\\\\\\n2"} 1' in exposition(odd).splitlines()


def test_no_label_tells_of_a_wearer_a_room_or_a_device() -> None:
    said = exposition(FULL)

    for word in ("W-001", "3-201", "C0:FF", "hall-hub", "xishan-01"):
        assert word not in said


def test_counters_are_named_as_counters_are() -> None:
    assert all(family.name.endswith("_total") == (family.type == "counter") for family in FAMILIES)
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)


def test_the_labels_are_those_that_the_table_declares() -> None:
    for family in FAMILIES:
        for labels, _ in family.of(FULL):
            assert tuple(labels) == family.labels


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_page_is_made_of_the_table(language: Language) -> None:
    assert PAGES[language].read_text(encoding="utf-8") == text(language), "python -m tests.make_metrics_page"


@pytest.mark.parametrize("file", ["grafana-dashboard.json", "prometheus-alerts.yml"])
def test_what_is_drawn_and_what_alarms_is_there(file: str) -> None:
    named = set(re.findall(r"\blifering_[a-z_]+", shipped(file).read_text(encoding="utf-8")))

    assert named
    assert named <= {family.name for family in FAMILIES}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_job_that_a_rule_asks_for_is_the_one_that_the_page_has_set_up(language: Language) -> None:
    jobs = set(re.findall(r'job="([^"]+)"', shipped("prometheus-alerts.yml").read_text(encoding="utf-8")))

    assert jobs
    assert jobs == set(re.findall(r"job_name: (\S+)", text(language)))


def test_the_dashboard_is_one() -> None:
    dashboard = json.loads(shipped("grafana-dashboard.json").read_text(encoding="utf-8"))

    assert dashboard["title"] == "lifering"
    assert all(panel["targets"] for panel in dashboard["panels"])
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
