#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every recording of DGL_MEDIA has a row here with its verdict: one that changes silently fails.

load helper

setup_file() {
    need_tool ffmpeg
    need_tool jq
    need_media
    export DGL_NOW=2026-03-05T08:00:00Z
    new_show
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    # Drawing covers is tested elsewhere.
    ffmpeg -nostdin -v error -f lavfi -i color=c=teal:s=1400x1400 -frames:v 1 "$show/episodes/cover.png"
    echo 'cover: cover.png' >>"$show/episodes/show.yaml"
    mkdir "$show/episodes/2026-03-x"
    printf 'title: Opptak\ncover: ../cover.png\n' >"$show/episodes/2026-03-x/episode.yaml"
}

setup() {
    export DGL_NOW=2026-03-05T08:00:00Z
    copy_show
    yaml=$show/episodes/2026-03-x/episode.yaml
    cp "$yaml" "$BATS_TEST_TMPDIR/before.yaml"
}

# The episode's MP3 reads -16 LUFS and at most -1 dBTP to the program, and to ffmpeg.
holds_the_target() {
    local mp3
    mp3=$show/$(jq -r '.files[0].path' "$said")
    set -- $(dgl measure --json "$mp3" | jq -r '.[0] | "\(.integrated_lufs) \(.true_peak_dbtp)"')
    within "$1" -16 0.2
    at_most "$2" -1.0
    set -- $(ebur128 "$mp3")
    within "$1" -16 0.2
    at_most "$2" -1.0
}

publishes() { # file, its seconds
    need_media "$1"
    said publish 2026-03-x "$DGL_MEDIA/$1"
    within "$(jq '.files[0].duration_s' "$said")" "$2" 0.001
    holds_the_target
    if awk -v s="$2" 'BEGIN { exit s >= 3 }'; then
        contains "$(cat "$heard")" "warning: $1: only"
    else
        lacks "$(cat "$heard")" "only"
    fi
}

nothing_happened() {
    cmp "$yaml" "$BATS_TEST_TMPDIR/before.yaml"
    [ ! -e "$show/public" ]
    [ ! -e "$show/episodes/2026-03-x/published.json" ]
    equals "$(find "$show/originals" "$show/.dgl/store" -type f 2>/dev/null)" ""
}

refuses() { # file, part of the reason
    need_media "$1"
    run dgl -C "$show" publish 2026-03-x "$DGL_MEDIA/$1"
    status_is 3
    contains "$output" "$1"
    contains "$output" "$2"
    nothing_happened
}

@test "aac-9s.m4a is published" { publishes aac-9s.m4a 9.659; }
@test "amr-nb.amr is published" { publishes amr-nb.amr 4.36; }
@test "camera-mjpeg-pcm.avi is published" { publishes camera-mjpeg-pcm.avi 2.6; }
@test "conversation-meeting-a-float.wav is published" { publishes conversation-meeting-a-float.wav 30; }
@test "damaged-header-only.wav is refused" { refuses damaged-header-only.wav "not a sound or video file that can be read"; }
@test "damaged-moov-missing.mp4 is refused" { refuses damaged-moov-missing.mp4 "damaged: its table of contents is missing"; }
@test "damaged-too-short.mp3 is refused" { refuses damaged-too-short.mp3 "not a sound or video file that can be read"; }
@test "damaged-trailing-garbage.mp3 is published" { publishes damaged-trailing-garbage.mp3 1.019; }
@test "damaged-truncated.mp4 is refused" { refuses damaged-truncated.mp4 "damaged: nothing of its sound (aac) can be decoded"; }
@test "flac-32bit.flac is refused" { refuses flac-32bit.flac "32-bit FLAC, which cannot be decoded here; export it with 24 bits"; }
@test "flac-no-length.flac is published" { publishes flac-no-length.flac 2.741; }
@test "float32-mono.wav is published" { publishes float32-mono.wav 1.021; }
@test "mp3-in-mp4-broken-audio.mp4 is published" { publishes mp3-in-mp4-broken-audio.mp4 11.233; }
@test "mp3-no-seek-table-vbr.mp3 is published" { publishes mp3-no-seek-table-vbr.mp3 2.808; }
@test "multichannel-6ch.opus.ogg is published" { publishes multichannel-6ch.opus.ogg 3; }
@test "music-reference-cover.mp3 is refused" { refuses music-reference-cover.mp3 "contains only silence (nothing above -70 LUFS)"; }
@test "noise-only-cc0.wav is published" { publishes noise-only-cc0.wav 4.937; }
@test "phone-android-gps.mp4 is refused" { refuses phone-android-gps.mp4 "only 0.17 s long"; }
@test "phone-iphone-rotated.mov is published" { publishes phone-iphone-rotated.mov 2.182; }
@test "phone-vfr-11s.mp4 is published" { publishes phone-vfr-11s.mp4 11.262; }
@test "speech-en-8bit.wav is published" { publishes speech-en-8bit.wav 2.744; }
@test "speech-en-short.opus is published" { publishes speech-en-short.opus 8.064; }
@test "speech-nb-letter-ae.ogg is published" { publishes speech-nb-letter-ae.ogg 0.87; }
@test "speech-nn-word.opus is published" { publishes speech-nn-word.opus 1.801; }
@test "speech-two-channel-11k.wav is published" { publishes speech-two-channel-11k.wav 20.871; }
@test "tone-dc-offset.wav is published" { publishes tone-dc-offset.wav 10; }
@test "video-transport-stream.ts is published" { publishes video-transport-stream.ts 9.984; }
@test "wav-24bit-chapter.wav is published" { publishes wav-24bit-chapter.wav 10; }

