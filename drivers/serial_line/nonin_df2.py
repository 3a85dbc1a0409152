"""Nonin data format 2: Onyx II 9560, WristOx2 3150, Xpod, OEM III, 3231 USB, 75 frames a second.

9600 8N1 (over Bluetooth SPP the rate does not matter). The format is kept in the device; the gateway sets it (nonin.py).
How packets are found: nonin_packets.py.

    01 SS PP FF CC        C: sum of the first four, modulo 256; 25 frames a packet
        S  bit 7 always 1; 6 sensor disconnected (OEM III; reserved in the 9560); 5 artifact; 4 out of track:
           questionable:out_of_track; 3 sensor alarm, finger out; 2 red, 1 green perfusion; 0 sync, in frame 1 only
        P  wave
        F  by frame: 1, 2 HR high, low; 3 SpO2; 4 revision; 6, 7 timer; 8 STAT2 (bit 5 SmartPoint, bit 0 battery low); 9 SpO2-D;
           10 SpO2 fast; 11 SpO2 beat to beat; 14, 15 E-HR; 16 E-SpO2; 17 E-SpO2-D; 20, 21 HR-D; 22, 23 E-HR-D; others reserved

Sources: Nonin 6470-000-01 (9560 OEM specification), mattjlewis/NoninPulseOx, mdpnp/mdpnp, unit tests of
pez-globo/pufferfish-software. Confidence: high.

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

from functools import partial

from drivers.driver import SensorTraits, SerialDriver
from drivers.serial_line import nonin
from drivers.serial_line.nonin_packets import DataFormat, decoder

_decoder = partial(decoder, DataFormat(head=b"\x01", looks_like_sync=False))

DRIVER = SerialDriver(
    name="nonin-df2",
    title="Nonin 9560, 3150, Xpod, OEM III, 3231: oximeters, data format 2",
    title_zh="Nonin 9560、3150、Xpod、OEM III、3231：血氧仪，数据格式 2",
    measures=("heart_rate", "oxygen_saturation", "battery_low"),
    decoder=_decoder,
    converse=partial(nonin.converse, 2, _decoder),
    baud=9600,
    many_a_second=True,
    sensor=SensorTraits(site="finger"),
)
