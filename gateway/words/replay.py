"""What `lifering replay` says to people, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Said

BAD_LINES = {
    "no_json": Said("this is no JSON object", "不是 JSON 对象"),
    "form": Said("{why}", "格式不对：{why}"),
    "no_time": Said("at and received_at are missing; one of them is needed", "缺少 at 和 received_at；至少要有一个"),
    "bad_time": Said(
        "a time is none such as 2026-11-23T03:21:09.120Z; it needs a zone or Z",
        "时间格式不对，应如 2026-11-23T03:21:09.120Z，须带时区或 Z",
    ),
    "no_kind": Said("kind is none of {kinds}", "kind 不是以下之一：{kinds}"),
    "no_wearer": Said("wearer is missing", "缺少 wearer"),
    "unit": Said("the unit of {kind} is {unit}", "{kind} 的单位应为 {unit}"),
    "value": Said("value is none that {kind} can have", "value 不是 {kind} 可有的值"),
    "no_driver": Said("there is no driver of this name; see `lifering drivers`", "没有这个名称的驱动；见 `lifering drivers`"),
    "no_deed": Said("do is none of {deeds}", "do 不是以下之一：{deeds}"),
    "deed_time": Said("at is missing", "缺少 at"),
    "down_s": Said("down_s must be seconds, 0 or more", "down_s 应为不小于 0 的秒数"),
}

STATS = {
    "wearers": Said("Wearers", "佩戴者"),
    "worn_days": Said("Worn", "佩戴时长"),
    "days": Said("{days} days", "{days} 天"),
    "kind": Said("ALERTS", "报警"),
    "n": Said("number", "次数"),
    "per_day": Said("per worn day", "每佩戴日"),
    "chatter": Said("Again within 1 h of the end", "结束后 1 小时内再次发生"),
    "longest_s": Said("Longest active", "最长持续"),
    "events": Said("Messages to the platform", "发往平台的消息"),
    "configuration": Said("Configuration", "配置"),
    "shipped": Said("shipped", "默认"),
    "none": Said("none", "无"),
}
