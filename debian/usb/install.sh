#!/bin/sh
# 安装救命环网关，不需要联网。         Installs the gateway lifering; no Internet is needed.
#
#   sudo sh install.sh
set -eu
cd "$(dirname "$(readlink -f "$0")")"

say() { printf '%s\n%s\n' "$1" "$2"; }
die() {
    say "$@" >&2
    exit 1
}

# verify_signature: by the keys that the version on this machine brought, else by those of this folder
verify_signature() {
    keys=/usr/share/lifering/allowed_signers
    if [ ! -e $keys ]; then
        keys=./allowed_signers
        say "首次安装：请向发布者核对以下签名密钥。" "The first installation: compare this signing key with whoever publishes lifering."
        grep -v '^#' allowed_signers | cut -d ' ' -f 3- | ssh-keygen -lf -
    fi
    ssh-keygen -Y verify -f $keys -I release@lifering -n lifering-release -s SHA256SUMS.sig <SHA256SUMS >/dev/null 2>&1 ||
        die "签名无效：请勿使用这个 U 盘，联系提供者。" "The signature is not valid: do not use this stick, ask whoever gave it to you."
    say "签名有效。" "The signature is good."
}

[ "$(id -u)" = 0 ] || die "请在前面加 sudo：sudo sh install.sh" "Put sudo in front: sudo sh install.sh"
architecture=$(dpkg --print-architecture 2>/dev/null) || die "本机不是 Debian 或树莓派系统。" "This is neither Debian nor Raspberry Pi OS."
package=$(ls lifering_*_"$architecture".deb 2>/dev/null) ||
    die "没有适合本机（$architecture）的安装包；树莓派请安装 64 位系统。" "No package for this machine ($architecture); on a Raspberry Pi install the 64-bit system."
python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null ||
    die "需要 Debian 12 或 13（Python 3.11 至 3.13）。" "Debian 12 or 13 is needed (Python 3.11 to 3.13)."
sha256sum --check --quiet SHA256SUMS || die "文件已损坏：请重新复制到 U 盘。" "A file is damaged: copy the folder onto the stick again."
if [ -e SHA256SUMS.sig ]; then
    verify_signature
else
    say "注意：此发布包没有签名，只能确认文件未损坏，不能确认来源。" "Mind: this bundle is not signed. Its files are whole, but nobody vouches for where they come from."
fi

# What is recommended is taken where it is there or can be fetched; without a network it must not hold up the rest.
quickly="-o Acquire::Retries=0 -o Acquire::http::Timeout=10"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # several words
apt-get install --yes --allow-downgrades $quickly "./$package" ||
    apt-get install --yes --allow-downgrades --no-install-recommends $quickly "./$package" ||
    die "安装失败：上面写明缺少什么。" "It could not be installed: what is missing stands above."
command -v bluetoothctl >/dev/null ||
    say "没有蓝牙软件（bluez）：只能使用串口。联网后执行 sudo apt install bluez。" "There is no Bluetooth software (bluez): only serial ports will do. With a network: sudo apt install bluez"
