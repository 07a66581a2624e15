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
[ "$(id -u)" = 0 ] || { echo "$0: only root may" >&2; exit 2; }
mkdir -p "$root"
root=$(realpath "$root")
[ -z "$(ls -A "$root")" ] || { echo "$0: $root is not empty, and would be removed at the end" >&2; exit 2; }
log=$root.fresh.log

# What does not let itself be unmounted is left, with all that is in the folder.
done_with() {
    for mounted in dev/shm dev/pts dev proc; do
        while mountpoint -q "$root/$mounted"; do
            umount "$root/$mounted" || { echo "$root is left: something in it is in use" >&2; return 0; }
        done
    done
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
# Authorities of this machine's own, where a proxy looks into what npm and others fetch.
mkdir -p "$root/usr/local/share/ca-certificates"
cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
[ ! -f "${NODE_EXTRA_CA_CERTS:-}" ] || cp "$NODE_EXTRA_CA_CERTS" "$root/authorities.pem"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev" # of its own: nothing of this machine's can be lost with it
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
    numbers=${node#*:}
    mknod -m 666 "$root/dev/${node%%:*}" c "${numbers%:*}" "${numbers#*:}"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for stream in stdin:0 stdout:1 stderr:2; do
    ln -s "fd/${stream#*:}" "$root/dev/${stream%:*}"
done
mkdir "$root/src"
git archive HEAD | tar -x -C "$root/src"
[ ! -d ../shared/media ] || cp -r ../shared "$root/shared"

time chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root ${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS=/authorities.pem} \
    sh -c "cd /src && sh tests/install.sh $goal && make -j4 $goal"
