"""The command line: the table of its verbs, and the exit code that each run ends with.

A verb is a file of this folder with two functions; only the chosen verb's file is imported, so that each starts lean:

    def configure(parser: Parser) -> None: ...   # its options and its `--help`
    def run(args: argparse.Namespace) -> int: ...                 # does it, gives the exit code; `args.spoken` is the language

Exit codes: 0 well, 1 it ran and something failed, 2 wrong usage or a configuration that is not valid, 130 interrupted.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from gateway.cli.usage import Parser, language_of, said
from gateway.errors import ConfigError, FaultySettings, LiferingError, StoreBroken, StoreNotOurs
from gateway.language import Language, Said, read_here
from gateway.system_errors import told_of
from gateway.whys import meaning
from gateway.words.help import FRAME, SENTENCE

VERBS = {
    "run": Said(
        "the daemon: hear the wristbands, keep what they say, bring the alerts up", "守护进程：接收手环信号，保存数据，上报报警"
    ),
    "status": Said(
        "how the running gateway is: wristbands, open alerts, what waits, links, faults",
        "查看运行中的网关：手环、未结束的报警、待发数据、连接、故障",
    ),
    "test-alert": Said(
        "send a marked test alert through the whole chain, and tell each step", "经完整链路发送一条测试报警，并显示每一步"
    ),
    "enroll": Said("enrol a wristband; a running gateway hears it at once", "登记一只手环；运行中的网关立即开始接收"),
    "unenroll": Said("a wristband is nobody's any more", "取消登记一只手环"),
    "export": Said(
        "readings or alert events on standard output, and whether their chain holds", "导出读数或报警记录，或检查其链是否完整"
    ),
    "erase": Said("remove all that is held of one wearer", "清除某位佩戴者的全部数据"),
    "backup": Said(
        "the configuration with its secrets, and the store, in one file", "把配置（含密码文件）和全部数据备份到一个文件"
    ),
    "restore": Said("put a backup in place, on this box or on a spare one", "把备份恢复到本机或备用设备"),
    "setup": Said(
        "from a fresh box to an answered test alert, by questions or by a file",
        "安装设置：从空机到平台应答测试报警，可提问或读文件",
    ),
    "check": Said(
        "validate a configuration and all that it names, without running it", "检查配置文件及其引用的一切，不运行网关"
    ),
    "doctor": Said("examine this machine, and say of each fault how to mend it", "检查本机，并说明每个故障如何排除"),
    "bundle": Said(
        "a diagnosis in one file for whoever helps, without anything of a person",
        "把诊断信息打包成一个文件，供协助排障，不含个人信息",
    ),
    "label": Said("the label on the box, a page of A6 to be printed", "贴在网关上的标签，A6 纸一页，可打印"),
    "demo": Said("the whole system on this machine, without radio and broker", "在本机演示整个系统，无需蓝牙和 MQTT 服务器"),
    "scan": Said("wristbands in reach of the radio", "列出蓝牙范围内的手环"),
    "decode": Said("decode bytes by a driver", "用某个驱动解析字节"),
    "replay": Said(
        "what the rules and the duty would have told, of readings and deeds in a file",
        "按文件中的读数和操作试算：规则和值班安排会发出什么",
    ),
    "drivers": Said("the drivers there are, and what they measure", "列出全部驱动及其测量内容"),
}

WELL, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130


class Verb(Protocol):
    """What a verb's file offers."""

    def configure(self, parser: Parser) -> None:
        """Adds the verb's options."""
        ...

    def run(self, args: argparse.Namespace) -> int:
        """Does it; gives the exit code."""
        ...


