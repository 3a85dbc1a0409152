"""What the files of `gateway/` itself log: the daemon, its configuration, its log, drivers, one life after another. Pure."""

from __future__ import annotations

from gateway.events.event import REPORT_IT, RESTORE_THE_KEY, Event, error, info, warning
from gateway.language import Said

EVENTS: dict[str, Event] = {
    "ready": info("READY", Said("Sources, rules and store work.", "数据源、规则和存储已就绪。")),
    "store cannot be encrypted": error(
        "STORE_KEY",
        Said(
            "The key that [store] key_file names cannot be used; `why` says it. What it locks is put aside (*.broken-*),"
            " what comes now is stored bare.",
            "[store] key_file 所指的密钥无法使用，原因见 `why`。已加密的文件原样搁置（*.broken-*），新数据以明文保存。",
        ),
        RESTORE_THE_KEY,
    ),
    "data cannot be kept there": error(
        "DATA_DIR_REFUSED",
        Said(
            "The sandbox of the service keeps `data_dir` from it. Calls for help go out of memory, and what the platform has"
            " not got is gone with the process.",
            "服务的沙箱不允许使用 `data_dir`。呼救仍从内存发出；平台尚未收到的数据会随进程结束而丢失。",
        ),
        Said("Do what `why` says, before anybody relies on it.", "投入使用前请按 `why` 所述处理。"),
    ),
    "clock was set": info(
        "CLOCK_SET",
        Said("The wall clock was stepped. Nothing lasts longer or shorter for it.", "系统时钟被调整。计时不受影响。"),
    ),
    "configuration read again": info(
        "CONFIG_TAKEN", Said("A reload took over the changed configuration.", "重新加载后已采用新配置。")
    ),
    "configuration not taken over": error(
        "CONFIG_FAULTY",
        Said("The changed configuration has a mistake; nothing was changed.", "新配置有错误；一切照旧。"),
        Said(
            "Mend what `problem` names, run `sudo lifering check`, reload again.",
            "修改 `problem` 指出的地方，执行 `sudo lifering check`，再重新加载。",
        ),
    ),
    "log lines were lost": warning(
        "LOG_LINES_LOST",
        Said("Nobody read the log for a while; so many lines were left out.", "日志一度无人读取；有这么多行未写出。"),
        Said("See whether journald runs and the disk takes its files.", "请检查 journald 是否运行、磁盘能否写入其文件。"),
    ),
    "log level changed": info("LOG_LEVEL", Said("Somebody asked for more or fewer lines.", "日志详细程度已更改。")),
    "log level unknown": warning(
        "LOG_LEVEL_UNKNOWN",
        Said("LIFERING_LOG names no level; `info` is taken.", "LIFERING_LOG 的值无法识别；按 `info` 处理。"),
        Said("Write debug, info, warning or error.", "请写 debug、info、warning 或 error。"),
    ),
    "systemd does not listen": warning(
        "SYSTEMD_DEAF",
        Said(
            "systemd cannot be told that the gateway lives, and may restart it.",
            "无法向 systemd 报告运行状态，systemd 可能会重启网关。",
        ),
        Said("Start it by its unit, not by hand.", "请用服务单元启动，不要手工启动。"),
    ),
    "a driver of another package is broken": error(
        "PLUG_IN_BROKEN",
        Said("A driver that was installed besides cannot be used.", "另外安装的驱动无法使用。"),
        Said("Install a version that fits, or remove the package.", "请安装合适的版本，或卸载该软件包。"),
    ),
    "driver failed": error(
        "DRIVER_FAILED",
        Said("A driver has a bug; what it was reading is lost.", "驱动程序出错；它正在解析的数据丢失。"),
        REPORT_IT,
    ),
    "driver switched off": error(
        "DRIVER_OFF",
        Said(
            "A driver of another package did not come back; it is asked nothing more until the gateway is started again.",
            "一个第三方驱动没有返回；在网关重新启动之前不再使用它。",
        ),
        Said(
            "Its devices are not heard. Tell whoever made it where it hung, or take the package out.",
            "收不到它的设备。请把卡住的位置告诉其作者，或卸载该软件包。",
        ),
    ),
    "no process of its own": warning(
        "NO_PROCESS",
        Said(
            "The configuration was read in this process, which grows by some 11 MB for it; everything goes on.",
            "配置在本进程中读取，内存因此增加约 11 MB；一切照常运行。",
        ),
        Said(
            "Look whether the machine has memory left, and whether its limits allow the service another process.",
            "请检查系统是否还有空闲内存，以及服务的限制是否允许再启动一个进程。",
        ),
    ),
    "the disk did not take everything": error(
        "LEFT_IN_MEMORY",
        Said(
            "The gateway ended before the disk took so many readings that were not sent, and so many rows of alerts.",
            "网关停止前，仍有这么多条未发送的读数和报警记录没有写入磁盘。",
        ),
        Said("Look at the disk: room, mount, card.", "检查磁盘：空间、挂载、存储卡。"),
    ),
    "everything lies on the disk": info(
        "ALL_STORED",
        Said(
            "Another life of the gateway has begun, and what the one before held is stored.",
            "网关已重新开始，之前保存在内存中的数据已写入磁盘。",
        ),
    ),
}
