"""Takes pictures of what the terminal shows, for the pages: `./dev screen-pictures`.

Real output: of the doctor on a machine on which faults are planted, of a scan over a stand-in for bluetoothd, of a setup over a
real broker and a hub on a pseudo-terminal, of the demo. Only the folders of this machine are named as on a box.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self
from unittest.mock import patch

from fake_devices import story
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from gateway import logs
from gateway.cli.demo.chronicle import Chronicle
from gateway.cli.demo.performance import Performance
from gateway.cli.demo.picture import picture
from gateway.cli.demo.stage import SMALLEST
from gateway.cli.doctor import running
from gateway.cli.doctor_page import page
from gateway.doctor.examining import examine
from gateway.language import Language
from gateway.settings.shipped import shipped
from tests.bluez.stage import BluezStage
from tests.gateway.cli import test_scan as scanning
from tests.gateway.cli.setup import test_by_questions as questions
from tests.gateway.cli.setup.terminal import Terminal
from tests.gateway.doctor.planted import UNIT, PlantedHost
from tests.gateway.doctor.test_page import configured
from tests.mosquitto import Mosquitto
from tests.terminal_picture import terminal_picture

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
LANGUAGES: tuple[Language, ...] = ("en", "zh-CN")
HUB = "/dev/serial/by-id/usb-Example_Hub_0001-if00-port0"
SERIAL = '[[serial]]\nname = "hall-hub"\nport = "{port}"\ndriver = "serial-hub"'
DEMO_S = 45


def write(name: str, language: Language, svg: str) -> None:
    """The picture of one screen."""
    (FOLDER / f"{name}.{language}.svg").write_text(svg, encoding="utf-8")


async def doctor(folder: Path, language: Language) -> None:
    """A service that is not started at boot, a port that another holds, a broker that nobody reaches."""
    planted = PlantedHost(folder)
    planted.shows("systemctl", UNIT | {"UnitFileState": "disabled"})
    async with FakeHub(folder / "hub") as hub:
        port = hub.line.path
        planted.process(812, "ModemManager", str(port.resolve()))
        config = configured(folder, language, more=SERIAL.format(port=port))
        with patch.dict(os.environ, PATH=f"{planted.bin}:{os.environ['PATH']}"):
            seen = await asyncio.to_thread(lambda: examine(planted.host, config, running(config, language, test_alert=False)))
    said = "\n".join(page(seen, (), language, root=True)).replace(str(port), HUB)
    write("doctor", language, terminal_picture(said))


async def scan(folder: Path, language: Language) -> None:
    """Four bands, two of which are enrolled."""
    config = folder / "gateway.toml"
    config.write_text(scanning.CONFIG.replace("[gateway]", f'[gateway]\nlanguage = "{language}"'))
    (folder / "wristbands.csv").write_text(scanning.ROSTER)
    async with BluezStage() as stage, asyncio.TaskGroup() as tasks:
        pressing = tasks.create_task(scanning.press_again_and_again(stage))
        _, out, _ = await scanning.scan(stage, "--config", str(config))
        pressing.cancel()
    write("scan", language, terminal_picture(out.rstrip()))


async def setup(folder: Path, language: Language) -> None:
    """How a band is enrolled by pressing it."""
    etc, words = folder / "etc", questions.ENGLISH if language == "en" else questions.CHINESE
    etc.mkdir()
    example = shipped("gateway.toml").read_text(encoding="utf-8")
    (etc / "gateway.toml").write_text(example.replace("#data_dir = ", f'data_dir = "{folder / "data"}" # '))
    (etc / "wristbands.csv").write_bytes(shipped("wristbands.csv").read_bytes())
    (folder / "broker").mkdir()
    with Mosquitto(folder / "broker") as broker:
        async with FakeHub(folder / "hub") as hub, Platform(broker.platform_port), asyncio.TaskGroup() as tasks:
            arguments = ("setup", "--config", etc / "gateway.toml", "--port", hub.line.path, "--seconds", "40")
            async with Terminal(*arguments, environment=questions.NO_BUS) as terminal:
                await questions.answer_all(terminal, words, broker.port, language="2" if language == "en" else "1")
                await terminal.answers(words.existing, "y")
                await terminal.sees(words.bands)
                pressing = tasks.create_task(questions.keep_pressing(hub, questions.BAND))
                await terminal.answers(words.wearer, "W-017")
                await terminal.answers(words.room, "3-201")
                await terminal.sees(words.enrolled + questions.BAND)
                pressing.cancel()
                said = terminal.said[terminal.said.index(words.bands) :]
                for comes_next in (words.start, ""):  # Ctrl-C ends the bands, then the wait for the gateway
                    await terminal.waits()
                    terminal.presses(b"\x03")
                    await terminal.sees(comes_next)
                await terminal.ends()
    write("setup", language, terminal_picture(said.rstrip()))


class Camera:
    """A stage of the demo that keeps its picture of the moment after an answer by SMS."""

    def __init__(self, chronicle: Chronicle, title: str, addresses: str) -> None:
        self._chronicle, self._title, self._addresses = chronicle, title, addresses
        self.taken: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def shows(self, at_s: float) -> None:
        """Kept as it is drawn, for the chronicle goes on."""
        if self.taken is None and any(sms.answer for sms in self._chronicle.sms):
            self.taken = terminal_picture(
                picture(self._chronicle, self._title, self._addresses, at_s), columns=SMALLEST[0] + 12, lines=SMALLEST[1] + 8
            )


async def demo(folder: Path, language: Language) -> None:
    """While the network is down and somebody answers."""
    cameras: list[Camera] = []

    def camera(chronicle: Chronicle, title: str, addresses: str) -> Camera:
        cameras.append(Camera(chronicle, title, addresses))
        return cameras[-1]

    with (folder / "log").open("w") as log, patch("gateway.cli.demo.performance.stage_for", camera):
        logs.set_up(json=False, stream=log)
        await Performance(folder, story.load("demo"), language, DEMO_S).run()
    assert cameras[0].taken
    write("demo", language, cameras[0].taken)


SCREENS = (doctor, scan, setup, demo)


async def main() -> None:
    """Every screen in both languages."""
    FOLDER.mkdir(exist_ok=True)
    for screen in SCREENS:
        for language in LANGUAGES:
            with tempfile.TemporaryDirectory() as folder:
                await screen(Path(folder), language)
            print(f"{screen.__name__}.{language}.svg", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
