"""What is said of a wristband that is enrolled, or is no more, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Language, Said
from gateway.mistake import Mistake
from gateway.words.command_line import CHECK
from gateway.words.mistakes import text

ENROLLING = {
    "enrolled": Said("{address} is enrolled for {wearer}, in {file}.", "{address} 已登记给 {wearer}，写入 {file}。"),
    "unenrolled": Said(
        "{address} of {wearer} is enrolled no more; it stood in {file}. An open alert of {wearer} stays.",
        "{address}（{wearer}）已取消登记，原登记在 {file}。{wearer} 尚未结束的报警仍然有效。",
    ),
    "heard": Said("The running gateway hears it from now on.", "正在运行的网关已开始接收它。"),
    "not heard": Said("The running gateway does not hear it any more.", "正在运行的网关已不再接收它。"),
    "not running": Said("No gateway runs here: it counts from the next start.", "网关未运行：下次启动时生效。"),
    "not taken up": Said(
        "It is written, but the running gateway did not take it up: {why}", "已写入，但正在运行的网关未能采用：{why}"
    ),
    "does not listen": Said(
        "It is written, but the gateway that runs here has no control socket (it may be starting): "
        "`sudo systemctl reload lifering`",
        "已写入，但正在运行的网关没有控制套接字（可能正在启动）：请执行 `sudo systemctl reload lifering`",
    ),
    "cannot write": Said("{file} cannot be written: {why}", "无法写入 {file}：{why}"),
}


def doubt_in_words(doubt: Mistake, language: Language) -> str:
    """What is perhaps not meant of a band, in one line."""
    return f"{doubt.key.removeprefix('wristband.')}: {CHECK['warning'].of(language)}{text(doubt, language)}"
