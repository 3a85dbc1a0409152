"""What `lifering test-alert` says of each step, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Said

STEPS = {
    "raised": Said("the test alert is on the disk", "测试报警已存盘"),
    "sent": Said("the broker has it", "MQTT 服务器已收到"),
    "received": Said("the platform's receipt has come", "已收到平台回执"),
    "sms sent": Said("the modem has sent the SMS", "短信模块已发出短信"),
    "sms delivered": Said("the phone has the SMS", "短信已送达手机"),
    "begun": Said("the light or buzzer was started", "灯或蜂鸣器已启动"),
    "ended": Said("the light or buzzer has ended well", "灯或蜂鸣器已正常结束"),
}
