"""Breaks the wiring on purpose, one line at a time, and sees that the test which promises it turns red: `./dev breaks`.

It works on a copy of the tree. Exit 1 where a break is noticed by nobody, or no longer finds its line.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.progress import Progress
from tests.reliability.figures import Figures, Row, write
from tests.reliability.stamp import stamp

ROOT = Path(__file__).parent.parent
APP, WIRING, RELOAD = "gateway/app.py", "tests/app/test_wiring.py", "tests/app/test_reload.py"
SUPERVISION = "tests/app/test_supervision.py"
NOT_COPIED = shutil.ignore_patterns(".git", ".venv*", ".mypy_cache", ".ruff_cache", "__pycache__", "mutants", "dist")


class Break(NamedTuple):
    """This text of a file, another in its place, and the test that must notice."""

    file: str
    text: str
    instead: str
    test: str


def job(line: str, test: str, file: str = WIRING) -> Break:
    """A job that is not started."""
    return Break(APP, f"            {line}\n", "", f"{file}::{test}")


def left_out(line: str, test: str) -> Break:
    """A line that is not there."""
    return Break(APP, f"        {line}\n", "", test)


def left_out_of_core(line: str, test: str) -> Break:
    """A line of the core that is not there."""
    return Break("gateway/core.py", f"        {line}\n", "", test)


SMS, SMS_TESTS = "gateway/channels/sms", "tests/gateway/channels/sms"


def of_sms(file: str, text: str, instead: str, test: str) -> Break:
    """A break in the second path."""
    return Break(f"{SMS}/{file}", text, instead, f"{SMS_TESTS}/{test}")


BREAKS = (
    # the jobs
    job('"alerts": self._stores.alerts.run,', "test_the_job_of_the_alerts_tries_again_what_the_disk_refused"),
    job('"book": self._core.book.run,', "test_the_job_of_the_radio_brings_a_press_to_the_platform"),
    job(
        '"readings": self._stores.readings.run,',
        "test_the_job_of_the_readings_commits_them_within_a_second_and_the_uplink_sends_them",
    ),
    job(
        '"retention": partial(every, RETAIN_EVERY_S, self._retain),',
        "test_the_job_of_the_retention_forgets_what_was_delivered_long_ago",
    ),
    job(
        '"rules": partial(every, TICK_S, self._pipeline.tick),',
        "test_the_job_of_the_rules_notices_that_no_second_measurement_came",
    ),
    job('"ladder": self._desk.watch,', "test_the_job_of_the_ladder_tells_when_nobody_answers"),
    job(
        '"silent ports": partial(every, TICK_S, self._intake.tick),',
        "test_the_job_of_silent_ports_gives_the_last_value_of_a_device_that_falls_silent",
    ),
    job('"health": self._health.watch,', "test_the_job_of_the_health_tells_of_a_port_that_is_lost_and_of_its_return"),
    job('"wearers": self._tell_wearers,', "test_the_job_of_the_wearers_makes_the_band_show_that_the_call_was_received"),
    job('"uplink": self._equipment.sending.run,', "test_the_job_of_the_uplink_says_that_the_gateway_is_there_and_how_it_is"),
    job('"control": self._control.run,', "test_the_job_of_the_control_socket_answers_scripts"),
    job('"watchdog": partial(feed_watchdog, self._alive),', "test_the_job_of_the_watchdog_tells_systemd_that_it_lives"),
    job('"reload": partial(self._reloading.run, hang_ups),', "test_a_faulty_file_changes_nothing_and_says_why", RELOAD),
    job('"self test": self._path_tests.run,', "test_the_job_of_the_self_test_tries_the_ways_at_its_time"),
    job(
        '"unregistered devices": self._intake.unregistered_calls.run,',
        "test_the_job_of_unregistered_devices_tells_of_many_once_a_minute_and_clears_by_itself",
    ),
    job(
        '"light": self._second_paths.local.run,',
        "test_the_light_burns_while_an_alert_is_open",
        "tests/system/test_second_path.py",
    ),
    Break(
        "gateway/equipment.py",
        'jobs: dict[Key, Job] = {("modem", one): modem.run for one, modem in self._modems.items()}',
        "jobs: dict[Key, Job] = {}",
        "tests/system/test_second_path.py::test_status_and_heartbeat_tell_of_the_modem",
    ),
    Break(
        "gateway/equipment.py",
        'jobs | {("second path", one): partial(self._second_paths.sms.run, modem) for one, modem in self._modems.items()}',
        "jobs",
        "tests/system/test_second_path.py::test_a_reloaded_duty_list_holds_at_once",
    ),
    Break(
        "gateway/pipeline.py",
        "[*of_rules, *self._bands.tick(now_ms)]",
        "of_rules",
        f"{SUPERVISION}::test_a_band_that_was_never_heard_is_told_as_long_after_the_start",
    ),
    Break(
        "gateway/pipeline.py",
        "        desk.when_closed = self._closed\n",
        "",
        f"{SUPERVISION}::test_what_a_person_closes_and_still_holds_is_told_anew_after_an_hour",
    ),
    left_out("    self._pipeline.remember()", f"{WIRING}::test_what_is_counted_at_the_end_is_not_counted_anew"),
    left_out(
        "self._path_tests.load(memories)",
        f"{WIRING}::test_the_self_test_of_a_day_is_not_done_twice_over_a_restart",
    ),
    Break(
        APP,
        '{"sources": self._equipment.hearing.run}',
        "{}",
        f"{WIRING}::test_the_job_of_the_ports_brings_a_press_to_the_platform",
    ),
    # what comes first
    left_out_of_core(
        "await self.desk.resume()",
        f"{WIRING}::test_what_was_not_delivered_before_a_restart_is_delivered_after_it_and_the_ladder_goes_on",
    ),
    left_out(
        "self._intake.warm_up(memories)",
        f"{WIRING}::test_an_alert_that_is_open_survives_a_restart_and_the_same_press_is_no_other",
    ),
    left_out_of_core(
        "await self.pipeline.warm_up(await self._alerts.memories())", f"{WIRING}::test_what_rules_had_seen_survives_a_restart"
    ),
    Break(
        APP,
        "for incident in self._stores.incidents:",
        "for incident in list[str]():",
        f"{WIRING}::test_whatever_lies_in_the_place_of_a_file_both_ears_are_open_and_it_is_told",
    ),
    Break(
        APP,
        "        await completes_within(FIRST_TRY_S, self._sources_tried())\n        await tell_wearers",
        "        await tell_wearers",
        f"{WIRING}::test_a_wearer_who_was_out_of_reach_is_told_as_soon_as_the_gateway_is_there_again",
    ),
    # what is connected
    Break(
        APP,
        "receipts=deliveries.receipt,",
        "receipts=lambda *_: asyncio.sleep(0),",
        f"{WIRING}::test_a_receipt_ends_the_delivery_and_without_one_the_alert_comes_again",
    ),
    left_out("await self._stores.alerts.open_alerts()", f"{WIRING}::test_the_job_of_the_watchdog_tells_systemd_that_it_lives"),
    Break(
        "gateway/choices.py",
        "duty=Duty(**settings.duty.times),",
        "duty=Duty(),",
        f"{RELOAD}::test_the_language_of_alerts_and_the_duty_change_at_once",
    ),
    Break(
        APP,
        "SignIns(_shared(configuration.settings))",
        "SignIns({})",
        f"{WIRING}::test_a_press_signs_in_at_the_shared_device_and_its_clock_is_of_this_place",
    ),
    Break(
        APP,
        "            zone=gateway.zone,",
        '            zone=__import__("datetime").UTC,',
        f"{WIRING}::test_a_press_signs_in_at_the_shared_device_and_its_clock_is_of_this_place",
    ),
    Break(
        APP,
        "recording=parts.recording,",
        "recording=None,",
        f"{RELOAD}::test_what_was_recorded_gives_the_same_readings_when_it_is_played_back",
    ),
    Break(
        APP,
        ' | {"playback": self._playback.run} if self._playback else hearing',
        "",
        f"{RELOAD}::test_what_was_recorded_gives_the_same_readings_when_it_is_played_back",
    ),
    Break(
        APP,
        "beats=self._beats,",
        "beats=None,",
        f"{RELOAD}::test_another_broker_is_connected_to_and_nothing_is_lost_on_the_way",
    ),
    left_out(
        "self._pipeline.forget(wearer)",
        f"{WIRING}::test_of_who_was_erased_nothing_is_known_any_more",
    ),
    # a reload
    left_out_of_core(
        "self.rules.use(choices.table)",
        f"{RELOAD}::test_a_changed_rule_and_a_changed_room_lose_no_frame_of_a_port_and_no_message",
    ),
    left_out_of_core(
        "self.roster.replace(choices.bands)",
        f"{RELOAD}::test_a_band_that_is_enrolled_over_the_socket_is_heard_within_two_seconds",
    ),
    left_out("self._equipment.use(self._settings)", f"{RELOAD}::test_only_the_port_whose_settings_changed_is_opened_anew"),
    left_out(
        "self._sign_ins.use(_shared(self._settings))",
        f"{RELOAD}::test_a_device_that_becomes_a_shared_one_belongs_to_who_signs_in_from_then_on",
    ),
    left_out(
        "logs.set_language(self._language())",
        f"{RELOAD}::test_the_advice_of_the_log_speaks_the_new_language_at_once",
    ),
    Break(
        APP,
        "if _store_of(configuration.settings) != _store_of(self._settings):",
        "if False:",
        f"{RELOAD}::test_another_store_begins_a_new_life_that_loses_nothing",
    ),
    # the order of the disk and the rest
    Break(
        "gateway/alerts/book.py",
        "            self.once_stored(publish, transaction)\n",
        "            publish()\n            self.store.hold(transaction)\n",
        "tests/gateway/alerts/test_desk.py::test_nobody_learns_of_an_alert_before_it_is_on_the_disk",
    ),
    Break(
        "gateway/store/alerts.py",
        "    async def named(self) -> frozenset[int]:\n",
        "    async def named(self) -> frozenset[int]:\n        return frozenset()\n",
        "tests/gateway/store/test_retention.py::test_a_reading_that_an_alert_names_stays_though_the_oldest_go",
    ),
    # the second path
    of_sms(
        "send.py",
        "        if error is not None:\n            return error\n",
        "",
        "test_dialogue.py::test_a_pdu_is_never_written_before_the_prompt",
    ),
    of_sms(
        "send.py",
        "        if not referred:\n            raise NoAnswerInTime\n",
        "        if not referred:\n            job.went_out(0)\n",
        "test_dialogue_vectors.py",
    ),
    of_sms(
        "job.py",
        "self._doubt |= unknown",
        "pass",
        "test_dialogue.py::test_a_modem_that_hangs_after_the_pdu_is_reset_and_the_message_goes_again",
    ),
    of_sms(
        "job.py",
        "            references=tuple(self.references),\n            tries",
        "            references=(),\n            tries",
        "test_dialogue.py::test_of_several_parts_only_the_one_that_failed_goes_again_under_the_same_reference",
    ),
    of_sms("pin.py", "if self._refused or before.refused:", "if self._refused:", "test_dialogue.py"),
    of_sms(
        "pin.py",
        "before.entered + 1",
        "before.entered",
        "test_dialogue.py::test_a_pin_of_which_nobody_knows_whether_it_was_refused_is_entered_at_most_twice",
    ),
    of_sms(
        "pin.py",
        'return None, "PIN cannot be put down"',
        'return self._pin, ""',
        "test_dialogue.py::test_a_pin_that_cannot_be_put_down_is_not_entered",
    ),
    of_sms(
        "resets.py",
        "now_s - self._at_s[-1] < self._timings.between_resets_s",
        "False",
        "test_dialogue.py::test_resets_are_rare_even_where_they_do_not_help",
    ),
    of_sms(
        "resets.py",
        "now_s - self._at_s[0] < self._timings.resets_hour_s",
        "False",
        "test_dialogue.py::test_resets_are_rare_even_where_they_do_not_help",
    ),
    of_sms(
        "modem.py",
        "                await self._receiver.incoming(arrived.message)\n                receiving.taken(arrived)\n",
        "                receiving.taken(arrived)\n                await self._receiver.incoming(arrived.message)\n",
        "test_modem.py::test_a_reply_is_handed_over_and_then_deleted",
    ),
    of_sms(
        "receive.py",
        "        if self._has(place) or len",
        "        if len",
        "test_dialogue.py::test_what_nobody_has_taken_stays_in_the_modem_and_is_not_read_twice",
    ),
    of_sms(
        "lines.py",
        "self._echo = self._echo[len(text) :]",
        'self._echo = ""',
        "test_lines.py::test_an_echo_that_is_cut_in_the_middle_goes_on_behind_the_news",
    ),
    of_sms(
        "dialogue.py",
        "if self._others and",
        "if False and",
        "test_modem.py::test_of_the_ports_of_a_stick_the_one_that_answers_is_taken",
    ),
    of_sms(
        "exchange.py",
        'self._put(ESCAPE + b"\\r")',
        "pass",
        "test_dialogue.py::test_a_modem_left_in_edit_mode_sends_no_commands_as_a_text",
    ),
    of_sms(
        "reports.py",
        "if report.outcome in FINAL or message.reported.get(part) not in FINAL:",
        "if True:",
        "test_reports.py::test_final_never_goes_back_to_pending_and_the_last_final_one_counts",
    ),
)


def main() -> int:
    """A line a break. `rules`: faults of the first version of the rules; `simulate`: those that the simulation is to find."""
    parser = argparse.ArgumentParser(prog="./dev breaks", description="Breaks a copy of the tree on purpose, a line at a time.")
    parser.add_argument(
        "what",
        nargs="?",
        choices=("wiring", "rules", "simulate"),
        default="wiring",
        help="wiring: of the daemon, and which test turns red (when left out); rules: each fault of their first version; "
        "simulate: faults of what is promised, and which seed of the simulation finds each (an hour). "
        "The last figures go to docs/reliability/",
    )
    what = parser.parse_args().what
    if what == "simulate":
        from tests import simulation_breaks

        return simulation_breaks.main()
    if what == "rules":
        from tests.rule_breaks import RULE_BREAKS  # it is made of what stands here

        return broken_on_purpose(RULE_BREAKS, "breaks-rules", "a fault of the first version of the rules, put back")
    return broken_on_purpose(BREAKS, "breaks", "a line of the wiring taken out or changed")


def broken_on_purpose(breaks: Sequence[Break], name: str, what: str) -> int:
    """1 where one is noticed by nobody. The figure goes to the page on what breaks, under this name."""
    unnoticed, made, began_s = 0, stamp(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lifering-breaks-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=NOT_COPIED)
        tests = sorted({broken.test for broken in breaks})
        print(f"the {len(tests)} tests without a break, which takes a minute or two", flush=True)
        if red := _red(tree, *tests):
            print(f"the tests are red before anything is broken:\n{red}")
            return 1
        progress = Progress()
        for done, broken in enumerate(breaks):
            progress.counts(done, len(breaks), f"breaks, {unnoticed} unnoticed")
            noticed = _is_noticed(tree, broken)
            unnoticed += not noticed
            progress.says(f"{'red  ' if noticed else 'GREEN'} {broken.test.rpartition('::')[2]}: {broken.text.strip()}")
        progress.clear()
    print(f"{len(breaks) - unnoticed} of {len(breaks)} breaks are noticed")
    took_s = round(time.monotonic() - began_s)
    rows = [Row(name=f"{what}: a test turns red", tried=len(breaks), other=unnoticed)]
    write(name, Figures(command=f"./dev {name.replace('-', ' ')}", made=made, took_s=took_s, rows=rows))
    return 1 if unnoticed else 0


def _is_noticed(tree: Path, broken: Break) -> bool:
    path = tree / broken.file
    whole = path.read_text(encoding="utf-8")
    if broken.text not in whole:
        return False
    path.write_text(whole.replace(broken.text, broken.instead, 1), encoding="utf-8")
    try:
        return bool(_red(tree, broken.test))
    finally:
        path.write_text(whole, encoding="utf-8")


def _red(tree: Path, *tests: str) -> str:
    """What pytest says of those that fail; nothing where all pass."""
    command = (sys.executable, "-m", "pytest", "-q", "-n0", "--timeout=60", *tests)
    environment = os.environ | {"PYTHONPATH": str(tree)}
    run = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, env=environment)
    return run.stdout.partition("short test summary info")[2] or run.stdout + run.stderr if run.returncode else ""


if __name__ == "__main__":
    sys.exit(main())