@test "every recording of the folder has its row here" {
    for path in "$DGL_MEDIA"/*; do
        case $path in *.md | *.rttm) continue ;; esac
        grep -qE "(publishes|refuses) ${path##*/} " "$BATS_TEST_FILENAME" || { echo "no row: $path"; return 1; }
    done
}

# ---- damage: cut off, holes, and what accept_damage makes of it

refuses_own() { # file, parts of the reason
    run dgl -C "$show" publish 2026-03-x "$1"
    status_is 3
    local part
    for part in "${1##*/}" "${@:2}" accept_damage; do contains "$output" "$part"; done
    nothing_happened
}

# With accept_damage the rest is published, the record says what is lost, and it is said aloud.
accepts() { # file, seconds left, tolerance, part of the damage
    echo 'accept_damage: true' >>"$yaml"
    said publish 2026-03-x "$1"
    contains "$(cat "$heard")" "$4"
    within "$(jq '.files[0].duration_s' "$said")" "$2" "$3"
    contains "$(jq -r '.tracks[].parts[].damage' "$show"/.dgl/store/2026-03-x/ingest/*/facts.json)" "$4"
    holds_the_target
}

@test "a WAV that was cut off is refused with where it ends, and taken when damage is accepted" {
    need_media speech-en-60s.wav
    cut=$BATS_TEST_TMPDIR/avbrutt.wav
    head -c $((44 + 32000 * 7)) "$DGL_MEDIA/speech-en-60s.wav" >"$cut"
    refuses_own "$cut" "ends at 00:07 of 01:00"
    accepts "$cut" 7 0.01 "ends at 00:07 of 01:00"
}

@test "an MP4 that was cut off is refused with where it ends, and taken when damage is accepted" {
    need_media speech-en-audio-only.mp4
    ffmpeg -nostdin -v error -i "$DGL_MEDIA/speech-en-audio-only.mp4" -c copy -movflags faststart "$BATS_TEST_TMPDIR/hel.mp4"
    cut=$BATS_TEST_TMPDIR/avbrutt.mp4
    head -c 50000 "$BATS_TEST_TMPDIR/hel.mp4" >"$cut"
    refuses_own "$cut" "ends at 00:0" "of 00:08"
    accepts "$cut" 5.8 0.6 "of 00:08"
}

# 5 % of the bytes in the middle are overwritten.
hole_in() { # file
    local bytes
    bytes=$(stat -c %s "$1")
    dd if=/dev/zero of="$1" bs=1 seek=$((bytes / 2)) count=$((bytes / 20)) conv=notrunc status=none
}

for_each_hole() { # file, encoder: refused with what is lost and where, and taken when damage is accepted
    need_media speech-en-24bit.flac
    ffmpeg -nostdin -v error -i "$DGL_MEDIA/speech-en-24bit.flac" -c:a "$2" "$BATS_TEST_TMPDIR/$1"
    hole_in "$BATS_TEST_TMPDIR/$1"
    refuses_own "$BATS_TEST_TMPDIR/$1" "damaged" "from 00:05" "of sound lost"
    accepts "$BATS_TEST_TMPDIR/$1" 10.5 0.6 "from 00:05"
}

@test "a hole in an MP3 is found" { for_each_hole hull.mp3 libmp3lame; }
@test "a hole in an M4A is found" { for_each_hole hull.m4a aac; }
@test "a hole in an Opus file is found" { for_each_hole hull.opus libopus; }
@test "a hole in a FLAC is found" { for_each_hole hull.flac flac; }

