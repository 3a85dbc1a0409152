"""What `backup` and `restore` say to people, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Said

BACKUP = {
    "written": Said(
        "{file}: the backup of {gateway}, {mb:.1f} MB, {files} files of the configuration and the store",
        "{file}：{gateway} 的备份，{mb:.1f} MB，含配置文件 {files} 个和全部数据",
    ),
    "secrets": Said(
        "It holds passwords, keys, telephone numbers and health data. Only its owner may read it (mode 0600): lock it away.",
        "其中有密码、密钥、电话号码和健康数据。只有文件所有者可读（权限 0600）：请妥善保管。",
    ),
    "open to all": Said(
        "This disk keeps no rights (a USB stick?): whoever holds it can read the backup. Lock it away.",
        "此存储设备不支持权限（U 盘？）：拿到它的人都能读取备份。请妥善保管。",
    ),
    "outside": Said(
        "{what} lies outside the folder of the configuration and is not in the backup: keep it apart",
        "{what} 不在配置目录中，未包含在备份内：请另行保存",
    ),
    "key inside": Said(
        "The store is encrypted, and its key is in the backup too: the key protects this file from nobody.",
        "数据已加密，但密钥也在备份中：此文件不受密钥保护。",
    ),
    "key outside": Said(
        "The store is encrypted, and its key is NOT in the backup: without the key nobody can read it. Keep the key apart.",
        "数据已加密，密钥不在备份中：没有密钥谁也无法读取。请另行保存密钥。",
    ),
    "cannot write": Said("{file} cannot be written: {why}; nothing was changed", "无法写入 {file}：{why}；没有任何改动"),
    "only root": Said(
        "the copy of the store may not be read by this user: `sudo lifering backup FILE`",
        "当前用户无权读取数据副本：请执行 `sudo lifering backup FILE`",
    ),
}

RESTORE = {
    "restored": Said(
        "The backup of {gateway} of {at} (lifering {version}) is in place: {config} and {data}.",
        "{gateway} 于 {at} 的备份（lifering {version}）已恢复：{config} 和 {data}。",
    ),
    "kept": Said(
        "What was there is in {folder}. It holds personal data: delete it when it is not wanted any more.",
        "原有内容保存在 {folder}。其中有个人数据：不再需要时请删除。",
    ),
    "clone": Said(
        "THE OTHER BOX MUST STAY OFF. Two boxes with the id {gateway} throw each other off the platform, and each alert may "
        "come twice or be answered on the wrong one.",
        "另一台设备必须保持关机。两台设备同用一个 id（{gateway}）会互相把对方踢下线，报警可能重复，或在错误的设备上得到应答。",
    ),
    "since": Said(
        "What the other box heard since the backup and did not deliver is still on its card: keep the card.",
        "备份之后另一台设备收到而未送达的内容仍在它的存储卡上：请保留该卡。",
    ),
    "next": Said(
        "Now: `sudo lifering check`, then `sudo systemctl enable --now lifering`, then `sudo lifering test-alert`.",
        "接下来：`sudo lifering check`，再执行 `sudo systemctl enable --now lifering`，最后 `sudo lifering test-alert`。",
    ),
    "key outside": Said(
        "The store is encrypted and its key is not in the backup. Put the key in its place BEFORE the gateway is started:"
        " without it the store is put aside until the key is there.",
        "数据已加密，密钥不在备份中。启动网关之前请先放好密钥：没有密钥时数据文件会被搁置，直到密钥放回。",
    ),
    "outside": Said(
        "{what} was not in the backup: `sudo lifering check` says whether it is here",
        "{what} 不在备份中：请用 `sudo lifering check` 检查本机是否已有",
    ),
    "another backup": Said(
        "half of another backup is in place here ({of}): restore that one first, to its end",
        "本机只恢复了另一份备份的一半（{of}）：请先用那一份完成恢复",
    ),
    "running": Said(
        "a gateway runs here: `sudo systemctl stop lifering` first; nothing was changed",
        "网关正在运行：请先执行 `sudo systemctl stop lifering`；没有任何改动",
    ),
    "refused": Said("{file}: {why}; nothing was changed", "{file}：{why}；没有任何改动"),
    "cut": Said(
        "{why}; half of it is in place and no gateway starts so: mend that and restore the same backup again",
        "{why}；恢复只完成了一半，网关不会启动：排除原因后请用同一份备份再次恢复",
    ),
    "no backup": Said("this is no backup of lifering, or it is cut off", "这不是 lifering 的备份，或文件不完整"),
    "newer backup": Said(
        "a newer lifering made it: install that version or a later one here first",
        "此备份由更新版本的 lifering 生成：请先在本机安装该版本或更高版本",
    ),
    "newer": Said(
        "its store is of a newer lifering ({version}): install that version or a later one here first",
        "其中的数据属于更新版本的 lifering（{version}）：请先在本机安装该版本或更高版本",
    ),
    "corrupt": Said("its store is damaged: take another backup", "其中的数据已损坏：请换用另一份备份"),
    "unsafe name": Said("a file in it would land elsewhere: {what}", "其中的文件会写到别处：{what}"),
    "incomplete": Said("the configuration or the store is missing in it", "其中缺少配置或数据"),
    "damaged": Said(
        "{what} in it is not as its checksum says: take another backup", "其中的 {what} 与校验和不符：请换用另一份备份"
    ),
    "big folder": Said(
        "{folder} holds more than {limit_mb} MB beside the store: is it the folder of the configuration alone?",
        "{folder} 中除数据外超过 {limit_mb} MB：它只是配置目录吗？",
    ),
    "no room": Said(
        "{folder} has {free_mb:.0f} MB free, and {wanted_mb:.0f} MB are wanted",
        "{folder} 剩余 {free_mb:.0f} MB，需要 {wanted_mb:.0f} MB",
    ),
}
