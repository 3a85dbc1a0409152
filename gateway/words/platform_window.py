"""What the window of the demo's stand-in platform says, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Said

STANDING = {  # what stands in the page itself; `$name` in its HTML
    "title": Said("A stand-in for the platform", "模拟平台"),
    "what": Said(
        "The duty officer's side of the demo. All people are invented.", "演示中值班人员看到的一侧。所有人物均为虚构。"
    ),
    "alerts": Said("Alerts that came", "收到的报警"),
    "no_alerts": Said("No alert has come yet.", "尚未收到报警。"),
    "bands": Said("At the wrist", "老人手腕上"),
    "lost": Said("The demo has ended.", "演示已结束。"),
    "press": Said("Press SOS", "按下 SOS"),
}

SAID = {"by": Said(" (by {actor})", "（{actor}）")}

DEEDS = {
    "acknowledge": Said("Acknowledge", "知晓"),
    "dispatch": Said("On the way", "已派人"),
    "resolve": Said("Close", "办结"),
}

STATES = {
    "raised": Said("nobody has answered", "无人应答"),
    "sent": Said("nobody has answered", "无人应答"),
    "received": Said("nobody has answered", "无人应答"),
    "acknowledged": Said("somebody knows", "有人知晓"),
    "dispatched": Said("help is on the way", "已派人"),
    "on_scene": Said("help is there", "已到场"),
    "closed": Said("closed", "已结束"),
}

FELT = {
    "short": Said("vibrates briefly: the call was received", "短振：呼救已收到"),
    "long": Said("vibrates long: help is on the way", "长振：有人正赶来"),
    "none": Said("is still", "没有振动"),
}
