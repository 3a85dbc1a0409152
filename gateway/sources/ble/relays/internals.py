"""Every private name of aioesphomeapi that is used: why its public interface is not enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aioesphomeapi.client import APIClient
from aioesphomeapi.core import MESSAGE_TYPE_TO_PROTO

OF_AIOESPHOMEAPI: Final = ("_get_connection",)


def on_each_message(client: APIClient, take: Callable[[Any], None]) -> None:
    """`take` is told of every message (of protobuf) that comes from now on.

    The client collects what belongs to an answer without a bound, and tells nobody how much comes.
    """
    client._get_connection().add_message_callback(take, tuple(MESSAGE_TYPE_TO_PROTO.values()))
