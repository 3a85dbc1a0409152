"""What the operating system says of an error, and the same in Chinese. Pure.

Python passes on the C library's own words (strerror(3), gai_strerror(3)), which are English: it asks for no other language.
"""

from __future__ import annotations

import errno
import os

from gateway.language import Language

OF_ERRNO = {
    errno.EPERM: "系统不允许此操作",
    errno.ENOENT: "没有这个文件或目录",
    errno.EIO: "读写出错（存储卡老化或接触不良）",
    errno.ENXIO: "没有这个设备",
    errno.ENOEXEC: "文件不可执行",
    errno.EBADF: "文件已关闭",
    errno.ENOMEM: "内存不足",
    errno.EACCES: "没有权限",
    errno.EBUSY: "正被占用",
    errno.EEXIST: "文件已存在",
    errno.ENODEV: "没有这个设备",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EISDIR: "是目录，不是文件",
    errno.EINVAL: "参数无效",
    errno.ENFILE: "本机打开的文件过多",
    errno.EMFILE: "网关打开的文件过多",
    errno.EFBIG: "文件过大",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘为只读",
    errno.EPIPE: "对方已关闭连接",
    errno.ENAMETOOLONG: "名称过长",
    errno.ELOOP: "符号链接层数过多",
    errno.EADDRINUSE: "地址已被占用",
    errno.EADDRNOTAVAIL: "地址不可用",
    errno.ENETDOWN: "网络未启用",
    errno.ENETUNREACH: "网络不可达",
    errno.ECONNABORTED: "连接被中止",
    errno.ECONNRESET: "连接被对方重置",
    errno.ETIMEDOUT: "连接超时",
    errno.ECONNREFUSED: "连接被拒绝（没有服务在监听）",
    errno.EHOSTDOWN: "对方主机未开机",
    errno.EHOSTUNREACH: "无法到达对方主机",
    errno.EDQUOT: "已超出磁盘配额",
}
OF_NAMES = {
    "Name or service not known": "没有这个主机名",
    "No address associated with hostname": "这个主机名没有地址",
    "Temporary failure in name resolution": "域名服务器暂时没有应答",
    "Non-recoverable failure in name resolution": "域名服务器出错",
}
OF_PYTHON = {
    "embedded null byte": "名称中含有空字符",
}
CHINESE = {os.strerror(number): words for number, words in OF_ERRNO.items()} | OF_NAMES | OF_PYTHON


def told(said: str, language: Language) -> str:
    """What the system says, in this language; what is not known here is passed on as it is."""
    return CHINESE.get(said, said) if language == "zh-CN" else said


def told_of(error: OSError, language: Language) -> str:
    """What the system says of this error, in this language."""
    return told(error.strerror or type(error).__name__, language)
