"""What a technician does on a machine of Debian with real systemd and no network: the stories of `technician.d`, boot by boot.

    python -m tests.vm.technician IMAGES PACKAGES RELEASE...

IMAGES/RELEASE is a machine of `build-image`. PACKAGES has the package and in next/ a newer one. The disk is kept from boot to
boot, so a story finds what those before it left. Ends with 1 where a promise was broken.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from fake_devices.pseudo_terminal import PseudoTerminal
from fake_devices.serial_hub import FakeHub
from tests.reliability.figures import Figures, Row, write
from tests.reliability.stamp import Stamp, stamp

HERE = Path(__file__).parent
BANDS = ("C0:FF:EE:00:00:09", "C0:FF:EE:00:00:10")
SAYS_EVERY_S = 10.0
BOOT_S = 3600
OPTIONS = (
    *("-device", "qemu-xhci", "-chardev", "serial,id=hub,path={out}/hub"),
    *("-device", "usb-serial,chardev=hub,serial=0001"),
    *("-chardev", "serial,id=outside,path={out}/outside", "-device", "isa-serial,chardev=outside,index=1"),
)
BREAKS = "raise SystemExit(1)\n"  # in the place of a program that runs


class Story(NamedTuple):
    """One of `technician.d`. `boot`: the number of the boot in which it is done."""

    name: str
    boot: str
    what: str
    promise: str


class Surroundings:
    """The hub at the machine's USB port with its bands, and whoever does what a story asks for at the second serial line."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._hub = FakeHub(out / "hub")
        self._line = PseudoTerminal(out / "outside", self._hear)
        self._heard = b""

    async def stay(self) -> None:
        """Both lines are there until this is cancelled; the bands say now and then how they are."""
        self._line.plug_in()
        try:
            async with self._hub:
                while True:
                    for band in BANDS:
                        self._hub.says(band, heart_rate=72, worn=True)
                    await asyncio.sleep(SAYS_EVERY_S)
        finally:
            self._line.pull_out()

    def _hear(self, data: bytes) -> None:
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            match line.decode().split():
                case ["press", band]:
                    self._hub.presses(band)
                case ["cut"]:
                    os.kill(int((self._out / "qemu.pid").read_text()), signal.SIGKILL)


def stories() -> list[Story]:
    """In order. The second line of each says what is done, the third what is promised."""
    found = []
    for path in sorted((HERE / "technician.d").glob("[0-9]*.sh")):
        what, promise = (line.removeprefix("# ").removeprefix("Promised: ") for line in path.read_text().splitlines()[1:3])
        found.append(Story(path.stem, path.stem.partition("-")[0], what, promise))
    return found


def lay_out(out: Path, packages: Path) -> None:
    """What the machine sees as /out: the stories, and the package, a newer one, and one that cannot run."""
    shutil.copytree(HERE / "technician.d", out / "stories")
    for program in ("dispatcher.py", "status.py"):
        shutil.copy(HERE / program, out / "stories")
    (package,) = packages.glob("lifering_*.deb")
    (newer,) = (packages / "next").glob("lifering_*.deb")
    shutil.copy(package, out / "lifering.deb")
    shutil.copy(newer, out / "next.deb")
    with TemporaryDirectory() as folder:
        root = Path(folder)
        subprocess.run(["dpkg-deb", "--raw-extract", newer, root], check=True)
        (root / "usr/lib/lifering/shipped/gateway/__main__.py").write_text(BREAKS)
        for about in ("control", "preinst", "postinst", "prerm", "postrm"):
            text = (root / "DEBIAN" / about).read_text()
            (root / "DEBIAN" / about).write_text(text.replace("9999", "10000"))
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", root, out / "broken.deb"], check=True, stdout=2)


def lives(image: Path, packages: Path) -> dict[str, str]:
    """The stories that kept their promise, and the seconds that each took in the machine; ends at the first that did not."""
    with TemporaryDirectory() as folder:
        out, disk = Path(folder) / "out", Path(folder) / "disk.ext4"
        out.mkdir()
        lay_out(out, packages)
        subprocess.run(["cp", "--sparse=always", image / "disk.ext4", disk], check=True)
        asyncio.run(_boots(image, out, disk))
        return _kept(out)


async def _boots(image: Path, out: Path, disk: Path) -> None:
    async with asyncio.TaskGroup() as tasks:
        staying = tasks.create_task(Surroundings(out).stay())
        for boot in sorted({story.boot for story in stories()}):
            await _boot(image, boot, out, disk)
            kept = _kept(out)
            if any(story.boot == boot and story.name not in kept for story in stories()):
                break
        staying.cancel()


async def _boot(image: Path, boot: str, out: Path, disk: Path) -> None:
    (out / "command").write_text(f"sh /out/stories/boot.sh {boot}\n")
    options = [option.format(out=out) for option in OPTIONS]
    command = [str(HERE / "boot"), str(image), str(BOOT_S), str(out), *options]
    machine = await asyncio.create_subprocess_exec(*command, env={**os.environ, "LIFERING_VM_DISK": str(disk)})
    await machine.wait()


def _kept(out: Path) -> dict[str, str]:
    told = (out / "kept").read_text() if (out / "kept").exists() else ""
    return dict(line.split() for line in told.splitlines())


def rows(release: str, kept: dict[str, str]) -> list[Row]:
    """One a story that the machine came to: those that kept their promise, and the one that did not."""
    return [
        Row(
            name=f"{release}: {story.what}",
            kind="installation",
            promise=story.promise,
            tried=1,
            other=int(story.name not in kept),
            said=f"{kept[story.name]} s" if story.name in kept else "",
        )
        for story in stories()[: len(kept) + 1]
    ]


def table(kept: dict[str, dict[str, str]]) -> str:
    """A line a story: the seconds that it took in the machine of each release, `broken`, or `-` where it did not come to it."""
    lines = [f"{'':24}" + "".join(f"{release:>12}" for release in kept)]
    for number, story in enumerate(stories()):
        cells = [_cell(one.get(story.name), len(one) >= number) for one in kept.values()]
        lines.append(f"{story.name:24}" + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)


def _cell(seconds: str | None, came: bool) -> str:
    return f"{seconds} s" if seconds else "broken" if came else "-"


def main(images: Path, packages: Path, releases: list[str]) -> int:
    """Each release in turn, with figures of its own, whatever came of it."""
    kept = {}
    for release in releases:
        began = time.monotonic()
        kept[release] = lives(images / release, packages)
        here = stamp()
        made = Stamp(date=here.date, commit=here.commit, machine=f"{release} in QEMU on {here.machine}")
        figures = Figures(
            command=f"./dev vm technician {release}",
            made=made,
            took_s=round(time.monotonic() - began),
            rows=rows(release, kept[release]),
        )
        write(f"vm-technician-{release}", figures)
    print(table(kept), flush=True)
    return int(any(len(one) < len(stories()) for one in kept.values()))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
