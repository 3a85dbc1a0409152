"""Plants the faults of the first version of the rules again, one at a time: `./dev breaks rules` sees a named test turn red.

Each is one that was seen in that version, or with it, on real vital signs; the comment says which.
"""

from __future__ import annotations

from tests.breaks import Break

RULES, ROWS = "gateway/rules", "config/rules.toml"
MONITOR, TRACKER, LIMITS = f"{RULES}/series_monitor.py", f"{RULES}/limit_tracker.py", f"{RULES}/limits.py"
NEVER_SILENT = "tests/gateway/rules/test_never_silent.py"

RULE_BREAKS = (
    # After a person closed an alert, silence for as long as the value stays bad.
    Break(
        f"{RULES}/limit_rules.py",
        "            monitor.closed(now_ms)\n",
        "",
        f"{NEVER_SILENT}::test_after_closing_what_still_holds_is_raised_anew_after_fifteen_minutes",
    ),
    Break(
        MONITOR,
        "        if self._limits.spot:\n            self.now.crossed.clear()\n        for crossed",
        "        for crossed",
        "tests/ward/test_promises.py::test_the_next_severe_pressure_after_a_person_closed_the_alert_is_told_at_once",
    ),
    # A first critical cuff reading is silent while any warning stands.
    Break(
        MONITOR,
        " or crossed.limit.out > max(one.limit.out for one in same)",
        "",
        f"{NEVER_SILENT}::test_a_first_critical_pressure_is_told_at_once_while_a_warning_stands",
    ),
    # The same level for another cause: nothing.
    Break(
        MONITOR,
        "same = [one for one in known if one.side == crossed.side]",
        "same = known",
        f"{NEVER_SILENT}::test_the_other_side_is_told_with_its_value",
    ),
    # A restart forgets what the rules need.
    Break(
        f"{RULES}/engine.py",
        "        for part in self._parts:\n            part.load(memory)\n",
        "",
        "tests/ward/test_promises.py::test_a_restart_anywhere_gives_the_same_events",
    ),
    # No value is the worst value.
    Break(
        f"{RULES}/no_usable_value.py",
        "        if self._lasts(streak, spot):",
        "        if False:",
        "tests/gateway/rules/test_no_usable_value.py::test_a_pulse_of_23_for_half_an_hour_is_told_whatever_the_interval",
    ),
    # Off the wrist, silent, flat battery: nothing is ever told.
    Break(
        "gateway/supervision/silence.py",
        "        return reached[0] if reached else None",
        "        return None",
        "tests/gateway/supervision/test_bands.py",
    ),
    Break(
        "gateway/supervision/off_wrist.py",
        'return "warning" if band.off_since',
        "return None if band.off_since",
        "tests/gateway/supervision/test_bands.py",
    ),
    # A respiratory rate of 34 for half an hour: nothing.
    Break(
        ROWS,
        "unknown_warning_high = { limit = 25, rails = [20, 35]",
        "unknown_warning_high = { limit = 35, rails = [20, 35]",
        f"{NEVER_SILENT}::test_fast_breathing_for_half_an_hour_is_told",
    ),
    # False criticals: 97 % of them with steps in the ten minutes before.
    Break(
        LIMITS,
        "    return STILL if situation.steps_5min < FEW_STEPS else MOVING",
        "    return STILL",
        f"{NEVER_SILENT}::test_a_fast_pulse_of_somebody_who_walks_calls_nobody",
    ),
    Break(
        f"{RULES}/step_count.py",
        "        return last.first_ms if at_ms - last.first_ms <= OVERDUE * usual_ms else at_ms",
        "        return at_ms",
        "tests/gateway/rules/test_wearer_situation.py::test_who_walked_at_the_last_count_walks_on_until_the_next_is_overdue",
    ),
    # A band on the table alarms.
    Break(
        f"{RULES}/engine.py",
        "        if not judged.counts:\n            return []\n",
        "",
        f"{NEVER_SILENT}::test_a_band_that_is_not_worn_alarms_nobody",
    ),
    # One sleeping healthy man gives two criticals a night at the wrist.
    Break(
        TRACKER,
        "        if self.sure:\n            return self.limit.priority\n",
        "        return self.limit.priority\n",
        f"{NEVER_SILENT}::test_a_saturation_at_the_wrist_is_a_warning_until_a_finger_confirms_it",
    ),
    # 39.3 is never critical as people measure; one 34.0 is told to nobody.
    Break(
        ROWS,
        'apart_s = 25, within_s = 172800, confirm_s = 600, source = "96 %',
        'apart_s = 300, within_s = 172800, confirm_s = 600, source = "96 %',
        f"{NEVER_SILENT}::test_a_temperature_repeated_as_people_repeat_it_is_confirmed",
    ),
    # A pressure twice 45 s apart is not confirmed.
    Break(
        ROWS,
        'apart_s = 25, within_s = 172800, confirm_s = 600, source = "30 to 60 s',
        'apart_s = 60, within_s = 172800, confirm_s = 600, source = "30 to 60 s',
        f"{NEVER_SILENT}::test_a_pressure_repeated_after_45_seconds_is_confirmed",
    ),
    # The cliff: a band that measures rarely is told half an hour later, or never.
    Break(
        f"{RULES}/persistence.py",
        "KEPT = 4 ",
        "KEPT = 1 ",
        f"{NEVER_SILENT}::test_no_way_of_sampling_is_a_cliff",
    ),
    # Chatter: half of the alerts begin within an hour of the one before.
    Break(
        ROWS,
        "ten_minutes = { back = 5, lasting_s = 600, ",
        "ten_minutes = { back = 5, lasting_s = 1, ",
        f"{NEVER_SILENT}::test_a_pulse_that_falls_for_some_minutes_and_rises_again_is_one_alert",
    ),
    # An alert that stays is told once.
    Break(
        "gateway/alerts/reminders.py",
        "    return _holds(alert) and _due(alert, now) > _given(alert)",
        "    return False",
        "tests/gateway/alerts/test_people.py::test_what_still_holds_is_reminded_of_after_15_minutes_and_every_30_after",
    ),
    # What could not be confirmed beyond an extreme limit stays a warning.
    Break(
        MONITOR,
        "            crossed.alone = crossed.limit.extreme and crossed.sure\n",
        "",
        f"{NEVER_SILENT}::test_beyond_an_extreme_limit_what_could_not_be_confirmed_becomes_critical",
    ),
    # The test of the ward cannot fail: nobody in it has a fast pulse.
    Break(
        "tests/ward/day.py",
        "rise = chance.uniform(25, 62)",
        "rise = chance.uniform(2, 6)",
        "tests/ward/test_simulator.py::test_the_simulated_are_within_a_fifth_of_the_real",
    ),
    # Bands without a cuff raise criticals exactly like a cuff.
    Break(
        TRACKER,
        "        if self.sure:\n            return self.limit.priority\n",
        "        return self.limit.priority\n",
        f"{NEVER_SILENT}::test_a_pressure_without_a_cuff_is_never_critical",
    ),
    # A diastolic pressure of 110 is grade 3, like a systolic one of 180.
    Break(
        ROWS,
        "diastolic_warning_high = { limit = 110,",
        "diastolic_warning_high = { limit = 114,",
        f"{NEVER_SILENT}::test_a_diastolic_pressure_of_110_is_told_like_a_systolic_one_of_180",
    ),
)
