"""MOKO SMART's keys: the button B1, badges B2, and wristbands with the same software (BXP-B-D, "MK BUTTON" in the maker's app).

Heard: service data FEE0 and EA00 (AD type 16). Sources: huochaifanfan/bxp_b_d_flutter (commit b6c38f8: MokoBleScanner.java,
OrderServices.java) and the maker's AdvInfoAnalysisImpl.java (package com.moko.bxp.button.d). Confidence medium-high: the
maker's app in two copies, but no captured frame. Numbers are big endian.

    E0 FE  TT SS  CCCC  device id (1 to 6)  device type  one more byte
        T  20 press, 21 double press, 22 long press, 23 no movement for long (neither a press nor a fall)
        S  bit 0 a password is needed, bit 1 triggered: this is the press with that count; clear: a beacon of life
        C  count of this kind of press; 0: none since the battery was put in
    00 EA  00 ...  21 bytes or more, mostly in the scan response: acceleration at 4 (6), ranging at 12, battery at 13 (u16, mV)

FEE0 of 4 bytes is a Mi Band, of 20 a scale. Each kind of press is a slot of its own, that may instead be set to iBeacon or
Eddystone UID: then the drivers `ibeacon` or `eddystone` are for it. No alarm is advertised while an app is connected.

Sensor: no pressure, at no known place, not worn.
"""

from __future__ import annotations

from drivers.advertisements.structures import decoder
from drivers.driver import AdvertisementDriver, Decoded, PressPolicy, Refused, SensorTraits
from drivers.framing import SERVICE_DATA_16, need
from drivers.measurement import Button, Measurement

TRIGGERS, INFORMATION = 0xFEE0, 0xEA00

_OF_OTHERS = (4, 20)
_TRIGGER_BYTES, _INFORMATION_BYTES = 7, 21
_PRESSES: dict[int, Button] = {0x20: "press", 0x21: "double_press", 0x22: "long_press"}
_NO_MOVEMENT = 0x23
_TRIGGERED = 0x02


def _trigger(frame: bytes) -> Decoded:
    if len(frame) in _OF_OTHERS:
        raise Refused("not_mine", f"FEE0 of {len(frame)} bytes")
    if frame and frame[0] not in _PRESSES and frame[0] != _NO_MOVEMENT:
        raise Refused("unsupported", f"frame type {frame[0]:02X}")
    need(frame, _TRIGGER_BYTES, "trigger")
    kind, triggered, count = frame[0], bool(frame[1] & _TRIGGERED), int.from_bytes(frame[2:4], "big")
    if kind == _NO_MOVEMENT:
        return Decoded(status={"inactivity": triggered})
    if triggered:
        return Decoded([_press(kind, f"{kind:x}:{count}")])
    return Decoded(released=[_press(kind, f"{kind:x}:{count}" if count else None)])


def _press(kind: int, event: str | None) -> Measurement:
    return Measurement(kind="button", value=_PRESSES[kind], event=event)


def _information(frame: bytes) -> Decoded:
    need(frame, _INFORMATION_BYTES, "device information")
    if frame[0] != 0:
        raise Refused("unsupported", f"device information of type {frame[0]:02X}")
    return Decoded(status={"battery_mv": int.from_bytes(frame[13:15], "big")})


DRIVER = AdvertisementDriver(
    name="moko-button",
    title="MOKO SMART buttons, badges and wristbands with a key (BXP-B-D)",
    title_zh="MOKO SMART 按钮、胸牌和带按键的手环（BXP-B-D）",
    measures=("button",),
    decode=decoder({(SERVICE_DATA_16, TRIGGERS): _trigger, (SERVICE_DATA_16, INFORMATION): _information}),
    services=(TRIGGERS, INFORMATION),
    presses=PressPolicy(silence_s=0),
    keys_call_for_help=True,
    sensor=SensorTraits(),
)
