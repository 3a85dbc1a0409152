"""Which errors mean that a band wants a bond: these and no others, as bleak 3.1 hands over what BlueZ says."""

from __future__ import annotations

import pytest
from bleak.backends.bluezdbus.utils import assert_gatt_reply
from dbus_fast import Message, MessageType

from gateway.sources.ble.bleak_errors import NOT_PAIRED, word


def said(name: str, text: str) -> Exception:
    """What bleak makes of an error of BlueZ."""
    reply = Message(message_type=MessageType.ERROR, reply_serial=1, error_name=name, signature="s", body=[text])
    with pytest.raises(Exception) as raised:  # noqa: PT011 (bleak's own, whichever)
        assert_gatt_reply(reply, start_notify=True)
    return raised.value


def att(code: int) -> Exception:
    return said("org.bluez.Error.Failed", f"Operation failed with ATT error: 0x{code:02x}")


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(said("org.bluez.Error.NotPermitted", "Not paired"), id="authentication, encryption and its key, by BlueZ"),
        pytest.param(said("org.bluez.Error.NotAuthorized", "Operation Not Authorized"), id="authorization, by BlueZ"),
        *(pytest.param(att(code), id=f"0x{code:02x}") for code in (0x05, 0x08, 0x0C, 0x0F)),
    ],
)
def test_a_band_that_wants_a_bond_is_known_by_its_error(error: Exception) -> None:
    assert word(error) == NOT_PAIRED


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(TimeoutError(), id="it was slow"),
        pytest.param(said("org.bluez.Error.NotPermitted", "Read not permitted"), id="it cannot be read"),
        pytest.param(said("org.bluez.Error.NotSupported", "Operation is not supported"), id="it cannot be subscribed"),
        pytest.param(said("org.bluez.Error.Failed", "Not connected"), id="the link is gone"),
        *(pytest.param(att(code), id=f"0x{code:02x}") for code in range(0x01, 0x100) if code not in (0x05, 0x08, 0x0C, 0x0F)),
    ],
)
def test_no_other_error_is_taken_for_it(error: Exception) -> None:
    assert word(error) != NOT_PAIRED
