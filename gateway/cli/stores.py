"""The way of `export` and `erase` to the stores: through the running gateway, or by opening them where none runs."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from gateway import logs
from gateway.cli.running_gateway import NotRunning, connected
from gateway.clock import SystemClock
from gateway.control.listening import Line, Lines
from gateway.control.store_verbs import StoreVerbs
from gateway.errors import LiferingError
from gateway.settings.data_folder import data_folder
from gateway.settings.file import load
from gateway.settings.named_files import BadFile
from gateway.settings.store_key import store_keys
from gateway.store import encryption
from gateway.store.opening import open_stores
from gateway.store.stores import Stores
from gateway.whys import meaning
from gateway.words.incidents import incident as in_words
from gateway.words.mistakes import what
from gateway.words.stored import STORES

ANSWER_S = 3600.0  # a big store is searched for long before something of it is found

Ask = Callable[[str, Mapping[str, object]], Iterator[Mapping[str, Any]]]


class NoStore(LiferingError):
    """There is none, or the disk refuses it."""


@contextmanager
def stores(args: argparse.Namespace) -> Iterator[Ask]:
    """What is asked by verb and arguments as on the control socket.

    Raises NoStore, MayNotAsk, FaultySettings; asking raises Declined, NotRunning and what the store raises.
    """
    with ExitStack() as way:
        try:
            gateway = way.enter_context(connected(data_folder(args.config), ANSWER_S))
        except NotRunning:
            print(_said("opened here", args), file=sys.stderr)
            yield way.enter_context(_opened(args))
        else:
            yield gateway.ask


@contextmanager
def _opened(args: argparse.Namespace) -> Iterator[Ask]:
    settings = load(args.config).settings
    folder = settings.gateway.data_dir
    if not (folder / "alerts.db").exists():
        raise NoStore(_said("no store", args, folder=folder))
    logs.set_up_for_a_verb(args.spoken)
    encryption.use(_keys(settings.store.key_file, args))
    with _as_owner_of(folder), asyncio.Runner() as loop:
        opened = loop.run(open_stores(folder, settings.gateway.id, SystemClock(), settings.store.max_mb))
        try:
            _look_at(opened, args)
            with ExitStack() as asked:  # who has enough leaves an answer half read: it is closed while the loop still runs
                verbs = StoreVerbs(opened, settings.gateway.id, running=False)
                yield lambda verb, args: asked.enter_context(closing(_ask(loop, verbs, verb, args)))
        finally:
            loop.run(opened.close())


def _keys(key_file: Path | None, args: argparse.Namespace) -> list[bytes]:
    """Raises NoStore where they cannot be had: what they lock must not be put aside by somebody who only asks."""
    try:
        return store_keys(key_file) if key_file else []
    except BadFile as bad:
        raise NoStore(f"store.key_file: {what(bad.code, bad.facts, args.spoken)}") from bad


@contextmanager
def _as_owner_of(folder: Path) -> Iterator[None]:
    """root makes no file here that the gateway could not open."""
    owner = folder.stat()
    if os.geteuid() != 0:
        yield
        return
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def _look_at(opened: Stores, args: argparse.Namespace) -> None:
    if why := opened.alerts.fault or opened.readings.fault:
        raise NoStore(_said("refuses", args, why=meaning(why, args.spoken)))
    for incident in opened.incidents:
        print(_said("repaired", args, what=in_words(incident, args.spoken)), file=sys.stderr)


def _ask(loop: asyncio.Runner, verbs: StoreVerbs, verb: str, args: Mapping[str, object]) -> Generator[Mapping[str, Any]]:
    lines = loop.run(_answer(verbs, verb, args))
    if isinstance(lines, Mapping):
        yield lines
        return
    try:
        while (line := loop.run(_next(lines))) is not None:
            yield line
    finally:
        loop.run(lines.aclose())


async def _answer(verbs: StoreVerbs, verb: str, args: Mapping[str, object]) -> Line | Lines:
    return await verbs.verbs[verb](args, f"lifering {verb}")


async def _next(lines: Lines) -> Mapping[str, Any] | None:
    return await anext(lines, None)


def _said(name: str, args: argparse.Namespace, **facts: object) -> str:
    return STORES[name].of(args.spoken).format(**facts)
