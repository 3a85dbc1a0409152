"""What of a machine does not fit its configuration: rights, disk, sandbox, ports, certificates. By the code of the finding."""

from __future__ import annotations

from gateway.language import Said

_DROP_IN = "/etc/systemd/system/lifering.service.d/data.conf"

MACHINE = {
    # where the data are kept
    "data_dir_not_mounted": Said(
        "nothing is mounted at {point}, though this machine is told to mount something there: data would go to the card"
        " beneath; plug the disk in, then: sudo mount {point}",
        "{point} 尚未挂载，数据会写到下面的存储卡上；请接好硬盘，然后执行：sudo mount {point}",
    ),
    "data_dir_on_no_disk": Said(
        "no disk is at {folder}; take a folder beneath /var/lib, /srv or /mnt",
        "{folder} 不在磁盘上；请改用 /var/lib、/srv 或 /mnt 下的目录",
    ),
    "data_dir_read_only": Said(
        "the disk at {point} is mounted read-only; it may be damaged: sudo mount -o remount,rw {point}",
        "{point} 处的磁盘是只读的，可能已损坏；可尝试：sudo mount -o remount,rw {point}",
    ),
    "data_dir_outside_sandbox": Said(
        f"the service may not write to {{folder}}, for its sandbox lets nobody; allow it by: sudo lifering doctor --fix,"
        f" which writes {_DROP_IN}: [Service] and ReadWritePaths=-{{folder}}",
        f"服务的沙箱不允许写入 {{folder}}；请执行：sudo lifering doctor --fix，它会写入 {_DROP_IN}："
        "[Service] 和 ReadWritePaths=-{folder} 两行",
    ),
    "data_dir_in_home": Said(
        "the service does not see {folder} (ProtectHome); take a folder beneath /var/lib, /srv or /mnt",
        "服务看不到 {folder}（ProtectHome）；请改用 /var/lib、/srv 或 /mnt 下的目录",
    ),
    "data_dir_in_tmp": Said(
        "the service has a {folder} of its own, which is emptied whenever it stops; take one beneath /var/lib, /srv or /mnt",
        "服务停止时 {folder} 会被清空；请改用 /var/lib、/srv 或 /mnt 下的目录",
    ),
    "data_dir_cannot_be_made": Said(
        "{folder} is not there, and the user {user} may not make it; make it by: sudo install -d -o {user} -m 700 {folder}",
        "{folder} 不存在，用户 {user} 也无权创建；请执行：sudo install -d -o {user} -m 700 {folder}",
    ),
    "data_dir_forbidden": Said(
        "{folder} may not be written by the user {user}; mend it by: sudo chown -R {user} {folder}",
        "用户 {user} 无权写入 {folder}；请执行：sudo chown -R {user} {folder}",
    ),
    "data_file_forbidden": Said(
        "{file} may not be written by the user {user}: somebody else has run the gateway; mend it by:"
        " sudo systemctl stop lifering && sudo chown -R {user} {folder}",
        "用户 {user} 无权写入 {file}（曾有其他用户运行过网关）；请执行："
        "sudo systemctl stop lifering && sudo chown -R {user} {folder}",
    ),
    "data_dir_in_memory": Said(
        "the data lie at {point} in memory: they are gone when the power is", "数据保存在内存盘 {point} 中，断电就会丢失"
    ),
    "disk_too_small": Said(
        "{max_mb} MB do not fit onto the disk at {point}, which has {disk_gb} GB in all; the oldest readings go earlier",
        "{point} 处的磁盘总共只有 {disk_gb} GB，放不下 {max_mb} MB；最旧的读数会更早删除",
    ),
    "disk_too_full": Said(
        "{max_mb} MB do not fit onto the disk at {point}, which has {free_gb} GB free; the oldest readings go earlier",
        "{point} 处的磁盘只剩 {free_gb} GB，放不下 {max_mb} MB；最旧的读数会更早删除",
    ),
    # serial ports
    "port_of_windows": Said(
        "COM ports are of Windows; here a port is written /dev/serial/by-id/...",
        "COM 是 Windows 的写法；这里应写 /dev/serial/by-id/...",
    ),
    "port_may_change": Said(
        'this number changes when something else is plugged in; write "{stable}"',
        '插拔其他设备后这个编号会变；请改写为 "{stable}"',
    ),
    "port_has_no_name": Said(
        "this number changes when something else is plugged in, and the device is not there now; plug it in and check again",
        "插拔其他设备后这个编号会变，而且现在没有接这个设备；请接好后再检查一次",
    ),
    "port_is_not_there": Said("the port is not there now; is the device plugged in?", "现在没有这个串口；设备接好了吗？"),
    "port_forbidden": Said(
        "the user {user} has no right to this port; give it by: sudo usermod -aG dialout {user}",
        "用户 {user} 无权使用这个串口；请执行：sudo usermod -aG dialout {user}",
    ),
    # certificates
    "certificate_is_broken": Said("the certificate in {path} cannot be read", "{path} 中的证书无法读取"),
    "certificate_not_yet": Said(
        "by this machine's clock ({now}) the certificate in {path} is valid only from {begin} on; is the clock right?",
        "按本机时钟（{now}），{path} 中的证书要到 {begin} 才生效；时钟对吗？",
    ),
    "certificate_expired": Said(
        "the certificate in {path} has expired on {end} (this machine's clock: {now}); ask the platform for a new one",
        "{path} 中的证书已于 {end} 过期（本机时钟：{now}）；请向平台索取新证书",
    ),
    "certificate_ends": Said(
        "the certificate in {path} expires on {end}; ask the platform for a new one",
        "{path} 中的证书将于 {end} 过期；请向平台索取新证书",
    ),
    "key_of_another_certificate": Said(
        "the private key in {path} is not that of the certificate", "{path} 中的私钥与证书不匹配"
    ),
}
