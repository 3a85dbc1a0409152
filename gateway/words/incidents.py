"""What the `device` of a fault of the disk or the store says, in both languages: `alerts.db journal 3 rows`, `disk full`. Pure.

A program reads these fixed words; people read this.
"""

from __future__ import annotations

import re

from gateway.language import Language, Said

INCIDENTS: dict[str, Said] = {
    "rows": Said("{count} damaged entries were taken out", "剔除 {count} 条损坏的记录"),
    "events lost": Said("{count} entries of alerts are lost", "丢失 {count} 条报警记录"),
    "journal": Said("its journal was damaged", "预写日志损坏"),
    "gone": Said("the file has vanished", "文件丢失"),
    "newer": Said("it is of a newer version, and was put aside", "由更新的版本写成，已另存"),
    "unlocked": Said("its key is back, and what lay in it is taken over", "密钥已放回，其中的数据已取回"),
    "locked": Said("it is encrypted, and its key is not there", "已加密，但缺少密钥"),
    "exchanged": Said("they had each other's names", "两个文件的名称互换过"),
    "corrupt": Said("the file is damaged", "文件已损坏"),
    "disk full": Said("the disk is full", "磁盘已满"),
    "io error": Said("the disk reports errors", "磁盘读写出错"),
    "read-only": Said("the disk cannot be written to", "磁盘不可写"),
}
AND = Said(" and ", " 和 ")
FILE = Said("{file}: {what}", "{file}：{what}")
BETWEEN = Said(", ", "，")
FILES = re.compile(r"\w+\.(?:db|tail)")
WORD = re.compile(rf"(\d*) ?\b({'|'.join(INCIDENTS)})\b")
OF_THE_STORE = frozenset({"disk", "working_in_memory", "store_repaired"})


def device(fault: str, named: str, language: Language) -> str:
    """What a fault is about; a port or a band is called by its name."""
    return incident(named, language) if fault in OF_THE_STORE else named


def incident(said: str, language: Language) -> str:
    """What befell the disk or files of the store; what has no words here is passed on as it is."""
    file = AND.of(language).join(FILES.findall(said))
    what = BETWEEN.of(language).join(INCIDENTS[word].of(language).format(count=count) for count, word in WORD.findall(said))
    return FILE.of(language).format(file=file, what=what) if file and what else file or what or said
