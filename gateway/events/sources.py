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
    "relay listens": info(
        "RELAY_LISTENS",
        Said(
            "A relay (a Bluetooth proxy in another house) listens; nothing came through it for the `deaf_s` seconds before.",
            "中继器（另一栋楼里的蓝牙代理）正在接收；此前 `deaf_s` 秒未接收。",
        ),
    ),
    "relay hears nothing": warning(
        "RELAY_LOST",
        Said("Nothing is heard through a relay; `why` says it.", "通过中继器收不到信号；原因见 `why`。"),
        Said(
            "Look at its power and its Wi-Fi; `sudo lifering doctor` says more. Silent: another program may be its listener, of"
            " which a relay has one.",
            "检查中继器的电源和 Wi-Fi；`sudo lifering doctor` 有详细说明。"
            "收不到信号时：可能有其他程序占用了它，中继器只服务一个程序。",
        ),
    ),
    "relay tells what cannot be": warning(
        "RELAY_REFUSED",
        Said(
            "A relay has told advertisements that no radio can have heard, `refused` of them so far; they were left out.",
            "中继器上报了不可能存在的广播，至今 `refused` 条，均未采用。",
        ),
        Said(
            "Restart the relay and update its ESPHome; if it goes on, change its key: somebody else may have it.",
            "重启中继器并升级 ESPHome；若仍出现，请更换密钥：密钥可能已泄露。",
        ),
    ),
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
