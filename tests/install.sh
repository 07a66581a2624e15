#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# install.sh build|demo|check: installs with apt what building, the demo or the tests need on
# Debian 12, as root or through sudo. Where everything is there already, apt is not asked.
set -eu

build='gcc g++ make pkg-config libc6-dev libjansson-dev libyaml-dev libssl-dev libmicrohttpd-dev
    libcurl4-openssl-dev libshout-dev
    libavformat-dev libavcodec-dev libavfilter-dev libswscale-dev libswresample-dev
    libavutil-dev libflac-dev libtag1-dev
    libxml2-dev libxslt1-dev libmd4c-dev libmd4c-html0-dev libcairo2-dev libpango1.0-dev
    fonts-dejavu-core'
demo='espeak-ng sox'
check='libcmocka-dev libebur128-dev bats jq curl ffmpeg clang clang-format libxml2-utils procps
    icecast2 openssl python3-mutagen python3-feedparser python3-podcastparser'

case ${1:-} in
build) packages=$build ;;
demo) packages="$build $demo" ;;
check) packages="$build $demo $check" ;;
*) echo "usage: $0 build|demo|check" >&2; exit 2 ;;
esac

missing=
for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    command -v sudo >/dev/null || { echo "$0: run it as root: apt has to install$missing" >&2; exit 1; }
fi
echo "installing with apt, which takes some minutes:$missing"
$as_root apt-get update -qq >/dev/null
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
    >/dev/null
