"""Why the broker cannot be reached, in the words for the person who has to mend it, in both languages. Pure.

`{detail}` is what the system or the broker says of it, in its own words.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.language import Said
from gateway.system_errors import told

WORDS: dict[str, Said] = {
    # the name and the way
    "no_address": Said(
        "no address for this name: {detail} (is the name right, does the name server answer?)",
        "找不到这个主机名的地址：{detail}（名称是否正确，域名服务器是否应答？）",
    ),
    "nobody_listens": Said("nobody listens on this port", "这个端口没有服务在监听"),
    "no_answer": Said("no answer within {seconds:g} s", "{seconds:g} 秒内没有应答"),
    "file": Said("{file} cannot be read: {detail}", "无法读取 {file}：{detail}"),
    "system": Said("{detail}", "系统报告：{detail}"),
    # TLS
    "no_tls": Said(
        "the broker hangs up on TLS: it may speak plain text on this port", "MQTT 服务器拒绝 TLS 连接：这个端口可能是明文端口"
    ),
    "tls_refused": Said(
        "the broker refuses our TLS: {detail} (cert_file, key_file and their dates?)",
        "MQTT 服务器拒绝本网关的 TLS：{detail}（请检查 cert_file、key_file 及其有效期）",
    ),
    "wrong_key": Said("key_file is not the key of cert_file", "key_file 与 cert_file 不匹配"),
    "no_pem": Said(
        "ca_file, cert_file or key_file is not in PEM form ({detail})",
        "ca_file、cert_file 或 key_file 不是 PEM 格式（{detail}）",
    ),
    "certificate_expired": Said(
        "by this machine's clock ({now}, {clock}) the broker's certificate has expired: "
        "set the clock if it is wrong, else the broker needs a new certificate",
        "按本机时钟（{now}，{clock}），MQTT 服务器证书已过期：时钟不对请校准，否则 MQTT 服务器需要更换证书",
    ),
    "certificate_not_yet_valid": Said(
        "by this machine's clock ({now}, {clock}) the broker's certificate is not valid yet: "
        "set the clock if it is wrong, else the broker needs a new certificate",
        "按本机时钟（{now}，{clock}），MQTT 服务器证书尚未生效：时钟不对请校准，否则 MQTT 服务器需要更换证书",
    ),
    "unknown_authority": Said(
        "no authority in ca_file has signed the broker's certificate; without ca_file: none that is trusted here ({detail})",
        "MQTT 服务器证书不是由 ca_file 中的机构签发；未设 ca_file 时，不是由本机信任的机构签发（{detail}）",
    ),
    "wrong_name": Said("the broker's certificate is for another name ({detail})", "MQTT 服务器证书属于另一个名称（{detail}）"),
    "certificate_refused": Said("the broker's certificate is refused: {detail}", "MQTT 服务器证书未通过校验：{detail}"),
    # MQTT
    "refused": Said("the broker refuses the connection: {detail}", "MQTT 服务器拒绝连接：{detail}"),
    "refuses_us": Said("hung up on CONNECT without a word", "MQTT 服务器收到 CONNECT 后直接断开，没有说明原因"),
    "hung_up": Said("hung up without a word", "MQTT 服务器直接断开，没有说明原因"),
    "hung_up_on": Said(
        "hung up while {length} bytes for {topic} were not acknowledged",
        "MQTT 服务器断开了连接，当时发往 {topic} 的 {length} 字节尚未得到确认",
    ),
    "too_long": Said(
        "it sends {length} bytes on {topic}: the topic is left alone for a while",
        "它在 {topic} 上发来 {length} 字节：暂不接收该主题",
    ),
    "too_short": Said(
        "it takes messages of {length} bytes at most, an alert is longer",
        "它只接受不超过 {length} 字节的消息，而报警比这更长",
    ),
    "taken_over": Said("another box uses this id (cloned SD card?)", "另一台设备在使用同一个 id（存储卡是克隆的？）"),
    "no_mqtt": Said("what answers does not speak MQTT: {detail}", "对方的应答不是 MQTT：{detail}"),
    "silent": Said("not a sign of life for {seconds:g} s", "{seconds:g} 秒内没有任何回应"),
    "no_acknowledgement": Said("no acknowledgement for {seconds:g} s", "{seconds:g} 秒内没有确认"),
    "ended": Said("the connection ended: {detail}", "连接已断开：{detail}"),
    "broken": Said("the connection broke", "连接中断"),
}

REASONS = {  # of MQTT, with which a broker refuses; whoever runs it looks for the English
    "Not authorized": "无权连接，请检查用户名和密码",
    "Bad user name or password": "用户名或密码不对",
    "Client identifier not valid": "不接受这个 client_id",
    "Unsupported protocol version": "不支持此 MQTT 版本",
    "Server unavailable": "服务器不可用",
    "Server busy": "服务器忙",
    "Banned": "本网关已被禁用",
    "Quota exceeded": "超出配额",
    "Packet too large": "消息过长",
}

OFTEN_BROKEN = Said("perhaps another box uses this id (cloned SD card?)", "可能有另一台设备在使用同一个 id（存储卡是克隆的？）")


def why(address: str, code: str, **facts: object) -> Said:
    """What is wrong with the way to this broker, in both languages; the log takes the one that is set."""
    words = WORDS[code]
    chinese = words.chinese.format(**facts | {"detail": _in_chinese(str(facts.get("detail")))})
    return Said(f"{address}: {words.english.format(**facts)}", f"{address}：{chinese}")


def _in_chinese(detail: str) -> str:
    return f"{REASONS[detail]}（{detail}）" if detail in REASONS else told(detail, "zh-CN")


def all_of(whys: Sequence[Said]) -> Said:
    """Where several brokers were tried: what is wrong with each."""
    return Said("; ".join(one.english for one in whys), "；".join(one.chinese for one in whys))
