"""Sees where a pseudonym is none: the number of an identity card, or a Chinese name. Pure."""

from __future__ import annotations

import re

# The hundred most common family names of China (Ministry of Public Security, 2020), and those of two characters.
FAMILY_NAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏"
    "付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
)
TWO_CHARACTERS = ("欧阳", "上官", "司马", "诸葛", "司徒", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "东方")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, 4.3
CHECKS = "10X98765432"


def is_identity_number(text: str) -> bool:
    """Whether this is the number of a Chinese identity card: 18 places, the last of which fits the others (GB 11643)."""
    if not re.fullmatch(r"[0-9]{17}[0-9Xx]", text):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, text, strict=False))
    return CHECKS[total % 11] == text[-1].upper()


def is_chinese_name(text: str) -> bool:
    """Whether this looks like one: a family name, and one or two characters more (also 王奶奶)."""
    if not re.fullmatch("[\u4e00-\u9fff·]{2,4}", text):
        return False
    return text.startswith(TWO_CHARACTERS) or (len(text) <= 3 and text[0] in FAMILY_NAMES)
