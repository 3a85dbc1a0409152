"""`lifering check`: says what is wrong with a configuration and all that it names, or what it will do."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from gateway.cli import WELL, WRONG
from gateway.settings.checker import Examined
from gateway.settings.file import examine
from gateway.settings.mistakes import Language, Mistake
from gateway.settings.roster_file import Roster
from gateway.settings.schema import Settings

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "valid": "{file} is valid.",
        "gateway": "Gateway    {id}, data in {data_dir}",
        "broker": "Broker     {brokers}; MQTT {version}, {security}; topics {root}/{id}/...",
        "tls": "TLS",
        "plain": "NOT ENCRYPTED",
        "delivery": "Delivery   an alert until {alerts}, a reading until {readings}",
        "receipt": "the platform's receipt",
        "puback": "the broker's acknowledgement",
        "serial": "Serial     {name}: {driver} at {port}",
        "shared": "Shared     {name}: of whoever signed in at most {seconds} s before, else of the device itself",
        "radio": "Bluetooth  {adapters}, {connections} connections at once",
        "all": "all adapters",
        "no radio": "Bluetooth  off",
        "bands": "Wristbands {bands} of {wearers} wearers: {drivers}",
        "limits": "Limits     {rules} changed for everybody, {wearers} wearers with their own",
        "warning": "warning: ",
    },
    "zh-CN": {
        "valid": "{file} 没有错误。",
        "gateway": "网关  {id}，数据存放在 {data_dir}",
        "broker": "平台  {brokers}；MQTT {version}，{security}；主题 {root}/{id}/...",
        "tls": "TLS 加密",
        "plain": "未加密",
        "delivery": "送达  警报以{alerts}为准，读数以{readings}为准",
        "receipt": "平台回执",
        "puback": "服务器确认",
        "serial": "串口  {name}：{driver}，{port}",
        "shared": "共用  {name}：归 {seconds} 秒内签到的人，否则归设备本身",
        "radio": "蓝牙  {adapters}，同时最多 {connections} 个连接",
        "all": "所有适配器",
        "no radio": "蓝牙  关闭",
        "bands": "手环  共 {bands} 只，{wearers} 位佩戴者：{drivers}",
        "limits": "界限  对所有人修改 {rules} 项，{wearers} 位佩戴者另有界限",
        "warning": "警告：",
    },
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the configuration, gateway.toml")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Exit code 0: valid; 2: every problem is told on stderr."""
    examined = examine(args.config)
    if args.json:
        print(json.dumps(_as_json(examined), ensure_ascii=False, indent=2))
    elif examined.settings:
        print(*_summary(str(args.config), examined.settings, examined.roster), sep="\n")
        for warning in examined.warnings:
            print(_told(warning, examined.language, WORDS[examined.language]["warning"]), file=sys.stderr)
    for mistake in examined.mistakes:
        print(_told(mistake, examined.language), file=sys.stderr)
    return WELL if examined.settings else WRONG


def _told(mistake: Mistake, language: Language, kind: str = "") -> str:
    return f"{mistake.file}:{mistake.line}: {mistake.key}: {kind}{mistake.text(language)}"


def _summary(file: str, settings: Settings, roster: Roster) -> Iterator[str]:
    """A few plain lines on what a gateway with these settings does."""
    words = WORDS[settings.gateway.language]
    gateway, mqtt, bluetooth = settings.gateway, settings.mqtt, settings.bluetooth
    yield words["valid"].format(file=file)
    yield words["gateway"].format(id=gateway.id, data_dir=gateway.data_dir)
    yield words["broker"].format(
        brokers=", ".join(f"{host}:{port}" for host, port in mqtt.brokers),
        version=mqtt.version,
        security=words["tls" if mqtt.tls else "plain"],
        root=mqtt.root,
        id=gateway.id,
    )
    yield words["delivery"].format(alerts=words[mqtt.alerts_need], readings=words[mqtt.readings_need])
    for port in settings.serial:
        yield words["serial"].format(name=port.name, driver=port.driver, port=port.port)
        if port.shared:
            yield words["shared"].format(name=port.name, seconds=port.sign_in_s)
    adapters = ", ".join(bluetooth.adapters) or words["all"]
    yield words["radio" if bluetooth.enabled else "no radio"].format(adapters=adapters, connections=bluetooth.connections)
    drivers = ", ".join(f"{number} {driver}" for driver, number in _drivers(roster).items())
    wearers = {band.wearer for band in roster.bands.values()}
    yield words["bands"].format(bands=len(roster.bands), wearers=len(wearers), drivers=drivers or "-")
    if settings.rules or settings.wearer:
        yield words["limits"].format(rules=sum(map(len, settings.rules.values())), wearers=len(settings.wearer))


def _drivers(roster: Roster) -> Counter[str]:
    """How many bands each driver has, the most common first."""
    return Counter(dict(Counter(band.driver for band in roster.bands.values()).most_common()))


def _as_json(examined: Examined) -> dict[str, object]:
    return {
        "valid": examined.settings is not None,
        "problems": _places(examined.mistakes, examined.language),
        "warnings": _places(examined.warnings, examined.language),
        "wristbands": _drivers(examined.roster),
    }


def _places(mistakes: Sequence[Mistake], language: Language) -> list[dict[str, object]]:
    return [
        {"file": mistake.file, "line": mistake.line, "key": mistake.key, "text": mistake.text(language)} for mistake in mistakes
    ]
