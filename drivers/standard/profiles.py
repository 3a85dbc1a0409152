"""The standard profiles there are, and the drivers made of them.

A band may offer several: whichever driver it is enrolled with, the conversation is made of all of them. The `decode` of a
driver reads its own profile alone.
"""

from __future__ import annotations

from functools import partial

from drivers.driver import ConnectionDriver
from drivers.standard import battery, blood_pressure, heart_rate, location, pulse_oximeter, thermometer
from drivers.standard.conversation import converse
from drivers.standard.profile import Profile

PROFILES = (
    heart_rate.PROFILE,
    blood_pressure.PROFILE,
    thermometer.PROFILE,
    pulse_oximeter.PROFILE,
    location.PROFILE,
    battery.PROFILE,
)


def _driver(profile: Profile) -> ConnectionDriver:
    return ConnectionDriver(
        name=profile.name,
        title=profile.title,
        title_zh=profile.title_zh,
        measures=profile.measures,
        services=(profile.service,),
        converse=partial(converse, PROFILES),
        decode=lambda characteristic, data, _at: profile.decode(characteristic, data, {}),
        streams=profile.streams,
        on_sight=profile.on_sight,
        sensor=profile.sensor,
    )


DRIVERS = tuple(_driver(profile) for profile in PROFILES)