def main(arguments: Sequence[str]) -> int:
    """Runs one command; gives its exit code. What goes wrong is told on stderr, one line a problem."""
    if sys.stdout is None:  # whoever started us has closed it
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # Chinese on a terminal that has none, as stderr has it anyway
    if no_text := [number for number, text in enumerate(arguments, start=1) if not _is_text(text)]:
        return _wrong(language_of(arguments), "no_text", number=no_text[0])
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` perhaps, has enough
        _write_no_more()
        return FAILED
    except OSError as error:
        return _refused(error, language_of(arguments))
    except FaultySettings as error:
        return _faulty(error)
    except ConfigError as error:
        return _complain(error, language_of(arguments), WRONG)
    except LiferingError as error:
        return _complain(error, language_of(arguments), FAILED)
    return code


def _run(arguments: Sequence[str]) -> int:
    chosen = arguments[0] if arguments else ""
    if chosen and not chosen.startswith("-") and chosen not in VERBS:
        return _unknown(chosen, language_of(arguments))
    verb = load(chosen) if chosen in VERBS else None
    parser = _parser(chosen, verb, language_of(arguments))
    args = parser.parse_args(arguments)
    if args.version:
        print(f"lifering {_version()}")
        return WELL
    if verb is None:
        parser.print_help(sys.stderr)
        return WRONG
    return verb.run(args)


def load(verb: str) -> Verb:
    """The file of a verb; importing it is what a run of it costs."""
    return cast("Verb", import_module(f"gateway.cli.{verb.replace('-', '_')}"))


def _parser(chosen: str, verb: Verb | None, language: Language) -> argparse.ArgumentParser:
    parser = Parser(language=language, prog="lifering", description=FRAME["lifering"].of(language))
    parser.set_defaults(spoken=language)
    parser.add_argument("--version", action="store_true", help=FRAME["version"].of(language))
    verbs = parser.add_subparsers(title=FRAME["verbs"].of(language), metavar="VERB")
    for name, line in VERBS.items():
        its_own = verbs.add_parser(name, language=language, help=line.of(language), description=_sentence(line, language))
        if verb is not None and name == chosen:
            verb.configure(its_own)
    return parser


def _sentence(line: Said, language: Language) -> str:
    words = line.of(language)
    return SENTENCE.of(language).format(words[0].upper() + words[1:])


def _is_text(argument: str) -> bool:
    """Whether the bytes that were typed are text in the encoding of this machine."""
    return not any("\ud800" <= character <= "\udfff" for character in argument)


def _wrong(language: Language, code: str, **facts: object) -> int:
    print(f"lifering: {said(language, code, **facts)}", file=sys.stderr)
    return WRONG


def _refused(error: OSError, language: Language) -> int:
    """The system refuses: a standard output on a full disk, a folder that is gone. No bug: no traceback."""
    why = told_of(error, language)
    code, facts = (_refusal(error), {"what": error.filename}) if error.filename else ("cannot_write", {})
    print(f"lifering: {said(language, code, why=why, **facts)}", file=sys.stderr)
    _write_no_more()
    return FAILED


def _refusal(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "not_there"
        case PermissionError():
            return "no_right"
        case _:
            return "refused"


def _write_no_more() -> None:
    """Else the end of the process would try once more, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unknown(verb: str, language: Language) -> int:
    import difflib  # slow to import, and seldom wanted

    near = difflib.get_close_matches(verb, VERBS, n=1)
    guess = said(language, "did_you_mean", near=near[0]) if near else said(language, "verbs", verbs=", ".join(VERBS))
    print(f"lifering: {said(language, 'no_verb', what=repr(verb))}{guess}", file=sys.stderr)
    return WRONG


def _faulty(error: FaultySettings) -> int:
    from gateway.words.mistakes import in_words  # a table that is seldom wanted

    for mistake in error.mistakes:
        print(in_words(mistake, error.language or read_here()), file=sys.stderr)
    return WRONG


def _complain(error: LiferingError, language: Language, code: int) -> int:
    print(_in_words(error, language), file=sys.stderr)
    return code


def _in_words(error: LiferingError, language: Language) -> str:
    from gateway.cli.running_gateway import Declined, MayNotAsk, NotRunning, why_no_answer  # seldom wanted
    from gateway.words.stored import STORES

    match error:
        case StoreNotOurs():
            return error.why.of(language)
        case StoreBroken():
            return STORES["refuses"].of(language).format(why=meaning(str(error), language))
        case NotRunning() | MayNotAsk() | Declined():
            return why_no_answer(error, language)
        case _:
            return meaning(str(error), language)


def _version() -> str:
    from importlib.metadata import version  # slow to import, seldom wanted

    return version("lifering")
