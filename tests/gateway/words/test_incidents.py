"""What befell the store is told to people in their language; a program reads the fixed words."""

from __future__ import annotations

import pytest

from gateway.words.incidents import INCIDENTS, device, incident
from gateway.words.status import STATES


@pytest.mark.parametrize(
    ("said", "english", "chinese"),
    [
        ("alerts.db", "alerts.db", "alerts.db"),
        ("alerts.db gone", "alerts.db: the file has vanished", "alerts.db：文件丢失"),
        (
            "readings.db journal 3 rows",
            "readings.db: its journal was damaged, 3 damaged entries were taken out",
            "readings.db：预写日志损坏，剔除 3 条损坏的记录",
        ),
        ("alerts.db 12 events lost", "alerts.db: 12 entries of alerts are lost", "alerts.db：丢失 12 条报警记录"),
        (
            "alerts.db locked 1 events lost",
            "alerts.db: it is encrypted, and its key is not there, 1 entries of alerts are lost",
            "alerts.db：已加密，但缺少密钥，丢失 1 条报警记录",
        ),
        (
            "alerts.db unlocked",
            "alerts.db: its key is back, and what lay in it is taken over",
            "alerts.db：密钥已放回，其中的数据已取回",
        ),
        (
            "alerts.db and readings.db exchanged",
            "alerts.db and readings.db: they had each other's names",
            "alerts.db 和 readings.db：两个文件的名称互换过",
        ),
        ("readings.tail io error", "readings.tail: the disk reports errors", "readings.tail：磁盘读写出错"),
        ("read-only", "the disk cannot be written to", "磁盘不可写"),
        ("something new", "something new", "something new"),
    ],
)
def test_each_is_told_in_words(said: str, english: str, chinese: str) -> None:
    assert (incident(said, "en"), incident(said, "zh-CN")) == (english, chinese)


def test_a_port_keeps_its_name() -> None:
    assert device("port_lost", "gone", "zh-CN") == "gone"
    assert device("store_repaired", "alerts.db gone", "zh-CN") == "alerts.db：文件丢失"


def test_every_state_of_a_disk_that_is_not_well_has_words() -> None:
    assert {"disk full", "io error", "corrupt", "gone", "read-only"} <= INCIDENTS.keys() & STATES.keys()
