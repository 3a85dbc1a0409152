"""What `lifering bundle` says to people, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Said

BUNDLE = {
    "contents": Said("This goes into {file}, and nothing of a person:", "以下内容将写入 {file}，不含任何个人信息："),
    "ask": Said("Write it? [y/N] ", "是否写入？[y/N] "),
    "nobody asked": Said("nobody can be asked here: --yes says that it is wanted", "此处无法询问：请用 --yes 确认"),
    "not written": Said("nothing was written", "未写入任何内容"),
    "written": Said("{file} was written: send it to whoever helps you", "已写入 {file}：请发给协助您的人"),
    "cannot write": Said("{file} cannot be written: {why}", "无法写入 {file}：{why}"),
}

FILES = {
    "doctor.json": Said("what `lifering doctor` finds", "`lifering doctor` 的诊断结果"),
    "versions.json": Said("versions of the gateway and of the system", "网关和系统的版本"),
    "unit.txt": Said("state of the service", "服务的状态"),
    "log.jsonl": Said("the log: times and codes only", "日志：仅时间和代码"),
    "configuration.json": Said("the settings without secrets; people and rooms counted", "配置：不含密码；人员和房间只记数量"),
    "status.json": Said("how the running gateway is, without its wristbands", "网关运行状态，不含手环"),
}