@test "an extension is never trusted" {
    need_media speech-fr.aiff
    cp "$DGL_MEDIA/speech-fr.aiff" "$BATS_TEST_TMPDIR/opptak.mp3"
    said publish 2026-03-x "$BATS_TEST_TMPDIR/opptak.mp3"
    equals "$(basename "$(ls "$show"/originals/*)" | sed 's/.*\.//')" aiff
    for text in "episode.yaml" "../show.yaml" "../cover.png"; do
        cp "$show/episodes/2026-03-x/$text" "$BATS_TEST_TMPDIR/opptak.wav"
        rm -rf "$show/public" "$show/episodes/2026-03-x/published.json" "$show/originals" "$show/.dgl/store"
        cp "$BATS_TEST_TMPDIR/before.yaml" "$yaml"
        run dgl -C "$show" publish 2026-03-x "$BATS_TEST_TMPDIR/opptak.wav"
        status_is 3
        contains "$output" opptak.wav
        nothing_happened
    done
}

@test "under 0.4 s is refused, under 3 s is published with a warning" {
    tone "$BATS_TEST_TMPDIR/kort.wav" 0.39
    run dgl -C "$show" publish 2026-03-x "$BATS_TEST_TMPDIR/kort.wav"
    status_is 3
    contains "$output" "only 0.39 s long"
    nothing_happened
    tone "$BATS_TEST_TMPDIR/kort2.wav" 0.41
    said publish 2026-03-x "$BATS_TEST_TMPDIR/kort2.wav"
    contains "$(cat "$heard")" "warning: kort2.wav: only 0.4 s long"
    holds_the_target
}

@test "an empty file, a folder and a file that is not there are refused by name" {
    : >"$BATS_TEST_TMPDIR/tom.wav"
    for file in "$BATS_TEST_TMPDIR/tom.wav" "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/nope.wav"; do
        run dgl -C "$show" publish 2026-03-x "$file"
        status_is 3
        contains "$output" "$file"
        nothing_happened
    done
}

# ---- the other recordings, of kinds that stand above

# bats file_tags=long

@test "conversation-meeting-b-float.wav is published" { publishes conversation-meeting-b-float.wav 30; }
@test "flac-in.ogg is published" { publishes flac-in.ogg 3.03; }
@test "multichannel-6ch-extensible-float.wav is published" { publishes multichannel-6ch-extensible-float.wav 0.512; }
@test "music-jingle-coverart.ogg is published" { publishes music-jingle-coverart.ogg 61.458; }
@test "phone-4k60-rotated.mp4 is refused" { refuses phone-4k60-rotated.mp4 "only 0.30 s long"; }
@test "phone-android-rotated.mp4 is refused" { refuses phone-android-rotated.mp4 "contains only silence (nothing above -70 LUFS)"; }
@test "phone-audio-track-first.mp4 is published" { publishes phone-audio-track-first.mp4 3.596; }
@test "phone-iphone-hevc-hdr.mov is refused" { refuses phone-iphone-hevc-hdr.mov "only 0.11 s long"; }
@test "phone-video-amr.3gp is published" { publishes phone-video-amr.3gp 5; }
@test "screen-recording-silent-audio.mp4 is refused" { refuses screen-recording-silent-audio.mp4 "contains only silence (nothing above -70 LUFS)"; }
@test "speech-coverart-png.mp3 is published" { publishes speech-coverart-png.mp3 2.533; }
@test "speech-en-16k.mp3 is published" { publishes speech-en-16k.mp3 11; }
@test "speech-en-24bit-stereo.wav is published" { publishes speech-en-24bit-stereo.wav 2.744; }
@test "speech-en-24bit.flac is published" { publishes speech-en-24bit.flac 11; }
@test "speech-en-60s.wav is published" { publishes speech-en-60s.wav 60; }
@test "speech-en-audio-only.mp4 is published" { publishes speech-en-audio-only.mp4 9.009; }
@test "speech-en-audio-only.webm is published" { publishes speech-en-audio-only.webm 9.013; }
@test "speech-en-librispeech.ogg is published" { publishes speech-en-librispeech.ogg 13.91; }
@test "speech-en-librivox-16k.wav is published" { publishes speech-en-librivox-16k.wav 7.1; }
@test "speech-en-noise-speech-noise.wav is published" { publishes speech-en-noise-speech-noise.wav 5.941; }
@test "speech-en-sonnet-53s.wav is published" { publishes speech-en-sonnet-53s.wav 53.266; }
@test "speech-en.aac is published" { publishes speech-en.aac 9.009; }
@test "speech-en.aiff is published" { publishes speech-en.aiff 8.994; }
@test "speech-fr.aiff is published" { publishes speech-fr.aiff 2.532; }
@test "speech-nb-letter-aa.ogg is published" { publishes speech-nb-letter-aa.ogg 0.847; }
@test "speech-nb-letter-oe.ogg is published" { publishes speech-nb-letter-oe.ogg 0.859; }
@test "speech-nn-word2.opus is published" { publishes speech-nn-word2.opus 1.011; }
@test "video-5.1-aac.mp4 is published" { publishes video-5.1-aac.mp4 5.312; }
@test "video-audio-shorter.mp4 is published" { publishes video-audio-shorter.mp4 0.766; }
@test "video-chapters-nero.mp4 is published" { publishes video-chapters-nero.mp4 1.088; }
@test "video-chapters.mp4 is published" { publishes video-chapters.mp4 1.088; }
@test "video-edit-list.mp4 is published" { publishes video-edit-list.mp4 9.007; }
@test "video-pcm.mov is published" { publishes video-pcm.mov 2; }
@test "video-srt-inside.mkv is published" { publishes video-srt-inside.mkv 1.072; }
