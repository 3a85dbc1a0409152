"""What `gateway/store/` logs: the disk, room on it, and what of the files is damaged. Pure."""

from __future__ import annotations

from gateway.events.event import RESTORE_THE_KEY, Event, error, info, warning
from gateway.language import Said

REPLACE_THE_CARD = Said(
    "Readable data was saved. Replace the card soon.",
    "读得出的数据已保存。请尽快更换存储卡。",
)

EVENTS: dict[str, Event] = {
    "readings cannot be stored": error(
        "READINGS_NOT_STORED",
        Said("The disk takes no readings; they wait in memory.", "磁盘无法写入读数；读数暂存在内存。"),
        Said("Look at the disk: room, mount, card.", "检查磁盘：空间、挂载、存储卡。"),
    ),
    "readings are stored again": info("READINGS_STORED", Said("The disk takes readings again.", "磁盘恢复写入读数。")),
    "alerts cannot be stored": error(
        "ALERTS_NOT_STORED",
        Said("The disk takes no alerts; they are sent from memory.", "磁盘无法写入报警；报警从内存直接发送。"),
        Said("Look at the disk at once: room, mount, card.", "请立即检查磁盘：空间、挂载、存储卡。"),
    ),
    "alerts are stored again": info("ALERTS_STORED", Said("The disk takes alerts again.", "磁盘恢复写入报警。")),
    "alerts take their own space": warning(
        "ALERTS_RESERVE",
        Said("The disk is full; alerts use the room that is kept for them.", "磁盘已满；报警使用预留空间。"),
        Said("Make room on the disk.", "请清理磁盘空间。"),
    ),
    "database can be opened again": info(
        "DISK_BACK", Said("The disk is back; what was in memory goes to it.", "磁盘已恢复；内存中的数据将写入磁盘。")
    ),
    "file was gone, and is written anew": error(
        "FILE_GONE",
        Said("Somebody has removed or replaced a file of the store; nothing is lost.", "存储文件被删除或替换；数据没有丢失。"),
        Said("Leave the data folder alone while the gateway runs.", "网关运行时请勿改动数据目录。"),
    ),
    "file is gone, and cannot be written anew": error(
        "FILE_GONE_STILL",
        Said(
            "Somebody has removed a file of the store; if the gateway ends now, what is in it is lost.",
            "存储文件被删除；如果网关此时停止，其中的数据会丢失。",
        ),
        Said(
            "Make the data folder writable and make room; do not stop the gateway.",
            "请恢复数据目录的写权限和空间；不要停止网关。",
        ),
    ),
    "nothing can be forgotten": warning(
        "CANNOT_FORGET",
        Said("Old readings could not be deleted.", "无法删除旧读数。"),
        Said("Look at the disk: room, mount, card.", "检查磁盘：空间、挂载、存储卡。"),
    ),
    "room made": warning(
        "ROOM_MADE",
        Said(
            "The store was full; old readings were thinned out or left out, and counted.",
            "存储已满；旧读数被抽稀或舍弃，并已计数。",
        ),
        Said(
            "Raise [store] max_mb, or see why the platform does not take readings.",
            "调大 [store] max_mb，或查明平台为何没有接收读数。",
        ),
    ),
    "database is damaged": error(
        "DATABASE_DAMAGED", Said("A data file is damaged; `why` says how.", "数据文件损坏；原因见 `why`。"), REPLACE_THE_CARD
    ),
    "database is locked": error(
        "DATABASE_LOCKED",
        Said(
            "A data file is encrypted by a key that is not there. It is whole, and put aside; another one is begun.",
            "数据文件已加密，但没有对应的密钥。文件完好，已原样搁置；另建新文件。",
        ),
        RESTORE_THE_KEY,
    ),
    "database is of a newer version": error(
        "DATABASE_NEWER",
        Said(
            "A newer version of lifering has written a data file. It is put aside; what can be read goes on in another.",
            "数据文件由更新版本的 lifering 写入。原文件已搁置，读得出的数据已转入新文件。",
        ),
        Said("Install that version again.", "请重新安装那个版本。"),
    ),
    "journal is damaged": error(
        "JOURNAL_DAMAGED", Said("The end of a data file's journal is damaged.", "数据文件日志的末尾损坏。"), REPLACE_THE_CARD
    ),
    "rows are damaged": error(
        "ROWS_DAMAGED",
        Said(
            "Some entries of a data file are damaged; what they said was restored from others as far as it could be.",
            "数据文件中有条目损坏；已尽可能由其他条目恢复其内容。",
        ),
        REPLACE_THE_CARD,
    ),
    "databases were exchanged": error(
        "DATABASES_EXCHANGED",
        Said(
            "alerts.db and readings.db had each other's name; they were put back.",
            "alerts.db 与 readings.db 名称互换；已换回。",
        ),
        Said("Copy data files back only under their own names.", "恢复数据文件时请保持原文件名。"),
    ),
    "files put aside were deleted": info(
        "PUT_ASIDE_DELETED", Said("Damaged files put aside 30 days ago were deleted.", "30 天前隔离的损坏文件已删除。")
    ),
    "readings that waited cannot be read": error(
        "TAIL_UNREADABLE",
        Said(
            "Readings of the last second before a kill cannot be read, and are lost; new ones get ids of another epoch.",
            "进程被强行终止前最后一秒的读数无法读取，已丢失；新读数使用新纪元的编号。",
        ),
        REPLACE_THE_CARD,
    ),
    "batches are damaged": error(
        "BATCHES_DAMAGED",
        Said("Stored readings are damaged, and counted as lost.", "部分已存读数损坏，计为丢失。"),
        REPLACE_THE_CARD,
    ),
    "an alert is damaged": warning(
        "ALERT_DAMAGED", Said("A stored alert cannot be read.", "一条已存报警无法读取。"), REPLACE_THE_CARD
    ),
    "a delivery is damaged": warning(
        "DELIVERY_DAMAGED", Said("A stored delivery cannot be read.", "一条已存送达记录无法读取。"), REPLACE_THE_CARD
    ),
    "a memory is damaged": warning(
        "MEMORY_DAMAGED",
        Said("What was remembered of a device cannot be read.", "一条已存的设备记忆无法读取。"),
        REPLACE_THE_CARD,
    ),
    "a reading that an alert names is damaged": warning(
        "REFERENCED_DAMAGED",
        Said("A reading stored with its alert cannot be read.", "一条随报警保存的读数无法读取。"),
        REPLACE_THE_CARD,
    ),
    "an answer is damaged": warning(
        "ANSWER_DAMAGED", Said("A stored answer to a command cannot be read.", "一条已存命令答复无法读取。"), REPLACE_THE_CARD
    ),
    "an event of an alert is damaged": warning(
        "ALERT_EVENT_DAMAGED",
        Said("A stored event of an alert cannot be read.", "一条已存报警事件无法读取。"),
        REPLACE_THE_CARD,
    ),
    "database cannot be opened, working in memory": error(
        "WORKING_IN_MEMORY",
        Said("The disk refuses; everything works, and is lost with the power.", "磁盘无法使用；功能照常，但断电即丢失。"),
        Said(
            "Look at the disk at once: room, mount, card. Do not stop the gateway: what it holds moves in within ten seconds.",
            "请立即检查磁盘：空间、挂载、存储卡。不要停止网关：磁盘恢复后十秒内自动写入。",
        ),
    ),
}
