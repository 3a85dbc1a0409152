"""The words of the pages on the rules, in both languages."""

from __future__ import annotations

from gateway.language import Language

Said = dict[Language, str]


def both(english: str, chinese: str) -> Said:
    """The same, twice."""
    return {"en": english, "zh-CN": chinese}


HEAD = both(
    """\
# The rules, row by row, for a clinician to review

Made of `config/rules.toml` and of what was measured (`docs/ward.json`) by `./dev rules-page`. **None of this is medical
advice, and no alert is a diagnosis.** The rules decide who is told of a value, and how urgently: *critical* calls for
somebody to go now and stays until a person closes it, *warning* for a look within the hour, *advisory* is kept and
shown and sends nobody. A button pressed for help, and a fall, are always critical; no row and no setting changes that.

Table {version}; mark of its rows: `{rows}`. Where a source says "proposal", the number is this project's own.

How to read a row. *The first at once*: the alert says that it is not confirmed, and is a warning at least; what its
second measurement makes of it is the row's level, and that none came is told too. *Lasts*: the newest value lies beyond
the limit, so did one at least so long before, and between the two the value was beyond for three fifths of the time;
two readings are the least. *Asleep*: no step for 30 min between 21:00 and 07:00 local, or the band says so. *Moving*:
30 steps or more in five minutes; *motion not known*: no count of steps in the last 15 min. What a band measures off the
wrist or on its charger, and in the minute before, counts for no row. A pressure of a device without a cuff, and oxygen
measured at the wrist, are told one level lower.
""",
    """\
# 逐项规则说明，供临床医师审核

本页由 `config/rules.toml` 与实测结果（`docs/ward.json`）经 `./dev rules-page` 生成。**本页不是医疗建议，报警不构成诊断。**
规则只决定哪些数值通知谁、有多急：*紧急* 须立即有人前往，由人关闭才结束；*警告* 须在一小时内查看；*提示* 只记录和显示，
不派人。求助按键和跌倒始终为紧急，任何一行或设置都不能改变。

阈值表 {version}；各行校验码：`{rows}`。来源按原文引用；写 “proposal” 的数值由本项目提出。

如何阅读：*首次立即上报*：报警注明“待复测确认”，至少为警告；第二次测量后成为该行的级别，没有第二次测量也会上报。*持续* 指最
新一次数值超限，至少这么久以前也有一次超限，且其间五分之三以上的时间超限；至少两次读数。*睡眠*：当地时间 21:00 至 07:00
之间 30 分钟没有步数，或手环自己报告。*活动*：5 分钟内 30 步及以上；*活动情况不明*：15 分钟内没有步数。手环未佩戴或充电时
以及此前一分钟内的测量不用于任何一行。无袖带设备的血压和腕部血氧降低一级上报。
""",
)
KIND: dict[str, Said] = {
    "heart_rate": both("Heart rate", "心率"),
    "blood_pressure": both("Blood pressure", "血压"),
    "body_temperature": both("Body temperature", "体温"),
    "oxygen_saturation": both("Oxygen saturation", "血氧饱和度"),
    "respiratory_rate": both("Respiratory rate", "呼吸频率"),
}
UNIT: dict[str, Said] = {
    "heart_rate": both("per minute", "次/分"),
    "blood_pressure": both("mmHg", "mmHg"),
    "body_temperature": both("°C; mouth, ear or armpit", "℃；口腔、耳、腋下"),
    "oxygen_saturation": both("%", "%"),
    "respiratory_rate": both("per minute", "次/分"),
}
PART: dict[str, Said] = {"": both("", ""), "systolic_": both("systolic", "收缩压"), "diastolic_": both("diastolic", "舒张压")}
WHEN: dict[str, Said] = {
    "always": both("", ""),
    "own": both("", ""),
    "still": both(", while the wearer is still", "（静止时）"),
    "moving": both(", while the wearer moves", "（活动时）"),
    "unknown": both(", where motion is not known", "（活动情况不明时）"),
    "rest": both(", awake and at rest, or motion not known", "（清醒静息，或活动情况不明时）"),
    "awake": both(", awake", "（清醒时）"),
    "asleep": both(", asleep", "（睡眠时）"),
}
SAID: dict[str, Said] = {
    "high": both("{limit} or more", "≥ {limit}"),
    "low": both("{limit} or less", "≤ {limit}"),
    "high_beyond": both("more than {limit}", "> {limit}"),
    "low_beyond": both("less than {limit}", "< {limit}"),
    "own": both(", and {own} or more from the wearer's own median of 14 days", "，且偏离本人 14 天中位数 {own} 以上"),
    "extreme": both("critical", "紧急"),
    "alone": both("critical, also where no second one comes", "紧急，没有第二次测量时也是"),
    "critical": both("critical", "紧急"),
    "warning": both("warning", "警告"),
    "advisory": both("advisory", "提示"),
    "confirm": both(
        "the first at once, as not confirmed; confirmed by a second, {apart} to {within} later; waits {wait}",
        "首次立即上报（未确认）；{apart} 至 {within} 之间的第二次予以证实；等待 {wait}",
    ),
    "missing": both(
        ", or one alone, as not confirmed, where none comes for {time} after it",
        "；其后 {time}内没有读数时，单次也作为“未确认”上报",
    ),
    "lasting": both("lasts {time}", "持续 {time}"),
    "back_low": both("{back} or less for {time}", "≤ {back} 并保持 {time}"),
    "back_high": both("{back} or more for {time}", "≥ {back} 并保持 {time}"),
    "next_low": both("the next reading of {back} or less", "下一次读数 ≤ {back}"),
    "next_high": both("the next reading of {back} or more", "下一次读数 ≥ {back}"),
    "fired": both("{n} alerts, {a_day} a worn day", "{n} 次报警，每佩戴日 {a_day} 次"),
    "missed": both(
        "missed {missed} of {planted} planted events that could be seen", "可观察到的植入事件 {planted} 次中漏报 {missed} 次"
    ),
    "s": both("{n} s", "{n} 秒"),
    "min": both("{n} min", "{n} 分钟"),
    "h": both("{n} h", "{n} 小时"),
    "d": both("{n} days", "{n} 天"),
    "columns": both(
        "| row (rule) | says | how long | over when | source | measured in the ward |",
        "| 项目（规则） | 含义 | 持续性 | 何时结束 | 来源 | 模拟病区实测 |",
    ),
    "others": both("## More than one value against one limit", "## 不止一个数值对一个阈值"),
    "other_columns": both(
        "| row (rule) | says | source | measured in the ward |", "| 项目（规则） | 含义 | 来源 | 模拟病区实测 |"
    ),
    "measured": both(
        "*Measured*: {date}, {people} simulated wearers on whom nothing was planted, {days} worn days, so every alert is one "
        "too many; and at least {planted} planted events of each kind (docs/ward.md), table `{mark}`{since}.",
        "*实测*：{date}，{people} 名模拟佩戴者（未植入事件，因此每次报警都是多余的），{days} 个佩戴日；另有每类至少 "
        "{planted} 个植入事件"
        "（见 docs/ward.md），阈值表 `{mark}`{since}。",
    ),
    "since": both(", of which rows have changed since", "（此后有行改动）"),
    "not_measured": both("*Measured*: not yet.", "*实测*：尚未进行。"),
    "fixed": both(
        "## What no row decides\n\nA call for help by a key, and a fall that a band notices: critical at once. What a "
        "gateway tells of bands that are "
        "silent, off the wrist, empty or away from home stands under `[supervision]` and `[home]` in the configuration.",
        "## 不由本表决定的内容\n\n按键求助和手环发现的跌倒：立即紧急。收不到手环信号、未佩戴、电量低、离开安全区域的报警"
        "由配置中的 `[supervision]` 和 "
        "`[home]` 决定。",
    ),
}
OTHERS: dict[str, Said] = {
    "no_usable_value": both(
        "what nobody has (a pulse below 25, an oxygen saturation below 50, ...), with no other value between: {readings} "
        "times in {within_s}, or of a "
        "slow band twice, {slow_s} apart: **warning**, go and see. Two measurements of a cuff: **critical**, not confirmed",
        "持续出现任何人都不可能有的数值（脉搏低于 25、血氧低于 50 等），其间没有其他数值：{within_s}内 {readings} 次，"
        "或慢速手环相隔 {slow_s} 两次："
        "**警告**，请去查看。袖带血压计两次：**紧急**（未确认）",
    ),
    "irregular_pulse": both(
        "the pulse at rest is irregular as in atrial fibrillation, in {irregular} of {windows} minutes, by the times "
        "between beats or by the band's own "
        "word: **advisory**, once in {every_s}",
        "静息脉搏不齐，与心房颤动相似：{windows} 分钟中有 {irregular} 分钟，依据心跳间期或手环自报：**提示**，每 "
        "{every_s} 至多一次",
    ),
    "several_signs": both(
        "{kinds} kinds at warning level within {within_s}, or NEWS2 scores of respiration, oxygen, systolic pressure, "
        "pulse and temperature that add "
        "to {score} or more: **warning**. It is never called a NEWS2 total",
        "{within_s}内 {kinds} 项达到警告级别，或呼吸、血氧、收缩压、脉搏、体温的 NEWS2 分值之和达到 {score}：**警告**。"
        "不称为 NEWS2 总分",
    ),
    "trend": both(
        "the resting pulse of the night lies {above} /min or more above the median of {days} days (and {deviations} of "
        "their median deviations): "
        "**advisory**, in the morning",
        "当夜静息心率比 {days} 天的中位数高出 {above} 次/分及以上（并超过 {deviations} 倍中位绝对偏差）：**提示**，早晨上报",
    ),
}
SIGN = both(
    """
## Signature

Whoever has reviewed every row writes into `config/rules.toml`: `reviewed_by` (name and profession), `reviewed_on` (the day) and
`reviewed_rows = "{rows}"`. `lifering check` warns until that is so, and again when a row has changed since.

| | |
| --- | --- |
| name and profession | {by} |
| day | {on} |
| table that was signed (mark of its rows) | {signed_rows} |
| this table (version {version}) | {rows} |
| signature | |
""",
    """
## 签字

逐行审核后，请在 `config/rules.toml` 中填写 `reviewed_by`（姓名和职业）、`reviewed_on`（日期）和 `reviewed_rows = "{rows}"`。
在此之前以及签字后任何一行有改动时，`lifering check` 都会警告。

| | |
| --- | --- |
| 姓名和职业 | {by} |
| 日期 | {on} |
| 所签阈值表（各行校验码） | {signed_rows} |
| 当前阈值表（版本 {version}） | {rows} |
| 签名 | |
""",
)
