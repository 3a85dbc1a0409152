"""Nonin data format 7: as format 2 (nonin_df2.py), with a wave of 16 bits and no byte 01 in front.

    SS PH PL FF CC        C: sum of the first four, modulo 256; 25 frames a packet; P wave, high byte first; S and F as there

Without the 01 one place in a thousand looks like a sync frame: one is taken for a beginning only if the frame after it has the
right sum and no sync bit. Sources as there. Confidence: high.

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

from functools import partial

from drivers.driver import SensorTraits, SerialDriver
from drivers.serial_line import nonin
from drivers.serial_line.nonin_packets import DataFormat, decoder

_decoder = partial(decoder, DataFormat(head=b"", looks_like_sync=True))

DRIVER = SerialDriver(
    name="nonin-df7",
    title="Nonin 9560, 3150, Xpod, OEM III, 3231: oximeters, data format 7",
    title_zh="Nonin 9560、3150、Xpod、OEM III、3231：血氧仪，数据格式 7",
    measures=("heart_rate", "oxygen_saturation", "battery_low"),
    decoder=_decoder,
    converse=partial(nonin.converse, 7, _decoder),
    baud=9600,
    many_a_second=True,
    sensor=SensorTraits(site="finger"),
)
