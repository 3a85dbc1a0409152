"""What the package promises, tried in a root of `build-root` by `run`, without a network: installed, used, updated, taken off.

    python3 /story/story.py

Runs by the root's own Python, and needs nothing else. /packages has the package, and in /packages/next a newer one. Prints a
line for each promise; ends with 1 at the first that is broken.
"""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from stat import filemode

PACKAGES, CONFIG, DATA, TREE = Path("/packages"), Path("/etc/lifering"), Path("/var/lib/lifering"), Path("/usr/lib/lifering")
BY_HAND = Path("/etc/systemd/system/lifering.service")
USUAL = ("gateway.toml", "wristbands.csv", "duty.csv", "responders.csv")
OF_THE_TOOLS = (
    *("/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/.pwd.lock"),  # what shadow keeps
    *("/var/log/", "/var/lib/dpkg/", "/var/cache/"),
)
NOT_OURS = ("/proc", "/sys", "/dev", "/tmp", "/run", "/packages", "/story")
GATEWAY = """
[gateway]
id = "here"
language = "zh-CN"
data_dir = "{data_dir}"
[mqtt]
host = "127.0.0.1"
username = "u"
password_file = "mqtt-password"
tls = false
insecure = true
[bluetooth]
enabled = false
[[serial]]
name = "hub"
port = "/dev/serial/by-id/usb-hub"
driver = "serial-hub"
"""


def main() -> int:
    """Every promise in order; each finds what those before it left."""
    for promise in PROMISES:
        promise()
        print(f"{platform.machine()}, Python {platform.python_version()}: {(promise.__doc__ or '').rstrip('.')}", flush=True)
    return 0


def an_installation_by_hand_is_not_hidden() -> None:
    """Where it was installed by hand the package is refused, and says what to remove."""
    BY_HAND.write_text("[Service]\n")
    code, told = sh("dpkg", "-i", *packages())
    BY_HAND.unlink()
    assert code, told
    assert "/opt/lifering" in told, told
    sh("dpkg", "--purge", "lifering")


def it_is_installed() -> None:
    """It is installed without a network, and the files are those of the gateway's user."""
    well("dpkg", "-i", *packages())
    assert [rights(CONFIG / name) for name in USUAL] == ["-rw-r----- lifering lifering"] * 4
    assert rights(CONFIG) == "drwxr-x--- lifering lifering"
    assert rights(DATA) == "drwx------ lifering lifering"
    assert rights(Path("/usr/bin/lifering")) == "-rwxr-xr-x root root"
    assert well("id", "-Gn", "lifering").split() == ["lifering", "dialout", "bluetooth"]
    assert sh("systemctl", "is-enabled", "lifering")[1].strip() == "enabled"


def nobody_may_change_the_program() -> None:
    """No file of the program is anybody's but root's, none may be changed by others, and none names where it was built."""
    for path in TREE.rglob("*"):
        told = path.lstat()
        assert told.st_uid == told.st_gid == 0, path
        assert path.is_symlink() or not told.st_mode & 0o022, path
    tag = f"cpython-{sys.version_info[0]}{sys.version_info[1]}.pyc"
    compiled = TREE / "current/gateway/cli/__pycache__" / f"check.{tag}"
    assert f"{TREE.resolve()}/{(TREE / 'current').readlink()}/gateway/cli/check.py".encode() in compiled.read_bytes()


def the_command_answers() -> None:
    """The command answers: its help, its drivers, bytes that are decoded."""
    assert "--version" in well("lifering", "--help")
    assert "serial-hub" in well("lifering", "drivers")
    assert '"heart_rate"' in well("lifering", "decode", "ble-heart-rate", "--characteristic", "2a37", "0048")
    assert well("lifering", "--version").startswith("lifering ")


def the_demo_says_where_it_is() -> None:
    """The demo, whose broker and Bluetooth stack are left out, says where they are."""
    code, told = sh("lifering", "demo", "--no-web")
    assert code == 1, told
    assert "./dev demo" in told, told


def the_example_is_checked_as_the_service_sees_it() -> None:
    """The example lacks its password, and says so in Chinese; with another configuration there is no mistake."""
    code, told = sh(*AS_LIFERING, "lifering", "check")
    assert code == 2, told
    assert "mqtt.password_file: 找不到" in told, told
    configure()
    well(*AS_LIFERING, "lifering", "check")


