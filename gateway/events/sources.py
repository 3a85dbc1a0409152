"""What `gateway/sources/` logs: the radio, the wristbands that are visited, the serial ports, recordings. Pure."""

from __future__ import annotations

from gateway.events.event import Event, debug, error, info, warning
from gateway.language import Said

EVENTS: dict[str, Event] = {
    "adapter scans": info(
        "ADAPTER_SCANS",
        Said(
            "A Bluetooth adapter listens; nothing was heard through it for the `deaf_s` seconds before.",
            "蓝牙适配器正在接收；此前 `deaf_s` 秒未接收。",
        ),
    ),
    "adapter hears nothing": warning(
        "ADAPTER_LOST",
        Said("A Bluetooth adapter cannot be used; `why` says it.", "蓝牙适配器无法使用；原因见 `why`。"),
        Said(
            "Look at the adapter and at `systemctl status bluetooth`; `sudo lifering scan` says more.",
            "检查蓝牙适配器和 `systemctl status bluetooth`；`sudo lifering scan` 有详细说明。",
        ),
    ),
    "scanning anew": info(
        "SCAN_ANEW",
        Said(
            "The scan is begun again: BlueZ has ended it, or nobody was heard for a while; `why` says which.",
            "重新开始扫描：BlueZ 结束了扫描，或一段时间没有收到信号；原因见 `why`。",
        ),
    ),
    "adapter is helped": warning(
        "ADAPTER_HELPED",
        Said(
            "A Bluetooth adapter does not hear for `lasting_s` seconds, so it is switched off and on, or its USB device reset,"
            " as `step` says; `links_lost` wristbands are connected anew.",
            "蓝牙适配器 `lasting_s` 秒收不到信号，现按 `step` 重新打开，或复位 USB 设备；`links_lost` 只手环将重连。",
        ),
        Said(
            "Nothing to do where it is rare; where it comes daily, give the adapter another place or power, or replace it.",
            "偶尔出现无需处理；每天都出现时，请换位置或供电，或更换蓝牙适配器。",
        ),
    ),
    "adapter not helped": warning(
        "ADAPTER_NOT_HELPED",
        Said(
            "An adapter could not be switched on, switched off and on, or reset; `why` says it. It is tried again later.",
            "蓝牙适配器无法打开、重启或复位；原因见 `why`。稍后重试。",
        ),
        Said(
            "Pull the adapter out and put it back; `systemctl status bluetooth` may say more.",
            "拔下蓝牙适配器再插上；`systemctl status bluetooth` 可能有详细说明。",
        ),
    ),
    "bluetoothd died connecting to a band": warning(
        "BAND_PUT_OFF",
        Said(
            "bluetoothd died while it connected to this wristband, and all links with it; the band is left alone for a while.",
            "bluetoothd 在连接这只手环时崩溃，所有连接中断；暂时不再连接这只手环。",
        ),
        Said(
            "Restart the wristband or charge it; if it happens again, replace it, and update BlueZ and the kernel.",
            "重启手环或充电；若再次发生，请更换手环，并更新 BlueZ 和内核。",
        ),
    ),
    "repeats stay filtered": info(
        "REPEATS_FILTERED",
        Said(
            "BlueZ offers to tell every frame of a band, and did not do so; the adapter may leave repeats out.",
            "BlueZ 表示可以报告手环的每一帧，但未能启用；蓝牙适配器可能略去重复帧。",
        ),
    ),
    "scan not stopped": debug("SCAN_NOT_STOPPED", Said("BlueZ did not confirm the end of a scan.", "BlueZ 没有确认扫描结束。")),
    "visit over": info("VISIT_OVER", Said("A wristband was visited and let go.", "一次手环连接已结束。")),
    "band not reached": info(
        "BAND_NOT_REACHED", Said("A wristband could not be connected to; it is tried again.", "连不上手环；将重试。")
    ),
    "band refuses: pair it again": warning(
        "BAND_UNPAIRED",
        Said("A wristband has lost its bond, or the key is not this band's.", "手环的配对已失效，或密钥不属于这只手环。"),
        Said("Pair it again, and look at its key.", "请重新配对，并检查密钥。"),
    ),
    "step refused": debug("STEP_REFUSED", Said("A wristband refused one step of a visit.", "手环拒绝了连接中的一步。")),
    "not disconnected": debug(
        "NOT_DISCONNECTED", Said("BlueZ did not confirm the end of a connection.", "BlueZ 没有确认断开连接。")
    ),
    "port open": info("PORT_OPEN", Said("A serial port is open.", "串口已打开。")),
    "port lost": warning(
        "PORT_LOST",
        Said("A serial port cannot be used; `why` says it.", "串口无法使用；原因见 `why`。"),
        Said("Look at the plug; it comes back by itself when it is plugged in.", "检查插头；插回去后会自动恢复。"),
    ),
    "watches can call": info(
        "WATCHES_OPEN", Said("The listener for watches on mobile data is open.", "移动网络手表的监听端口已打开。")
    ),
    "watches cannot call": error(
        "WATCHES_NONE",
        Said(
            "Watches on mobile data cannot call, `why` says it; tried again every 15 s. Everything else goes on.",
            "移动网络手表无法连接，原因见 `why`；每 15 秒重试。其他功能照常运行。",
        ),
        Said(
            "Look at `listen` of [[watches]]: another program may have the port, or no network this address.",
            "请检查 [[watches]] 的 `listen`：端口可能被其他程序占用，或本机没有这个地址。",
        ),
    ),
    "watch connected": info("WATCH_CONNECTED", Said("An enrolled watch has called.", "一块已登记的手表已连接。")),
    "watch connected anew": info(
        "WATCH_CONNECTED_ANEW",
        Said(
            "A watch has called while its last connection stood; the new one counts. Often, of one watch: somebody else may use"
            " its id.",
            "手表在原连接仍在时再次连接，以新连接为准。同一块手表频繁出现时，可能有人冒用其编号。",
        ),
    ),
    "recording ended": warning(
        "RECORDING_ENDED",
        Said(
            "The recording of raw frames has reached its size, or the disk refuses it.", "原始帧录制已达上限，或磁盘无法写入。"
        ),
        Said("Begin another file, where more is wanted; everything else goes on.", "需要更多时请另起文件；其他功能照常运行。"),
    ),
    "playback over": info("PLAYBACK_OVER", Said("A recording was played back to its end.", "录制文件已回放完毕。")),
}
