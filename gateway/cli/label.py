"""`lifering label`: the label on the box, a page of A6 to be printed, for whoever stands before it and knows nothing of it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from html import escape

from gateway.cli import WELL
from gateway.cli.usage import Parser, wrong
from gateway.duty import phone_numbers
from gateway.language import Language
from gateway.words import label as words

EXTENSION = re.compile(r"\s*(转|ext\.?)\s*[0-9]+\s*$")
BOTH: tuple[Language, ...] = ("zh-CN", "en")
HEAD = """\
<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<title>lifering · 救命环</title>
<style>
@page { size: A6; margin: 0 }
body { width: 105mm; height: 148mm; margin: 0; padding: 6mm; box-sizing: border-box; color: #000; background: #fff;
  font: 9pt/1.3 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif }
h1 { font-size: 14pt; margin: 0 }
p { margin: 0 }
.keep { font-size: 15pt; font-weight: bold; text-align: center; border: 1mm solid; margin: 1.5mm 0; padding: 1mm }
.number { font-size: 24pt; line-height: 1.15; font-weight: bold; text-align: center; white-space: nowrap }
.help { font-size: 11pt; font-weight: bold; text-align: center }
table { border-collapse: collapse; width: 100%; margin-top: 1mm }
th, td { border-top: .2mm solid; padding: .4mm 1mm; text-align: left; vertical-align: top }
th { width: 34% }
section:lang(en) { font-size: 7pt; margin-top: 2mm }
:lang(en).keep { font-size: 9pt; padding: .3mm; border-width: .4mm }
:lang(en).help { font-size: 8pt }
</style>"""


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("--center", required=True, metavar="NAME", help=parser.words("label center"))
    parser.add_argument("--phone", required=True, metavar="NUMBER", type=_phone, help=parser.words("label phone"))


def run(args: argparse.Namespace) -> int:
    """Prints it as HTML."""
    print(HEAD, *_parts(escape(args.center), escape(args.phone)), sep="\n")
    return WELL


def _phone(text: str) -> str:
    """As it is written, also with an extension behind it; whoever stands before the box has nobody to ask."""
    if phone_numbers.read(EXTENSION.sub("", text)) is None:
        raise wrong("no_phone", what=repr(text))
    return text


def _parts(center: str, phone: str) -> Iterator[str]:
    yield f"<h1>{words.NAME.chinese} · {center}</h1>"
    for language in BOTH:
        yield f'<section lang="{language}">'
        yield f"<p>{words.WHAT.of(language)}</p>"
        yield f'<p class="keep" lang="{language}">{words.KEEP.of(language)}</p>'
        yield f'<p class="help" lang="{language}">{words.HELP.of(language)} → {words.CALL.of(language)}</p>'
        if language == "zh-CN":
            yield f'<p class="number">{phone}</p>'
        yield f'<p class="help" lang="{language}">{words.EMERGENCY.of(language)}</p>'
        yield "<table>"
        for sign, meaning in words.SIGNS:
            yield f"<tr><th>{sign.of(language)}<td>{meaning.of(language)}"
        yield "</table>"
        yield "</section>"
    yield "</html>"
