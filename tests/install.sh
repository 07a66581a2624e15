#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# install.sh build|demo|check: installs with apt what building, the demo or the tests need on
# Debian 12, as root or through sudo. Where everything is there already, apt is not asked.
# The browser that plays streams, and what it is driven with, is no must: without it its tests are
# skipped.
set -eu

build='gcc g++ make pkg-config libc6-dev libjansson-dev libyaml-dev libssl-dev libmicrohttpd-dev
    libcurl4-openssl-dev libshout-dev
    libavformat-dev libavcodec-dev libavfilter-dev libavdevice-dev libswscale-dev libswresample-dev
    libavutil-dev libflac-dev libtag1-dev
    libxml2-dev libxslt1-dev libmd4c-dev libmd4c-html0-dev libical-dev libcairo2-dev libpango1.0-dev libpng-dev
    libarchive-dev libqrencode-dev
    fonts-dejavu-core'
demo='espeak-ng sox'
check='libcmocka-dev libebur128-dev bats jq curl ffmpeg clang libclang-rt-14-dev clang-format clang-tidy cppcheck libxml2-utils procps
    python3-mutagen python3-feedparser python3-podcastparser'
check="$check icecast2 nginx libnginx-mod-rtmp stunnel4 openssl" # where broadcasts go
check="$check proftpd-core proftpd-mod-crypto openssh-server openssh-client" # where deliveries go
check="$check gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good pulseaudio pulseaudio-utils" # where they come from
check="$check swift-proxy swift-account swift-container swift-object" # a store with an S3 interface
check="$check newsboat gpodder" # clients that subscribe and download
check="$check poppler-utils qpdf zbar-tools libarchive-tools unzip" # what kits are
check="$check python3-icalendar khal" # who reads the calendar
check="$check apache2-bin media-types" # who answers 410
check="$check python3-html5lib python3-lxml iproute2" # who reads hostile pages and feeds, and sees who listens
check="$check tmux file" # the view of a broadcast, and what its pictures are

# Programs, each in the package of its name: npm may come with a nodejs from elsewhere.
extra='node:nodejs npm:npm chromium:chromium mediainfo:mediainfo java:default-jre-headless'

case ${1:-} in
build) packages=$build ;;
demo) packages="$build $demo" ;;
check) packages="$build $demo $check" ;;
*) echo "usage: $0 build|demo|check" >&2; exit 2 ;;
esac

as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo

apt() { # packages
    [ -z "$as_root" ] || command -v sudo >/dev/null ||
        { echo "$0: run it as root: apt has to install $*" >&2; return 1; }
    echo "installing with apt, which takes some minutes: $*"
    $as_root apt-get update -qq >/dev/null &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
            >/dev/null
}

missing=
for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
        missing="$missing $package"
done
[ -z "$missing" ] || apt $missing
[ "$1" = check ] || exit 0

missing=
for each in $extra; do
    command -v "${each%:*}" >/dev/null || missing="$missing ${each#*:}"
done
cd "$(dirname "$0")/.."
{ [ -z "$missing" ] || apt $missing; } && node tests/hls/check.mjs --modules build/npm ||
    echo "no browser plays the streams: those tests will be skipped" >&2
node tests/site/check.mjs --modules build/npm-site ||
    echo "no browser looks at the pages: those tests will be skipped" >&2
node tests/live/feed.mjs --modules build/npm-feed ||
    echo "podcast-partytime reads no feeds: that test will be skipped" >&2
node tests/live/clients.mjs --modules build/npm-clients ||
    echo "podcast-partytime and feedsmith read no feeds: those tests will be skipped" >&2
