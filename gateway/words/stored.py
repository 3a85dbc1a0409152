"""What `export` and `erase` say to people, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Said

IN_USE = Said("{path}: in use by another lifering; stop that one first", "{path}：另一个 lifering 正在使用；请先停止它")

HALF_RESTORED = Said(
    "{path}: a restore was cut off here; restore the same backup again: `sudo lifering restore FILE`",
    "{path}：恢复备份时被中断；请用同一份备份再次恢复：`sudo lifering restore FILE`",
)

STORES = {
    "opened here": Said("no gateway runs: the store is opened here", "网关未运行：直接打开数据文件"),
    "no store": Said("there is no store in {folder}", "{folder} 中没有网关的数据"),
    "refuses": Said("the store cannot be opened: {why}", "无法打开数据文件：{why}"),
    "repaired": Said(
        "a data file was not whole; what could be read is kept: {what}", "数据文件不完整，可读出的数据已保留：{what}"
    ),
    "ended": Said("the gateway has hung up before the end", "网关在完成之前断开了连接"),
}

EXPORT = {
    "no file": Said("{file} cannot be read: {why}", "无法读取 {file}：{why}"),
    "no text": Said("it is not UTF-8", "不是 UTF-8 编码"),
    "no line": Said("no line of `lifering export alerts`", "这一行不是 `lifering export alerts` 的输出"),
    "only alerts": Said("--verify is for alerts", "--verify 只用于 alerts"),
    "not with verify": Said("--verify looks at everything: no {what} with it", "--verify 检查全部内容：不能同时使用 {what}"),
    "holds": Said(
        "the chain holds: {checked} entries checked, {erased} erased ones by their hash",
        "报警记录的链完整：已检查 {checked} 条，另有 {erased} 条已清除，按哈希核对",
    ),
    "absent": Said(
        "{absent} entries are not in this part and could not be checked; nor whether more are missing",
        "有 {absent} 条不在此部分中，无法检查",
    ),
    "broken": Said("the chain is broken at entry {entry}: {why}", "报警记录的链在第 {entry} 条断裂：{why}"),
    "changed": Said("it was changed", "内容被改动"),
    "missing": Said("it is missing", "缺失"),
    "not linked": Said("it does not follow from the one before", "与前一条不衔接"),
}

ERASE = {
    "ask": Said("Erase everything that is held of {wearer}, for ever? [y/N] ", "永久清除 {wearer} 的全部数据？[y/N] "),
    "no wearer": Said("say of whom: a pseudonym such as W-017", "请写明是谁：代号，例如 W-017"),
    "nobody asked": Said("nobody can be asked here: --yes says that it is wanted", "此处无法询问：请用 --yes 确认"),
    "kept": Said("nothing was erased", "未清除任何内容"),
    "open": Said(
        "an alert of {wearer} is open: {alerts}; close it first", "{wearer} 的报警尚未结束：{alerts}；请先在平台上办结"
    ),
    "nothing": Said("nothing was held of {wearer}", "没有 {wearer} 的任何数据"),
    "readings": Said(
        "readings {readings}, of which {evicted} were not delivered yet", "读数 {readings} 条，其中 {evicted} 条尚未送达"
    ),
    "alerts": Said(
        "alerts {alerts} with {events} events, which leave their hash", "报警 {alerts} 个，事件 {events} 条，只留下哈希"
    ),
    "rest": Said(
        "gap records {gaps}, memories {memories}, answers to commands {replies}, damaged copies of the store {copies}",
        "缺口记录 {gaps} 条，记忆 {memories} 条，命令答复 {replies} 条，损坏的数据文件副本 {copies} 个",
    ),
    "unclean": Said(
        "{file} may keep traces in its unused space: it is too big to be written anew while the gateway runs;"
        " stop the gateway and erase again",
        "{file} 的空闲空间中可能留有痕迹：文件太大，网关运行时无法重写；请停止网关后再次清除",
    ),
    "locked": Said(
        "{file} waits for its key, and alerts of others may wait in it: it was left. Put the key back and erase again;"
        " else it is deleted after 30 days",
        "{file} 在等待其密钥，其中可能有他人尚未送达的报警，因此保留。请放回密钥后再次清除；否则 30 天后自动删除",
    ),
    "other": Said(
        "{file} in the data folder has this pseudonym in it and was left", "数据目录中的 {file} 含有此代号，未作处理"
    ),
    "roster": Said(
        "{wearer} is still enrolled, and new readings will be kept: `sudo lifering unenroll {addresses}`",
        "{wearer} 仍在名册中，新的读数仍会保存：`sudo lifering unenroll {addresses}`",
    ),
    "roster left": Said("the roster was left as it is", "名册保持不变"),
}


def in_use(path: object) -> Said:
    """Why the store may not be used now."""
    return Said(*(words.format(path=path) for words in IN_USE))


def half_restored(path: object) -> Said:
    """Why nobody may use it before that is done."""
    return Said(*(words.format(path=path) for words in HALF_RESTORED))
