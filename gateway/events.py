"""What the log may say: each event's phrase, its code, its level, what it means and what to do, in both languages.

Phrases may be worded better one day; codes stay, so that scripts and support can rely on them. `docs/log-events.md` is made
of this table. Pure.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from gateway.language import Said

Level = Literal["debug", "info", "warning", "error"]


class Event(NamedTuple):
    """`advice` is there from warnings on, where somebody can do something."""

    code: str
    level: Level
    means: Said
    advice: Said | None = None


NOTHING_TO_DO = Said("Nothing: it mends itself.", "无需处理：会自行恢复。")
REPORT_IT = Said(
    "Send this line to whoever maintains lifering; everything else goes on.",
    "请把这一行发给 lifering 的维护者；其他功能照常运行。",
)
THE_CARD = Said(
    "Readable data was saved. Replace the card soon.",
    "读得出的数据已保存。请尽快更换存储卡。",
)

THE_KEY = Said(
    "Put the right key in its place and see that `lifering check` is content. Then bring the files back as docs/technician.md"
    ' says under "Encrypted at rest": they are deleted after 30 days.',
    "放回正确的密钥，用 `lifering check` 确认；再按 docs/technician.zh-CN.md“静态加密”一节恢复搁置的文件：30 天后会被删除。",
)

EVENTS: dict[str, Event] = {
    # the daemon
    "ready": Event("READY", "info", Said("Sources, rules and store work.", "数据源、规则和存储已就绪。")),
    "store cannot be encrypted": Event(
        "STORE_KEY",
        "error",
        Said(
            "The key that [store] key_file names cannot be used; `why` says it. What it locks is put aside (*.broken-*),"
            " what comes now is stored bare.",
            "[store] key_file 所指的密钥无法使用，原因见 `why`。已加密的文件原样搁置（*.broken-*），新数据以明文保存。",
        ),
        THE_KEY,
    ),
    "clock was set": Event(
        "CLOCK_SET",
        "info",
        Said("The wall clock was stepped. Nothing lasts longer or shorter for it.", "系统时钟被调整。计时不受影响。"),
    ),
    "configuration read again": Event(
        "CONFIG_TAKEN", "info", Said("A reload took over the changed configuration.", "重新加载后已采用新配置。")
    ),
    "configuration not taken over": Event(
        "CONFIG_FAULTY",
        "error",
        Said("The changed configuration has a mistake; nothing was changed.", "新配置有错误；一切照旧。"),
        Said(
            "Mend what `problem` names, run `lifering check`, reload again.",
            "修改 `problem` 指出的地方，执行 `lifering check`，再重新加载。",
        ),
    ),
    "log lines were lost": Event(
        "LOG_LINES_LOST",
        "warning",
        Said("Nobody read the log for a while; so many lines were left out.", "日志一度无人读取；有这么多行未写出。"),
        Said("See whether journald runs and the disk takes its files.", "请检查 journald 是否运行、磁盘能否写入其文件。"),
    ),
    "log level changed": Event("LOG_LEVEL", "info", Said("Somebody asked for more or fewer lines.", "日志详细程度已更改。")),
    "log level unknown": Event(
        "LOG_LEVEL_UNKNOWN",
        "warning",
        Said("LIFERING_LOG names no level; `info` is taken.", "LIFERING_LOG 的值无法识别；按 `info` 处理。"),
        Said("Write debug, info, warning or error.", "请写 debug、info、warning 或 error。"),
    ),
    "systemd does not listen": Event(
        "SYSTEMD_DEAF",
        "warning",
        Said(
            "systemd cannot be told that the gateway lives, and may restart it.",
            "无法向 systemd 报告运行状态，systemd 可能会重启网关。",
        ),
        Said("Start it by its unit, not by hand.", "请用服务单元启动，不要手工启动。"),
    ),
    "a driver of another package is broken": Event(
        "PLUG_IN_BROKEN",
        "error",
        Said("A driver that was installed besides cannot be used.", "另外安装的驱动无法使用。"),
        Said("Install a version that fits, or remove the package.", "请安装合适的版本，或卸载该软件包。"),
    ),
    "driver failed": Event(
        "DRIVER_FAILED",
        "error",
        Said("A driver has a bug; what it was reading is lost.", "驱动程序出错；它正在解析的数据丢失。"),
        REPORT_IT,
    ),
    "driver switched off": Event(
        "DRIVER_OFF",
        "error",
        Said(
            "A driver of another package did not come back; it is asked nothing more until the gateway is started again.",
            "一个第三方驱动没有返回；在网关重新启动之前不再使用它。",
        ),
        Said(
            "Its devices are not heard. Tell whoever made it where it hung, or take the package out.",
            "收不到它的设备。请把卡住的位置告诉其作者，或卸载该软件包。",
        ),
    ),
    "no process of its own": Event(
        "NO_PROCESS",
        "warning",
        Said(
            "The configuration was read in this process, which grows by some 11 MB for it; everything goes on.",
            "配置在本进程中读取，内存因此增加约 11 MB；一切照常运行。",
        ),
        Said(
            "Look whether the machine has memory left, and whether its limits allow the service another process.",
            "请检查系统是否还有空闲内存，以及服务的限制是否允许再启动一个进程。",
        ),
    ),
    # the control socket
    "no control socket": Event(
        "CONTROL_NONE",
        "error",
        Said(
            "`lifering status` and its kin cannot ask this gateway; everything else goes on.",
            "`lifering status` 等命令无法查询此网关；其他功能照常运行。",
        ),
        Said(
            "Look at `path`: its folder may be missing, or another lifering listens there.",
            "请检查 `path`：文件夹可能不存在，或另一个 lifering 正在使用。",
        ),
    ),
    "control verb failed": Event(
        "CONTROL_FAILED",
        "error",
        Said("What somebody asked over the socket met a bug.", "处理套接字请求时程序出错。"),
        REPORT_IT,
    ),
    "control client hung up": Event(
        "CONTROL_HUNG_UP", "debug", Said("One who asked was idle, too slow, or went.", "提问者空闲、过慢或已断开。")
    ),
    # the page and the metrics
    "listening": Event(
        "WEB_LISTENING", "info", Said("The page or the metrics can be asked for now.", "本地页面或指标现在可以访问。")
    ),
    "cannot listen": Event(
        "WEB_NONE",
        "error",
        Said(
            "The page or the metrics cannot be asked for, `why` says it; tried again every 15 s. Everything else goes on.",
            "本地页面或指标无法访问，原因见 `why`；每 15 秒重试。其他功能照常运行。",
        ),
        Said(
            "Look at `listen` of [page] and [metrics]: another program may have the port, or no network this address.",
            "请检查 [page] 和 [metrics] 的 `listen`：端口可能被其他程序占用，或本机没有这个地址。",
        ),
    ),
    "web answer failed": Event(
        "WEB_FAILED", "error", Said("What a browser asked met a bug.", "处理浏览器请求时程序出错。"), REPORT_IT
    ),
    "drill opened": Event(
        "DRILL_OPENED",
        "warning",
        Said(
            "Somebody has begun a drill for one wearer: the next press within `minutes` is a test.",
            "有人为一位佩戴者开始了演练：`minutes` 分钟内的下一次按键只作测试。",
        ),
        Said(
            "Nothing, if the house knows of it; else see who has the PIN of the page.",
            "如中心知情则无需处理；否则请查明谁持有页面 PIN 码。",
        ),
    ),
    "drill ended": Event(
        "DRILL_ENDED",
        "info",
        Said("That drill was ended by hand: each press is real.", "演练已手动结束：此后每次按键都是真实呼救。"),
    ),
    "charts begin now": Event(
        "PAGE_CHARTS",
        "warning",
        Said("The store could not be read for the day's charts, `why` says it.", "无法从存储读取当天曲线，原因见 `why`。"),
        Said("The disk has a fault of its own; the charts go on from now.", "磁盘故障另有提示；曲线从现在开始。"),
    ),
    "page PIN cannot be read": Event(
        "PAGE_PIN",
        "error",
        Said("Nobody can log in to the page; `why` says it.", "无法登录本地页面，原因见 `why`。"),
        Said("Mend pin_file of [page], see `lifering check`.", "请用 `lifering check` 检查 [page] 的 pin_file。"),
    ),
    "wrong PIN": Event(
        "PAGE_PIN_WRONG",
        "warning",
        Said("Somebody typed a wrong PIN at the page; `tries` in a row.", "有人在本地页面输错 PIN 码，已连续 `tries` 次。"),
        Said(
            "If it goes on and nobody has forgotten it, see who is in your network.",
            "如反复出现且无人忘记 PIN 码，请检查网络中有谁。",
        ),
    ),
    # the platform
    "link up": Event("LINK_UP", "info", Said("The broker has accepted the connection.", "已连接 MQTT 服务器。")),
    "link lost": Event(
        "LINK_LOST",
        "warning",
        Said(
            "The broker cannot be reached, or the connection broke; `why` says it.",
            "连不上 MQTT 服务器，或连接中断；原因见 `why`。",
        ),
        Said(
            "Alerts and readings wait on the disk. If it lasts: network, broker, what `why` says.",
            "报警和读数存在磁盘上等待。若持续出现：检查网络、MQTT 服务器和 `why` 所说的原因。",
        ),
    ),
    "broker refuses messages": Event(
        "BROKER_REFUSES",
        "warning",
        Said("The broker's access rules do not allow this topic.", "MQTT 服务器的权限不允许这个主题。"),
        Said(
            "Ask the platform: `config/mosquitto-acl.example` shows what is needed.",
            "请平台处理：`config/mosquitto-acl.example` 写明需要的权限。",
        ),
    ),
    "nobody listens": Event(
        "NOBODY_LISTENS",
        "warning",
        Said("The broker has no subscriber for this topic.", "MQTT 服务器上没有人订阅这个主题。"),
        Said(
            "Ask the platform whether its application runs and which topics it reads.",
            "请平台确认应用是否在运行、订阅了哪些主题。",
        ),
    ),
    "messages get through again": Event(
        "MESSAGES_THROUGH", "info", Said("A topic that was held up is taken again.", "曾受阻的主题恢复正常。")
    ),
    "unreadable message from above": Event(
        "UNREADABLE_MESSAGE",
        "warning",
        Said("The platform sent something that is no message of the contract.", "平台发来的内容不符合约定。"),
        Said("Show the platform `docs/platform.md`.", "请平台对照 `docs/platform.md`。"),
    ),
    "the platform gives no receipts": Event(
        "PLATFORM_SILENT",
        "warning",
        Said(
            "The broker takes alerts, and for 30 s the platform has not said that it has them.",
            "MQTT 服务器收下了报警，但平台 30 秒内没有回执。",
        ),
        Said(
            "Ask the platform whether its application runs, and whether the broker lets it hear `up/alerts` and say"
            " `down/receipts`: over MQTT 3.1.1 a broker throws away what its access rules forbid and says nothing.",
            "请平台确认应用是否在运行，以及 MQTT 服务器是否允许接收 `up/alerts`、发送 `down/receipts`："
            "在 MQTT 3.1.1 下，MQTT 服务器会悄悄丢弃权限不允许的消息。",
        ),
    ),
    "the platform gives receipts again": Event(
        "PLATFORM_ANSWERS", "info", Said("The platform confirms alerts again.", "平台恢复回执。")
    ),
    "the platform rejects an alert": Event(
        "ALERT_REJECTED",
        "error",
        Said("The platform refuses an alert; it is sent again every 5 minutes.", "平台拒绝了一条报警；每 5 分钟重发一次。"),
        Said("Ask the platform at once; `reason` is what it says.", "请立即联系平台；`reason` 是平台给出的理由。"),
    ),
    "alert not sent": Event(
        "ALERT_NOT_SENT",
        "warning",
        Said("An alert could not be handed to the broker, and is tried again.", "报警未能交给 MQTT 服务器，将重试。"),
        NOTHING_TO_DO,
    ),
    "alert": Event(
        "ALERT", "info", Said("An alert was raised or has changed, and is on the disk.", "报警产生或有变化，已存盘。")
    ),
    # the radio
    "adapter scans": Event(
        "ADAPTER_SCANS",
        "info",
        Said(
            "A Bluetooth adapter listens; nothing was heard through it for the `deaf_s` seconds before.",
            "蓝牙适配器正在接收；此前 `deaf_s` 秒未接收。",
        ),
    ),
    "adapter hears nothing": Event(
        "ADAPTER_LOST",
        "warning",
        Said("A Bluetooth adapter cannot be used; `why` says it.", "蓝牙适配器无法使用；原因见 `why`。"),
        Said(
            "Look at the adapter and at `systemctl status bluetooth`; `lifering scan` says more.",
            "检查蓝牙适配器和 `systemctl status bluetooth`；`lifering scan` 有详细说明。",
        ),
    ),
    "scanning anew": Event(
        "SCAN_ANEW",
        "info",
        Said(
            "The scan is begun again: BlueZ has ended it, or nobody was heard for a while; `why` says which.",
            "重新开始扫描：BlueZ 结束了扫描，或一段时间没有收到信号；原因见 `why`。",
        ),
    ),
    "bluetoothd died connecting to a band": Event(
        "BAND_PUT_OFF",
        "warning",
        Said(
            "bluetoothd died while it connected to this wristband, and all links with it; the band is left alone for a while.",
            "bluetoothd 在连接这只手环时崩溃，所有连接中断；暂时不再连接这只手环。",
        ),
        Said(
            "Restart the wristband or charge it; if it happens again, replace it, and update BlueZ and the kernel.",
            "重启手环或充电；若再次发生，请更换手环，并更新 BlueZ 和内核。",
        ),
    ),
    "repeats stay filtered": Event(
        "REPEATS_FILTERED",
        "info",
        Said(
            "BlueZ offers to tell every frame of a band, and did not do so; the adapter may leave repeats out.",
            "BlueZ 表示可以报告手环的每一帧，但未能启用；蓝牙适配器可能略去重复帧。",
        ),
    ),
    "scan not stopped": Event(
        "SCAN_NOT_STOPPED", "debug", Said("BlueZ did not confirm the end of a scan.", "BlueZ 没有确认扫描结束。")
    ),
    "visit over": Event("VISIT_OVER", "info", Said("A wristband was visited and let go.", "一次手环连接已结束。")),
    "band not reached": Event(
        "BAND_NOT_REACHED", "info", Said("A wristband could not be connected to; it is tried again.", "连不上手环；将重试。")
    ),
    "band refuses: pair it again": Event(
        "BAND_UNPAIRED",
        "warning",
        Said("A wristband has lost its bond, or the key is not this band's.", "手环的配对已失效，或密钥不属于这只手环。"),
        Said("Pair it again, and look at its key.", "请重新配对，并检查密钥。"),
    ),
    "step refused": Event(
        "STEP_REFUSED", "debug", Said("A wristband refused one step of a visit.", "手环拒绝了连接中的一步。")
    ),
    "not disconnected": Event(
        "NOT_DISCONNECTED", "debug", Said("BlueZ did not confirm the end of a connection.", "BlueZ 没有确认断开连接。")
    ),
    # the machine
    "board is watched": Event(
        "BOARD_WATCHED",
        "info",
        Said(
            "Whether this board tells of too low a supply voltage and of heat; what is not available is never told.",
            "这块主板是否报告供电电压过低和过热；标为“无法监测”的不会被上报。",
        ),
    ),
    "certificate cannot be read": Event(
        "CERTIFICATE_UNREADABLE",
        "debug",
        Said(
            "So nobody can say when it ends; the link to the broker tells whether it can be used.",
            "无法得知它何时到期；能否使用由与 MQTT 服务器的连接说明。",
        ),
    ),
    # serial ports
    "port open": Event("PORT_OPEN", "info", Said("A serial port is open.", "串口已打开。")),
    "port lost": Event(
        "PORT_LOST",
        "warning",
        Said("A serial port cannot be used; `why` says it.", "串口无法使用；原因见 `why`。"),
        Said("Look at the plug; it comes back by itself when it is plugged in.", "检查插头；插回去后会自动恢复。"),
    ),
    "serial device says": Event(
        "SERIAL_STATUS", "debug", Said("A device at a serial port tells its state.", "串口设备报告状态。")
    ),
    "recording ended": Event(
        "RECORDING_ENDED",
        "warning",
        Said(
            "The recording of raw frames has reached its size, or the disk refuses it.", "原始帧录制已达上限，或磁盘无法写入。"
        ),
        Said("Begin another file, where more is wanted; everything else goes on.", "需要更多时请另起文件；其他功能照常运行。"),
    ),
    "playback over": Event("PLAYBACK_OVER", "info", Said("A recording was played back to its end.", "录制文件已回放完毕。")),
    # what is remembered
    "press memory unreadable": Event(
        "PRESS_MEMORY_LOST",
        "warning",
        Said(
            "It is forgotten which presses of a band were known; one may be told twice.",
            "不再记得某手环已处理过的按键；可能重复报警一次。",
        ),
        NOTHING_TO_DO,
    ),
    "known records unreadable": Event(
        "KNOWN_RECORDS_LOST",
        "warning",
        Said(
            "It is forgotten which records of a device were known; they may come twice.",
            "不再记得某设备已读取的记录；可能重复读取。",
        ),
        NOTHING_TO_DO,
    ),
    # the disk
    "readings cannot be stored": Event(
        "READINGS_NOT_STORED",
        "error",
        Said("The disk takes no readings; they wait in memory.", "磁盘无法写入读数；读数暂存在内存。"),
        Said("Look at the disk: room, mount, card.", "检查磁盘：空间、挂载、存储卡。"),
    ),
    "readings are stored again": Event("READINGS_STORED", "info", Said("The disk takes readings again.", "磁盘恢复写入读数。")),
    "alerts cannot be stored": Event(
        "ALERTS_NOT_STORED",
        "error",
        Said("The disk takes no alerts; they are sent from memory.", "磁盘无法写入报警；报警从内存直接发送。"),
        Said("Look at the disk at once: room, mount, card.", "请立即检查磁盘：空间、挂载、存储卡。"),
    ),
    "alerts are stored again": Event("ALERTS_STORED", "info", Said("The disk takes alerts again.", "磁盘恢复写入报警。")),
    "alerts take their own space": Event(
        "ALERTS_RESERVE",
        "warning",
        Said("The disk is full; alerts use the room that is kept for them.", "磁盘已满；报警使用预留空间。"),
        Said("Make room on the disk.", "请清理磁盘空间。"),
    ),
    "the disk did not take everything": Event(
        "LEFT_IN_MEMORY",
        "error",
        Said(
            "The gateway ended before the disk took so many readings that were not sent, and so many rows of alerts.",
            "网关停止前，仍有这么多条未发送的读数和报警记录没有写入磁盘。",
        ),
        Said("Look at the disk: room, mount, card.", "检查磁盘：空间、挂载、存储卡。"),
    ),
    "database can be opened again": Event(
        "DISK_BACK", "info", Said("The disk is back; what was in memory goes to it.", "磁盘已恢复；内存中的数据将写入磁盘。")
    ),
    "everything lies on the disk": Event(
        "ALL_STORED",
        "info",
        Said(
            "Another life of the gateway has begun, and what the one before held is stored.",
            "网关已重新开始，之前保存在内存中的数据已写入磁盘。",
        ),
    ),
    "file was gone, and is written anew": Event(
        "FILE_GONE",
        "error",
        Said("Somebody has removed or replaced a file of the store; nothing is lost.", "存储文件被删除或替换；数据没有丢失。"),
        Said("Leave the data folder alone while the gateway runs.", "网关运行时请勿改动数据目录。"),
    ),
    "file is gone, and cannot be written anew": Event(
        "FILE_GONE_STILL",
        "error",
        Said(
            "Somebody has removed a file of the store; if the gateway ends now, what is in it is lost.",
            "存储文件被删除；如果网关此时停止，其中的数据会丢失。",
        ),
        Said(
            "Make the data folder writable and make room; do not stop the gateway.",
            "请恢复数据目录的写权限和空间；不要停止网关。",
        ),
    ),
    "nothing can be forgotten": Event(
        "CANNOT_FORGET",
        "warning",
        Said("Old readings could not be deleted.", "无法删除旧读数。"),
        Said("Look at the disk: room, mount, card.", "检查磁盘：空间、挂载、存储卡。"),
    ),
    "room made": Event(
        "ROOM_MADE",
        "warning",
        Said(
            "The store was full; old readings were thinned out or left out, and counted.",
            "存储已满；旧读数被抽稀或舍弃，并已计数。",
        ),
        Said(
            "Raise [store] max_mb, or see why the platform does not take readings.",
            "调大 [store] max_mb，或查明平台为何没有接收读数。",
        ),
    ),
    "database is damaged": Event(
        "DATABASE_DAMAGED",
        "error",
        Said("A data file is damaged; `why` says how.", "数据文件损坏；原因见 `why`。"),
        THE_CARD,
    ),
    "database is locked": Event(
        "DATABASE_LOCKED",
        "error",
        Said(
            "A data file is encrypted by a key that is not there. It is whole, and put aside; another one is begun.",
            "数据文件已加密，但没有对应的密钥。文件完好，已原样搁置；另建新文件。",
        ),
        THE_KEY,
    ),
    "database is of a newer version": Event(
        "DATABASE_NEWER",
        "error",
        Said(
            "A newer version of lifering has written a data file. It is put aside; what can be read goes on in another.",
            "数据文件由更新版本的 lifering 写入。原文件已搁置，读得出的数据已转入新文件。",
        ),
        Said("Install that version again.", "请重新安装那个版本。"),
    ),
    "journal is damaged": Event(
        "JOURNAL_DAMAGED", "error", Said("The end of a data file's journal is damaged.", "数据文件日志的末尾损坏。"), THE_CARD
    ),
    "rows are damaged": Event(
        "ROWS_DAMAGED",
        "error",
        Said(
            "Some entries of a data file are damaged; what they said was restored from others as far as it could be.",
            "数据文件中有条目损坏；已尽可能由其他条目恢复其内容。",
        ),
        THE_CARD,
    ),
    "databases were exchanged": Event(
        "DATABASES_EXCHANGED",
        "error",
        Said(
            "alerts.db and readings.db had each other's name; they were put back.",
            "alerts.db 与 readings.db 名称互换；已换回。",
        ),
        Said("Copy data files back only under their own names.", "恢复数据文件时请保持原文件名。"),
    ),
    "files put aside were deleted": Event(
        "PUT_ASIDE_DELETED", "info", Said("Damaged files put aside 30 days ago were deleted.", "30 天前隔离的损坏文件已删除。")
    ),
    "store copied": Event(
        "STORE_COPIED",
        "info",
        Said("Somebody makes a backup: `by` asked for it.", "有人在备份；操作者见 `by`。"),
    ),
    "wearer erased": Event(
        "WEARER_ERASED",
        "warning",
        Said("Somebody had all that is held of one wearer erased.", "有人清除了一位佩戴者的全部数据。"),
        Said("Nothing, if it was wanted; `by` asked for it.", "若是有意为之则无需处理；操作者见 `by`。"),
    ),
    "readings that waited cannot be read": Event(
        "TAIL_UNREADABLE",
        "error",
        Said(
            "Readings of the last second before a kill cannot be read, and are lost; new ones get ids of another epoch.",
            "进程被强行终止前最后一秒的读数无法读取，已丢失；新读数使用新纪元的编号。",
        ),
        THE_CARD,
    ),
    "batches are damaged": Event(
        "BATCHES_DAMAGED",
        "error",
        Said("Stored readings are damaged, and counted as lost.", "部分已存读数损坏，计为丢失。"),
        THE_CARD,
    ),
    "an alert is damaged": Event(
        "ALERT_DAMAGED", "warning", Said("A stored alert cannot be read.", "一条已存报警无法读取。"), THE_CARD
    ),
    "a delivery is damaged": Event(
        "DELIVERY_DAMAGED", "warning", Said("A stored delivery cannot be read.", "一条已存送达记录无法读取。"), THE_CARD
    ),
    "a memory is damaged": Event(
        "MEMORY_DAMAGED",
        "warning",
        Said("What was remembered of a device cannot be read.", "一条已存的设备记忆无法读取。"),
        THE_CARD,
    ),
    "a reading that an alert names is damaged": Event(
        "REFERENCED_DAMAGED",
        "warning",
        Said("A reading stored with its alert cannot be read.", "一条随报警保存的读数无法读取。"),
        THE_CARD,
    ),
    "an answer is damaged": Event(
        "ANSWER_DAMAGED",
        "warning",
        Said("A stored answer to a command cannot be read.", "一条已存命令答复无法读取。"),
        THE_CARD,
    ),
    "an event of an alert is damaged": Event(
        "ALERT_EVENT_DAMAGED",
        "warning",
        Said("A stored event of an alert cannot be read.", "一条已存报警事件无法读取。"),
        THE_CARD,
    ),
    "database cannot be opened, working in memory": Event(
        "WORKING_IN_MEMORY",
        "error",
        Said("The disk refuses; everything works, and is lost with the power.", "磁盘无法使用；功能照常，但断电即丢失。"),
        Said(
            "Look at the disk at once: room, mount, card. Do not stop the gateway: what it holds moves in within ten seconds.",
            "请立即检查磁盘：空间、挂载、存储卡。不要停止网关：磁盘恢复后十秒内自动写入。",
        ),
    ),
    # the modem
    "modem ready": Event(
        "MODEM_READY", "info", Said("The SMS modem is in a network and sends.", "短信模块已入网，可以发送短信。")
    ),
    "modem cannot send": Event(
        "MODEM_CANNOT_SEND",
        "warning",
        Said(
            "The SMS modem sends nothing now: `state` says what it is, `why` more of it.",
            "短信模块目前无法发送短信：状态见 `state`，原因见 `why`。",
        ),
        Said(
            "lost: cable, port, power; `absent` or `in use` (does ModemManager hold it?). no_sim: put the SIM in. pin: correct"
            " pin_file; a PIN that was refused is never entered again; with PUK unlock the SIM in a telephone."
            " no_network, denied: antenna, contract. no_service_centre: store the operator's number in the SIM.",
            "lost：检查连线、端口、供电；absent 为端口不存在，in use 为端口被占用（是否被 ModemManager 占用）。"
            "no_sim：插好 SIM 卡。pin：改正 pin_file；被拒绝过的 PIN 不会再次输入；若需 PUK，请在手机上解锁。"
            "no_network、denied：检查天线和资费套餐。"
            "no_service_centre：在 SIM 卡中写入运营商的短信中心号码。",
        ),
    ),
    "modem reset": Event(
        "MODEM_RESET",
        "warning",
        Said(
            "The SMS modem did not answer and was reset; at most once in 5 minutes and 6 times in an hour.",
            "短信模块没有响应，已复位（5 分钟内最多一次，一小时内最多六次）。",
        ),
        Said(
            "If it comes often: a stronger power supply, newer firmware, or another modem.",
            "若经常出现：换用更强的电源、升级固件或更换模块。",
        ),
    ),
    "modem signal is weak": Event(
        "MODEM_WEAK",
        "warning",
        Said("The SMS modem hears its network badly.", "短信模块信号弱。"),
        Said("Move the antenna to a window, or higher.", "请把天线移到窗边或更高处。"),
    ),
    # the second path
    "sms": Event(
        "SMS",
        "info",
        Said(
            "What came of a message to somebody on duty (`outcome`, and `error` of the modem), in how many parts, about how"
            " many alerts. Numbers and names are in no log.",
            "发给值班人员的短信结果（`outcome`，以及模块给出的 `error`）、条数、涉及的报警数。日志中不含号码和姓名。",
        ),
    ),
    "sms answered": Event(
        "SMS_ANSWERED",
        "info",
        Said("Somebody on duty has answered by SMS.", "值班人员已用短信答复。"),
    ),
    "sms of nobody on duty": Event(
        "SMS_STRANGER",
        "info",
        Said(
            "A message came from a number that is in no list, or of a volunteer without an alert's number; it changes nothing.",
            "收到名单之外号码的短信，或志愿者未注明报警编号的短信；不作任何处理。",
        ),
    ),
    "on_alert failed": Event(
        "ON_ALERT",
        "warning",
        Said("The command of the local light or buzzer did not end well.", "本地声光提示命令未正常结束。"),
        Said(
            "Run it by hand as the service's user; `lifering test-alert --path local` tries it.",
            "请以服务用户手动运行该命令；可用 `lifering test-alert --path local` 测试。",
        ),
    ),
}
