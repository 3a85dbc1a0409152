#!/bin/sh
# 安装救命环网关，不需要联网。         Installs the gateway lifering; no Internet is needed.
#
#   sudo sh install.sh [--unsigned]        --unsigned: 没有签名也安装；also where nobody has signed it
set -eu
accepted=${1:-}
cd "$(dirname "$(readlink -f "$0")")"

say() { printf '%s\n%s\n' "$1" "$2"; }
die() {
    say "$@" >&2
    exit 1
}

# unsigned ZH EN: why nobody vouches for where the files come from; only who says so goes on
unsigned() {
    say "注意：$1，只能确认文件未损坏，不能确认来源。" "Mind: $2. Its files are whole, but nobody vouches for where they come from."
    [ "$accepted" = --unsigned ] ||
        die "如已向发布者确认来源，请执行：sudo sh install.sh --unsigned" "If you know where it comes from, run: sudo sh install.sh --unsigned"
}

# verify_signature: by the keys that the version on this machine brought, else by those of this folder
verify_signature() {
    [ -e SHA256SUMS.sig ] || { unsigned "此发布包没有签名" "this bundle is not signed" && return; }
    command -v ssh-keygen >/dev/null || { unsigned "本机没有 ssh-keygen（openssh-client），无法核对签名" "there is no ssh-keygen here (openssh-client) to verify the signature" && return; }
    keys=/usr/share/lifering/allowed_signers
    if ! has_a_key $keys; then
        keys=./allowed_signers
        has_a_key $keys || { unsigned "没有可用来核对签名的密钥" "there is no key to verify the signature by" && return; }
        say "首次安装：请向发布者核对以下签名密钥。" "The first installation: compare this signing key with whoever publishes lifering."
        grep -v '^#' $keys | cut -d ' ' -f 3- | ssh-keygen -lf -
    fi
    ssh-keygen -Y verify -f $keys -I release@lifering -n lifering-release -s SHA256SUMS.sig <SHA256SUMS >/dev/null 2>&1 ||
        die "签名无效：请勿使用这个 U 盘，联系提供者。" "The signature is not valid: do not use this stick, ask whoever gave it to you."
    say "签名有效。" "The signature is good."
}

has_a_key() { grep -q '^[^#]' "$1" 2>/dev/null; }

[ "$(id -u)" = 0 ] || die "请在前面加 sudo：sudo sh install.sh" "Put sudo in front: sudo sh install.sh"
architecture=$(dpkg --print-architecture 2>/dev/null) || die "本机不是 Debian 或树莓派系统。" "This is neither Debian nor Raspberry Pi OS."
sha256sum --check --quiet SHA256SUMS || die "文件已损坏：请重新复制到 U 盘。" "A file is damaged: copy the folder onto the stick again."
# What the checksums do not name is not of this bundle: an older one left here, or one that nobody has signed.
package=$(sed -n "s/^[0-9a-f]*  \(lifering_[^/]*_$architecture\.deb\)\$/\1/p" SHA256SUMS)
[ -n "$package" ] ||
    die "没有适合本机（$architecture）的安装包；树莓派请安装 64 位系统。" "No package for this machine ($architecture); on a Raspberry Pi install the 64-bit system."
python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null ||
    die "需要 Debian 12 或 13（Python 3.11 至 3.13）。" "Debian 12 or 13 is needed (Python 3.11 to 3.13)."
verify_signature

# What is recommended is taken where it is there or can be fetched; without a network it must not hold up the rest.
quickly="-o Acquire::Retries=0 -o Acquire::http::Timeout=10"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # several words
apt-get install --yes --allow-downgrades $quickly "./$package" ||
    apt-get install --yes --allow-downgrades --no-install-recommends $quickly "./$package" ||
    die "安装失败：上面写明缺少什么。" "It could not be installed: what is missing stands above."
command -v bluetoothctl >/dev/null ||
    say "没有蓝牙软件（bluez）：只能使用串口。联网后执行 sudo apt install bluez。" "There is no Bluetooth software (bluez): only serial ports will do. With a network: sudo apt install bluez"
