"""`lifering backup` and `lifering restore`, as a technician types them, with real stores."""

# ruff: noqa: ASYNC240 (a test may wait for its files)

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.cli.backup import named_files_of
from gateway.errors import StoreNotOurs
from gateway.settings.file import load
from gateway.store import encryption
from gateway.store.folder import UNFINISHED, Folder
from gateway.store.stores import Stores
from tests.gateway.cli.running import lifering
from tests.gateway.cli.with_stores import CONFIG, running, stopped
from tests.gateway.store.given import GATEWAY, reading, stores_in, take
from tests.gateway.store.test_erase import call, left_of

WEARER = "W-017"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A box with secrets."""
    folder = tmp_path / "box"
    (folder / "keys").mkdir(parents=True)
    (folder / "gateway.toml").write_text(CONFIG.format(language="en") + 'password_file = "mqtt-password"\nusername = "u"\n')
    (folder / "mqtt-password").write_text("secret")
    (folder / "mqtt-password").chmod(0o640)
    (folder / "keys" / "one.key").write_text("0" * 32)
    return folder / "gateway.toml"


@pytest.fixture
def spare(tmp_path: Path) -> Path:
    """Where the configuration of a spare box goes."""
    (tmp_path / "spare").mkdir()
    return tmp_path / "spare" / "gateway.toml"


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "site.lifering-backup"


async def lived(stores: Stores, start: int = 0) -> None:
    """Readings, and an alert that is open."""
    await take(stores, 30, lambda number: reading(number, wearer=WEARER), start)
    await call(stores, stores.alerts.next_alert(), WEARER, closed=False)
    await stores.readings.flush()


async def ids(stores: Stores) -> dict[str, object]:
    """What each id names."""
    return {str(one["id"]): one for one in await left_of(stores, WEARER)}


async def test_the_open_alert_and_what_waits_survive_on_a_spare_box(
    config: Path, spare: Path, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(config) as stores:
        await lived(stores)
        before, opened = await ids(stores), await stores.alerts.open_alerts()
        assert await lifering("backup", backup, "--config", config) == 0
        assert not (config.parent / "data" / "backup.copy").exists()

    assert await lifering("restore", backup, "--config", spare) == 0
    out, err = capsys.readouterr()
    assert "THE OTHER BOX MUST STAY OFF" in out
    assert not err
    assert spare.read_bytes() == config.read_bytes()
    assert (spare.parent / "mqtt-password").stat().st_mode & 0o777 == 0o640
    assert (spare.parent / "keys" / "one.key").read_text() == "0" * 32
    async with stores_in(spare.parent / "data") as stores:
        assert stores.incidents == []
        assert await ids(stores) == before
        assert await stores.alerts.open_alerts() == opened


async def test_only_its_owner_may_read_it_and_that_is_said(
    config: Path, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with stopped(config) as stores:
        await lived(stores)

    assert await lifering("backup", backup, "--config", config) == 0

    assert backup.stat().st_mode & 0o777 == 0o600
    assert "passwords, keys, telephone numbers and health data" in capsys.readouterr().out
    assert [path.name for path in backup.parent.iterdir() if path.name.startswith(".")] == []


async def test_no_id_names_two_things_on_two_boxes(config: Path, spare: Path, backup: Path) -> None:
    """However the first box goes on after the backup, and however many are made of it."""
    another = spare.parent.parent / "another" / "gateway.toml"
    another.parent.mkdir()
    async with stopped(config) as stores:
        await lived(stores)
    assert await lifering("backup", backup, "--config", config) == 0
    for box in (spare, another):
        assert await lifering("restore", backup, "--config", box) == 0

    named: dict[str, object] = {}
    epochs = set()
    for number, box in enumerate((config, spare, another), start=1):
        async with stores_in(box.parent / "data") as stores:
            await lived(stores, 100 * number)
            epochs.add(stores.epoch)
            for name, one in (await ids(stores)).items():
                assert named.setdefault(name, one) == one
    assert len(epochs) == 3
    assert len(named) == 31 + 3 * 31


async def test_what_was_there_stays_beside_it(
    config: Path, spare: Path, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with stopped(config) as stores:
        await lived(stores)
    assert await lifering("backup", backup, "--config", config) == 0
    spare.write_text(CONFIG.format(language="en") + "# the one before\n")
    (spare.parent / "ca.pem").write_text("stays")
    async with stopped(spare) as stores:
        await take(stores, 3)

    assert await lifering("restore", backup, "--config", spare) == 0

    kept = [line.split("in ")[1].split(". It")[0] for line in capsys.readouterr().out.splitlines() if "What was there" in line]
    assert "# the one before" in (Path(kept[0]) / "gateway.toml").read_text()
    assert (spare.parent / "ca.pem").read_text() == "stays"
    async with stores_in(Path(kept[1])) as stores:
        assert stores.readings.counts().pending == 3


async def test_beside_a_running_gateway_nothing_is_restored(
    config: Path, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(config) as stores:
        await lived(stores)
        assert await lifering("backup", backup, "--config", config) == 0
        before = await ids(stores)

        assert await lifering("restore", backup, "--config", config) == 2

        assert "a gateway runs here: `sudo systemctl stop lifering` first" in capsys.readouterr().err
        assert await ids(stores) == before


def made_anew(backup: Path, change: Callable[[str, bytes], bytes]) -> None:
    """The same with other contents."""
    with tarfile.open(backup) as tar:
        files = [(member.name, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    with tarfile.open(backup, "w") as tar:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(changed := change(name, data))
            tar.addfile(info, io.BytesIO(changed))


def flipped(name: str, data: bytes) -> bytes:
    return data[:50] + bytes([data[50] ^ 1]) + data[51:] if name == "store/alerts.db" else data


def with_manifest(key: str, value: object) -> Callable[[str, bytes], bytes]:
    def change(name: str, data: bytes) -> bytes:
        return json.dumps(json.loads(data) | {key: value}).encode() if name == "manifest.json" else data

    return change


def climbing(name: str, data: bytes) -> bytes:
    return data.replace(b"config/mqtt-password", b"config/../../passwd") if name == "manifest.json" else data


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20_000])


def of_no_use(path: Path) -> None:
    path.write_text("no backup")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda path: made_anew(path, flipped), "store/alerts.db in it is not as its checksum says"),
        (cut, "or it is cut off"),
        (of_no_use, "this is no backup of lifering"),
        (Path.unlink, "No such file"),
        (lambda path: made_anew(path, with_manifest("format", 2)), "a newer lifering made it"),
        (lambda path: made_anew(path, with_manifest("config", "other.toml")), "is missing in it"),
        (lambda path: made_anew(path, climbing), "would land elsewhere"),
    ],
)
async def test_what_is_not_whole_is_refused_and_nothing_changes(
    config: Path, spare: Path, backup: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None], why: str
) -> None:
    async with stopped(config) as stores:
        await lived(stores)
    assert await lifering("backup", backup, "--config", config) == 0
    spoil(backup)

    assert await lifering("restore", backup, "--config", spare) == 1

    err = capsys.readouterr().err
    assert why in err
    assert "nothing was changed" in err
    assert list(spare.parent.iterdir()) == []


async def test_the_store_of_a_newer_version_is_refused(
    config: Path, spare: Path, backup: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(config) as stores:
        await lived(stores)
        for file in stores.files:
            await file.database.read(lambda connection: connection.execute("PRAGMA user_version = 99").fetchall())
        monkeypatch.setattr(
            "gateway.store.copying._check", lambda _connection, _newest: None
        )  # the newer version does not mind
        assert await lifering("backup", backup, "--config", config) == 0
        monkeypatch.undo()

    assert await lifering("restore", backup, "--config", spare) == 1

    assert "its store is of a newer lifering" in capsys.readouterr().err
    assert [path.name for path in spare.parent.rglob("*")] == ["data", "lock"]


@pytest.mark.parametrize(
    ("place", "said"), [("store.key", "its key is in the backup too"), ("../store.key", "NOT in the backup")]
)
async def test_of_an_encrypted_store_it_is_said_where_its_key_is(
    config: Path, spare: Path, backup: Path, capsys: pytest.CaptureFixture[str], place: str, said: str
) -> None:
    key = config.parent / place
    key.write_text("ab" * 32)
    key.chmod(0o600)
    config.write_text(config.read_text() + f'[store]\nkey_file = "{place}"\n')
    encryption.use([b"\xab" * 32])
    async with stopped(config) as stores:
        await lived(stores)
        before = await ids(stores)

    assert await lifering("backup", backup, "--config", config) == 0
    assert said in capsys.readouterr().out
    assert WEARER.encode() not in backup.read_bytes()

    assert await lifering("restore", backup, "--config", spare) == 0
    assert ("BEFORE the gateway is started" in capsys.readouterr().out) == place.startswith("..")
    async with stores_in(spare.parent / "data") as stores:
        assert await ids(stores) == before
        assert len(await stores.alerts.open_alerts()) == 1
    encryption.use([])


async def test_a_backup_that_cannot_be_written_leaves_the_last_one(
    config: Path, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup.mkdir()
    async with running(config):
        assert await lifering("backup", backup, "--config", config) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert not (config.parent / "data" / "backup.copy").exists()


def test_half_a_restore_lets_no_gateway_start(tmp_path: Path) -> None:
    (tmp_path / UNFINISHED).touch()
    with pytest.raises(StoreNotOurs, match="restore the same backup again"):
        Folder(tmp_path).hold()


async def test_words_are_in_the_language_of_the_configuration(
    config: Path, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(config.read_text().replace('"en"', '"zh-CN"'))
    async with running(config):
        assert await lifering("backup", backup, "--config", config) == 0
        assert await lifering("restore", backup, "--config", config) == 2
    out, err = capsys.readouterr()
    assert f"{GATEWAY} 的备份" in out
    assert "网关正在运行" in err


def test_the_pin_of_the_page_is_a_file_that_the_configuration_names(config: Path, tmp_path: Path) -> None:
    pin = tmp_path / "elsewhere" / "page-pin"
    pin.parent.mkdir()
    pin.touch(0o600)
    pin.write_text("482915")
    config.write_text(config.read_text() + f'[page]\nlisten = "127.0.0.1:8080"\npin_file = "{pin}"\n')

    assert pin in named_files_of(load(config).settings)
