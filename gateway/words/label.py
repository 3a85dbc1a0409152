"""What stands on the label of the box, Chinese first. Pure."""

from __future__ import annotations

from gateway.language import Said

NAME = Said("lifering", "救命环")
KEEP = Said("Do not switch off. Do not unplug.", "请勿断电　请勿拔线")
WHAT = Said(
    "This box hears the wristbands of old people who live alone, when they call for help.",
    "本机接收独居老人手环发出的呼救。",
)
HELP = Said("Somebody calls for help, and nobody comes", "有人呼救，没有人去")
CALL = Said("call the number above", "请打电话")
EMERGENCY = Said("Danger to life: 120", "有生命危险：120")
SIGNS = (
    (Said("Light or buzzer", "灯闪、蜂鸣"), Said("somebody calls for help: look at the page, go", "有人呼救：看页面，马上去")),
    (Said("Page: all tiles green", "页面全绿"), Said("all is well", "一切正常")),
    (Said("Page: yellow or red", "页面有黄、有红"), Said("call the number above", "打上面的电话")),
    (Said("Page says: no answer", "页面说没有应答"), Said("has the box power?", "看本机是否有电")),
    (
        Said("Network down", "断网"),
        Said("it works on, and asks by SMS where it has a modem", "照常工作，有短信模块时用短信通知"),
    ),
    (
        Said("Power cut", "停电"),
        Said("it hears nobody: telephone the people; it starts again by itself", "收不到呼救：逐户打电话；来电后自动启动"),
    ),
)
