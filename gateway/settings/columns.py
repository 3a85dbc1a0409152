"""What people call the columns of their tables, in Chinese and in English. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gateway.settings.chinese_keyboard import half_width

ROSTER = {
    "address": ("地址", "手环地址", "设备地址", "蓝牙地址", "mac", "mac地址"),
    "driver": ("驱动", "驱动名", "驱动名称"),
    "wearer": ("佩戴者", "佩戴人", "老人", "老人代号", "佩戴者代号", "代号"),
    "room": ("房间", "房间号", "房号", "室", "住址"),
    "key": ("密钥",),
    "model": ("型号",),
}
PEOPLE = {
    "name": ("姓名", "名称", "名字", "称呼"),
    "phone": ("电话", "电话号码", "手机", "手机号", "手机号码"),
    "days": ("日期", "星期", "值班日"),
    "hours": ("时间", "时段", "值班时间"),
    "test": ("测试", "自检"),
    "latitude": ("纬度",),
    "longitude": ("经度",),
}
REMARKS = frozenset(("备注", "说明", "注释", "附注", "remark", "remarks", "note", "notes", "comment", "comments"))


def named(header: Iterable[str], columns: Mapping[str, Iterable[str]]) -> list[str]:
    """The names of the columns as the first row has them: known ones by their key, others as they stand, remarks empty."""
    known = {name: key for key, names in columns.items() for name in names}
    written = [re.sub(r"\s+|\(.*?\)", "", half_width(cell)).lower() for cell in header]
    return ["" if name in REMARKS else known.get(name, name) for name in written]