def the_gateway_runs() -> None:
    """The gateway starts, without broker, port and radio, says that it is ready, and stops when asked."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind("/tmp/notify")
    Path("/tmp/notify").chmod(0o777)
    Path("/tmp").chmod(0o777)
    listener.settimeout(300)
    environment = {**os.environ, "NOTIFY_SOCKET": "/tmp/notify"}
    gateway = subprocess.Popen([*AS_LIFERING, "lifering", "run"], env=environment, stderr=subprocess.PIPE, text=True)
    while b"READY=1" not in listener.recv(4096):
        pass
    gateway.terminate()
    _, told = gateway.communicate(timeout=300)
    assert gateway.returncode == 0, told
    assert {path.name for path in DATA.iterdir()} >= {"alerts.db", "readings.db"}, told


def a_newer_version_takes_over() -> None:
    """A newer version takes over, the one before stays beside it, and what was written stays."""
    before, written = (TREE / "current").readlink(), (CONFIG / "gateway.toml").read_text()
    well("dpkg", "-i", *packages("next"))
    assert (TREE / "previous").readlink() == before
    assert (TREE / "current").readlink() == Path(well("dpkg-query", "-W", "-f", "${Version}", "lifering"))
    assert (CONFIG / "gateway.toml").read_text() == written
    assert (CONFIG / "duty.csv").read_bytes() == (TREE / "current/gateway/_config/duty.csv").read_bytes()
    versions = {str(before), str((TREE / "current").readlink())}
    assert {path.name for path in TREE.iterdir()} == {"shipped", "trial", "current", "previous", *versions}
    well("lifering", "drivers")


def the_version_before_is_the_way_back() -> None:
    """The version before answers again when `current` points to it."""
    before = TREE / (TREE / "previous").readlink()
    (TREE / "current").unlink()
    (TREE / "current").symlink_to(before.name)
    well(*AS_LIFERING, "lifering", "check")
    assert f"{before}/gateway/__main__.py" in well("python3", "-I", "-v", "/usr/bin/lifering", "--version")


def removing_leaves_configuration_and_data() -> None:
    """Taken off, it leaves configuration and data, and nothing of itself."""
    well("dpkg", "--remove", "lifering")
    assert not TREE.exists()
    assert (CONFIG / "gateway.toml").exists()
    assert (DATA / "alerts.db").exists()


def purging_leaves_nothing() -> None:
    """Purged, it leaves nothing: no file that was not there before, no user, no group."""
    well("dpkg", "--purge", "lifering")
    left = sorted(set(files()) - BEFORE)
    assert left == [], left
    assert sh("id", "lifering")[0]
    assert "lifering" not in Path("/etc/group").read_text()


def purging_tells_of_data_elsewhere() -> None:
    """Data in a folder elsewhere is left, with its user, and that is said."""
    well("dpkg", "-i", *packages())
    configure(data_dir="/srv/lifering")
    well("install", "-d", "-o", "lifering", "-g", "lifering", "-m", "0700", "/srv/lifering")
    code, told = sh("dpkg", "--purge", "lifering")
    assert code == 0, told
    assert "/srv/lifering" in told, told
    assert rights(Path("/srv/lifering")) == "drwx------ lifering lifering"


PROMISES: tuple[Callable[[], None], ...] = (
    an_installation_by_hand_is_not_hidden,
    it_is_installed,
    nobody_may_change_the_program,
    the_command_answers,
    the_demo_says_where_it_is,
    the_example_is_checked_as_the_service_sees_it,
    the_gateway_runs,
    a_newer_version_takes_over,
    the_version_before_is_the_way_back,
    removing_leaves_configuration_and_data,
    purging_leaves_nothing,
    purging_tells_of_data_elsewhere,
)
AS_LIFERING = ("setpriv", "--reuid", "lifering", "--regid", "lifering", "--init-groups")


def configure(data_dir: str = str(DATA)) -> None:
    """A configuration without radio and with a password; the broker is not there."""
    (CONFIG / "gateway.toml").write_text(GATEWAY.format(data_dir=data_dir))
    (CONFIG / "mqtt-password").write_text("secret")
    well("chown", "lifering:lifering", str(CONFIG / "mqtt-password"))
    (CONFIG / "mqtt-password").chmod(0o600)


def packages(folder: str = ".") -> list[str]:
    """Those of this machine's architecture."""
    architecture = well("dpkg", "--print-architecture").strip()
    return [str(path) for path in (PACKAGES / folder).glob(f"lifering_*_{architecture}.deb")]


def files() -> Iterator[str]:
    """Every path of the root that is not only the tools' own book-keeping."""
    for folder, folders, names in os.walk("/"):
        folders[:] = [name for name in folders if str(Path(folder, name)) not in NOT_OURS]
        yield from (path for name in (*folders, *names) if not (path := str(Path(folder, name))).startswith(OF_THE_TOOLS))


def rights(path: Path) -> str:
    """As `ls -l` shows them."""
    return f"{filemode(path.stat().st_mode)} {path.owner()} {path.group()}"


def sh(*command: str) -> tuple[int, str]:
    """Exit code, and all that it says."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def well(*command: str) -> str:
    """What it says; it must end well."""
    code, told = sh(*command)
    assert code == 0, f"{command}: {code}\n{told}"
    return told


if __name__ == "__main__":
    BEFORE = set(files())
    sys.exit(main())
