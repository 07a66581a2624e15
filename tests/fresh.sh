#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# fresh.sh demo|check [DIR]: runs one of the README's two lines on a bare Debian 12 in DIR (default
# build/fresh), made with debootstrap from what is committed. As root.
set -eu
cd "$(dirname "$0")/.."
case ${1:-} in
demo | check) goal=$1 ;;
*) echo "usage: $0 demo|check [DIR]" >&2; exit 2 ;;
esac
root=${2:-build/fresh}
mkdir -p "$root"
root=$(realpath "$root")
log=$root.fresh.log

done_with() {
    umount -R "$root/proc" "$root/dev" 2>/dev/null || true
    rm -rf --one-file-system "$root"
}
trap done_with EXIT
trap 'exit 130' INT TERM

mirror=$(awk '$1 == "deb" && !found++ { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) print $i }
              $1 == "URIs:" && !found++ { print $2 }' \
    /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
debootstrap --variant=minbase bookworm "$root" ${mirror:+"$mirror"} >"$log" 2>&1 ||
    { tail "$log"; exit 1; }
cp /etc/resolv.conf "$root/etc/" 2>/dev/null || true
grep -lE "^ *Acquire" /etc/apt/apt.conf.d/* 2>/dev/null | xargs -r cp -t "$root/etc/apt/apt.conf.d"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --make-rslave "$root/dev"
mkdir "$root/src"
git archive HEAD | tar -x -C "$root/src"
[ ! -d ../shared/media ] || cp -r ../shared "$root/shared"

time chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    sh -c "cd /src && sh tests/install.sh $goal && make -j4 $goal"
