#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every video of DGL_MEDIA ends in a file that is what the preset says, or is refused with the
# reason. One that changes silently fails.

load helper

setup_file() {
    need_tool ffmpeg
    need_tool python3
    need_media
    export DGL_NOW=2026-03-05T08:00:00Z PYTHONDONTWRITEBYTECODE=1
    new_show
    mkdir -p "$show/presets/picture"
    sed 's/^speed:.*/speed: superfast/' "$root/presets/picture/480p.yaml" >"$show/presets/picture/480p.yaml"
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    ffmpeg -nostdin -v error -f lavfi -i color=c=teal:s=1400x1400 -frames:v 1 "$show/episodes/cover.png"
    printf 'cover: cover.png\npicture: 480p\n' >>"$show/episodes/show.yaml"
    mkdir "$show/episodes/2026-03-x"
    printf 'title: Opptak\ncover: ../cover.png\n' >"$show/episodes/2026-03-x/episode.yaml"
}

setup() {
    export DGL_NOW=2026-03-05T08:00:00Z
    copy_show
}

conforms() { # file
    need_media "$1"
    said publish 2026-03-x "$DGL_MEDIA/$1"
    run python3 "$root/tests/film/judge.py" "$show/$(jq -r '.files[] | select(.type == "video/mp4").path' "$said")" 480p
    status_is 0
}

refuses() { # file, part of the reason
    need_media "$1"
    run dgl -C "$show" publish 2026-03-x "$DGL_MEDIA/$1"
    status_is 3
    contains "$output" "$2"
    [ ! -e "$show/public" ]
}

@test "camera-mjpeg-pcm.avi" { conforms camera-mjpeg-pcm.avi; }
@test "damaged-moov-missing.mp4" { refuses damaged-moov-missing.mp4 "damaged: its table of contents is missing"; }
@test "damaged-truncated.mp4" { refuses damaged-truncated.mp4 "damaged"; }
@test "phone-4k60-rotated.mp4" { refuses phone-4k60-rotated.mp4 "only 0.30 s long"; }
@test "phone-iphone-rotated.mov" { conforms phone-iphone-rotated.mov; }
@test "phone-vfr-11s.mp4" { conforms phone-vfr-11s.mp4; }
@test "screen-recording-silent-audio.mp4" { refuses screen-recording-silent-audio.mp4 "contains only silence"; }
@test "video-edit-list.mp4" { conforms video-edit-list.mp4; }
@test "video-srt-inside.mkv" { conforms video-srt-inside.mkv; }

# bats test_tags=long
@test "every video of the folder has its row here" {
    for file in "$DGL_MEDIA"/*; do
        [ "$(ffprobe -v error -select_streams V -show_entries stream=codec_name -of csv=p=0 "$file" 2>/dev/null | head -1)" ] || continue
        grep -qF "@test \"$(basename "$file")\"" "$BATS_TEST_FILENAME" || { echo "$file"; return 1; }
    done
}

# ---- the other videos, of kinds that stand above

# bats file_tags=long

@test "mp3-in-mp4-broken-audio.mp4" { conforms mp3-in-mp4-broken-audio.mp4; }
@test "phone-android-gps.mp4" { refuses phone-android-gps.mp4 "only 0.17 s long"; }
@test "phone-android-rotated.mp4" { refuses phone-android-rotated.mp4 "contains only silence"; }
@test "phone-audio-track-first.mp4" { conforms phone-audio-track-first.mp4; }
@test "phone-iphone-hevc-hdr.mov" { refuses phone-iphone-hevc-hdr.mov "only 0.11 s long"; }
@test "phone-video-amr.3gp" { conforms phone-video-amr.3gp; }
@test "video-5.1-aac.mp4" { conforms video-5.1-aac.mp4; }
@test "video-audio-shorter.mp4" { conforms video-audio-shorter.mp4; }
@test "video-chapters-nero.mp4" { conforms video-chapters-nero.mp4; }
@test "video-chapters.mp4" { conforms video-chapters.mp4; }
@test "video-pcm.mov" { conforms video-pcm.mov; }
@test "video-transport-stream.ts" { conforms video-transport-stream.ts; }
