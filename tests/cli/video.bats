#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A recording with a picture, published as MP4 and as a stream.

load helper

# A film whose flash and beep come at the same moment each second, as ffmpeg options want it.
film() { # file, size, rate, more options
    local file=$1 size=$2 rate=$3
    shift 3
    ffmpeg -nostdin -v error -y -f lavfi -i "testsrc2=s=$size:r=$rate:d=6" \
        -f lavfi -i "aevalsrc=0.3*sin(2*PI*440*t)*lt(mod(t\,1)\,0.5)|0.3*sin(2*PI*330*t):s=48000:d=6" \
        -c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac -shortest "$@" "$file"
}

show_with() { # lines for show.yaml
    new_show
    mkdir -p "$show/presets/picture"
    sed 's/^speed:.*/speed: superfast/' "$root/presets/picture/720p.yaml" >"$show/presets/picture/quick.yaml"
    sed -i '/^outputs:/d' "$show/episodes/show.yaml"
    printf '%s\n' 'outputs: [mp3]' "$@" >>"$show/episodes/show.yaml"
    new_episode 2026-02 >/dev/null
}

setup() {
    need_tool ffmpeg
    need_tool ffprobe
}

mp4() {
    echo "$show/public/$(published '.files[] | select(.output == "mp4").path')"
}

of_picture() { # key of the stream
    ffprobe -v error -select_streams v:0 -show_entries "stream=$1" -of csv=p=0 "$(mp4)"
}

way() { # what jq finds in what was measured of the main picture
    jq -r ".measured | $1" "$show"/.dgl/store/*/picture.quick/*/record.json
}

@test "a film of another size, rate and colour becomes what the preset says" {
    show_with 'picture: quick'
    film "$BATS_TEST_TMPDIR/sd.mp4" 720x576 50 -vf setsar=16/15 -colorspace bt470bg
    said publish 2026-02 "$BATS_TEST_TMPDIR/sd.mp4"
    [ "$(of_picture codec_name,profile,width,height,pix_fmt)" = h264,High,1280,720,yuv420p ]
    [ "$(of_picture sample_aspect_ratio)" = 1:1 ]
    [ "$(of_picture color_range,color_space,color_transfer,color_primaries)" = tv,bt709,bt709,bt709 ]
    [ "$(of_picture r_frame_rate)" = 25/1 ]
    [ "$(way .way)" = encoded ]
    contains "$(way '.why | join(" ")')" "720×576"
    within "$(of_picture duration)" 6 0.05
}

@test "a film that is what the preset asks for is copied bit for bit" {
    show_with 'picture: quick'
    film "$BATS_TEST_TMPDIR/hd.mp4" 1280x720 25 -g 50 -profile:v high -level 4.0 \
        -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv \
        -b:v 1500k -maxrate 2500k -bufsize 3000k
    said publish 2026-02 "$BATS_TEST_TMPDIR/hd.mp4"
    [ "$(way .way)" = copied ] || { way .why; return 1; }
    sum() { ffmpeg -nostdin -v error -i "$1" -map 0:v:0 -c copy -bsf:v h264_mp4toannexb -f md5 -; }
    [ "$(sum "$BATS_TEST_TMPDIR/hd.mp4")" = "$(sum "$(mp4)")" ]
    # its key frames were looked at, at 0, 2 and 4 s
    equals "$(way '[.stills[].at_s] | unique | join(" ")')" "0 2 4"
    equals "$(way .seen.black.count)" 0
    awk -v level="$(way .seen.level)" 'BEGIN { exit !(level > 0.3 && level < 0.7) }'
}

@test "hls: true publishes a stream whose every variant plays" {
    show_with 'picture: quick' 'hls: true'
    film "$BATS_TEST_TMPDIR/a.mp4" 640x360 30
    said publish 2026-02 "$BATS_TEST_TMPDIR/a.mp4"
    list=$show/public/$(published '.files[] | select(.output == "hls").path')
    [ "$(grep -c '^#EXT-X-STREAM-INF' "$list")" -ge 3 ]
    for variant in $(grep -A1 '^#EXT-X-STREAM-INF' "$list" | grep -v '^[#-]' | sort -u); do
        ffmpeg -nostdin -v error -i "$(dirname "$list")/$variant" -f null - 2>"$BATS_TEST_TMPDIR/said"
        [ ! -s "$BATS_TEST_TMPDIR/said" ] || { cat "$BATS_TEST_TMPDIR/said"; return 1; }
    done
    grep -q '<podcast:alternateEnclosure type="application/vnd.apple.mpegurl"' "$show/public/feed.xml"
    run grep -c 'video controls' "$show"/public/episodes/*/index.html
    [ "$output" = 1 ]
    said publish 2026-02
    [ -z "$(ran)" ]
}

@test "sound alone gets a picture that moves" {
    show_with 'picture: quick'
    tone "$BATS_TEST_TMPDIR/a.wav" 4
    said publish 2026-02 "$BATS_TEST_TMPDIR/a.wav"
    ffmpeg -nostdin -v error -i "$(mp4)" -map 0:v:0 -f framemd5 - | grep -v '^#' | awk '{print $NF}' >"$BATS_TEST_TMPDIR/frames"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/frames")" -eq 100 ]
    [ "$(uniq "$BATS_TEST_TMPDIR/frames" | wc -l)" -ge 95 ]
}

@test "graphics are drawn, and only where they are asked for" {
    show_with 'picture: quick' 'graphics: [straps, chips]'
    printf 'host: [{name: Kari Nordmann, role: Vert}]\n' >>"$show"/episodes/2026-02*/episode.yaml
    film "$BATS_TEST_TMPDIR/a.mp4" 1280x720 25 -vf 'drawbox=c=gray:t=fill'
    said publish 2026-02 "$BATS_TEST_TMPDIR/a.mp4"
    colours() { ffmpeg -nostdin -v error -ss "$1" -i "$(mp4)" -frames:v 1 -pix_fmt gray -f rawvideo - | od -An -v -tu1 -w1 | sort -u | wc -l; }
    [ "$(colours 3.5)" -gt 60 ]
    at_most "$(colours 0.2)" 12
    [ "$(way .way)" = encoded ]
}

@test "a picture that cannot be used is refused with the reason, its sound alone is not" {
    show_with 'picture: quick'
    need_media screen-recording-silent-audio.mp4
    run dgl -C "$show" publish 2026-02 "$DGL_MEDIA/screen-recording-silent-audio.mp4"
    status_is 3
    contains "$output" "contains only silence"
}

@test "places, devices and dates of a phone are not in the file" {
    need_media phone-vfr-11s.mp4
    show_with 'picture: quick'
    LC_ALL=C grep -qa 'xyz\|ISO6709' "$DGL_MEDIA/phone-vfr-11s.mp4"
    said publish 2026-02 "$DGL_MEDIA/phone-vfr-11s.mp4"
    run env LC_ALL=C grep -ca 'xyz\|ISO6709' "$(mp4)"
    [ "$output" = 0 ]
    [ "$(ffprobe -v error -show_entries stream_tags=creation_time -of csv=p=0 "$(mp4)")" = "" ]
}

@test "a picture that goes on behind its sound is shown to its end, over silence" {
    show_with 'picture: quick'
    film "$BATS_TEST_TMPDIR/whole.mp4" 640x360 25
    ffmpeg -nostdin -v error -y -t 3.5 -i "$BATS_TEST_TMPDIR/whole.mp4" -i "$BATS_TEST_TMPDIR/whole.mp4" \
        -map 1:v -map 0:a -c copy "$BATS_TEST_TMPDIR/early.mp4"
    run dgl -C "$show" publish 2026-02 "$BATS_TEST_TMPDIR/early.mp4"
    [ "$status" -eq 0 ]
    contains "$output" "early.mp4: its sound ends 2.5 s before its picture; the rest is silent"
    within "$(of_picture duration)" 6 0.05
    within "$(ffprobe -v error -select_streams a -show_entries stream=duration -of csv=p=0 "$(mp4)")" 6 0.05
}

@test "balance: auto brings two shots to one light, and then nothing is copied" {
    show_with 'picture: quick' 'balance: auto'
    # what comes after 2.4 s is 0.7 stops darker and bluer
    ffmpeg -nostdin -v error -y -f lavfi -i "testsrc2=s=1280x720:r=25:d=4" -f lavfi -i "aevalsrc=0.3*sin(2*PI*440*t):s=48000:d=4" \
        -filter_complex "[0]hue=s=0.03,lutyuv=y='clip(40+val*0.6,16,235)',split[a][b];[b]trim=2.4:4,setpts=PTS-STARTPTS,lutyuv=y='16+(val-16)*0.804',scale=in_color_matrix=bt709,format=gbrp,colorchannelmixer=bb=1.12,scale=out_color_matrix=bt709,format=yuv420p[c];[a]trim=0:2.4,setpts=PTS-STARTPTS[d];[d][c]concat[v]" \
        -map '[v]' -map 1:a -c:v libx264 -preset veryfast -g 50 -profile:v high -level 4.0 -pix_fmt yuv420p -colorspace bt709 \
        -color_primaries bt709 -color_trc bt709 -color_range tv -b:v 1500k -maxrate 2500k -bufsize 3000k -c:a aac "$BATS_TEST_TMPDIR/a.mp4"
    means() { # file, second: luma, blue and red
        ffmpeg -nostdin -v error -ss "$2" -i "$1" -frames:v 1 -vf "scale=1:1:flags=area,format=yuv444p" -f rawvideo - | od -An -tu1
    }
    said publish 2026-02 "$BATS_TEST_TMPDIR/a.mp4"
    [ "$(way .way)" = encoded ]
    contains "$(way '.why | join("; ")')" "balance is asked for"
    [ "$(way .balance.shots)" = 2 ]
    [ "$(way '[.balance.first[] | .light_stops != 0] | join(" ")')" = "false true" ]
    read -r y1 u1 v1 < <(means "$BATS_TEST_TMPDIR/a.mp4" 0.5)
    read -r y2 u2 v2 < <(means "$BATS_TEST_TMPDIR/a.mp4" 3)
    [ "$((y1 - y2))" -ge 12 ]
    [ "$((u2 - u1))" -ge 4 ]
    read -r y1 u1 v1 < <(means "$(mp4)" 0.5)
    read -r y2 u2 v2 < <(means "$(mp4)" 3)
    within "$y1" "$y2" 3
    within "$u1" "$u2" 2
    within "$v1" "$v2" 2
    sed -i '/^balance:/d' "$show/episodes/show.yaml"
    said publish 2026-02
    [ "$(way .way)" = copied ] || { way .why; return 1; }
}

@test "publish and status say in one line which way the picture went, and why" {
    show_with 'picture: quick'
    film "$BATS_TEST_TMPDIR/sd.mp4" 720x576 25
    run dgl -C "$show" publish 2026-02 "$BATS_TEST_TMPDIR/sd.mp4"
    status_is 0
    line=$(grep '^  picture encoded: ' <<<"$output")
    contains "$line" "it is 720×576 and not 1280×720"
    run dgl -C "$show" status
    contains "$output" "$line"
    said status
    equals "$(jq -r '.episodes[0].picture.way' "$said")" encoded
    contains "$(jq -r '.episodes[0].picture.why[]' "$said")" "720×576"
    said publish 2026-02
    equals "$(jq -r .picture.way "$said")" encoded
}

@test "sound alone: the line says that the picture is drawn" {
    show_with 'picture: quick'
    tone "$BATS_TEST_TMPDIR/a.wav" 2
    run dgl -C "$show" publish 2026-02 "$BATS_TEST_TMPDIR/a.wav"
    status_is 0
    contains "$output" "  picture drawn: nobody filmed"
}

# A worker that takes eight seconds longer over the picture, and says how far it is as a real one
# does: now quick, now slow.
slow_worker() { # folder for it and the program
    mkdir "$1"
    cp "$DGL_BUILD/dgl-episode" "$1"
    cat >"$1/dgl-episode-worker" <<EOF
#!/usr/bin/env bash
while read -r job; do
    if [[ \$job == *'"stage":"picture"'* ]]; then
        for ((n = 0; n <= 240; n += 2 + n / 30 % 3)); do
            echo "{\"progress\":\$(printf %d.%04d 0 \$((n * 10000 / 250))),\"what\":\"encoding the picture\",\"media_s\":\$((n / 25)),\"frames\":\$n}"
            sleep 0.1
        done
    fi
    "$DGL_BUILD/dgl-episode-worker" <<<"\$job"
done
EOF
    chmod +x "$1/dgl-episode-worker"
}

# bats test_tags=long
@test "a terminal shows how far the picture is, its speed and the time left; a pipe gets plain lines" {
    need_tool script
    show_with 'picture: quick'
    film "$BATS_TEST_TMPDIR/a.mp4" 320x180 25
    slow_worker "$BATS_TEST_TMPDIR/bin"
    TERM=xterm script -qec "$BATS_TEST_TMPDIR/bin/dgl-episode --presets $root/presets -C $show publish 2026-02 $BATS_TEST_TMPDIR/a.mp4" \
        "$BATS_TEST_TMPDIR/typescript" >/dev/null </dev/null
    tr '\r' '\n' <"$BATS_TEST_TMPDIR/typescript" | grep 'picture: encoding' >"$BATS_TEST_TMPDIR/lines"
    grep -Eq 'picture: encoding the picture +[0-9]+ %  [0-9.]+ fps  [0-9.]+× real time  [0-9]:[0-9]{2} left' "$BATS_TEST_TMPDIR/lines" ||
        { tail -n 3 "$BATS_TEST_TMPDIR/lines"; return 1; }
    # The time left never goes up by more than a few seconds at once; the real worker begins anew.
    grep -oE '[0-9]+ %.* [0-9]+:[0-9]{2} left' "$BATS_TEST_TMPDIR/lines" | tr ':' ' ' |
        awk '{ s = $(NF - 2) * 60 + $(NF - 1); if ($1 >= done && NR > 1 && s > was + 3) { print was " s, then " s; exit 1 } was = s; done = $1 }'
    rm -r "$show/.dgl/store"/*/picture.quick
    "$BATS_TEST_TMPDIR/bin/dgl-episode" --presets "$root/presets" -C "$show" publish 2026-02 >/dev/null 2>"$BATS_TEST_TMPDIR/plain"
    contains "$(cat "$BATS_TEST_TMPDIR/plain")" "picture: encoding the picture"
    lacks "$(cat "$BATS_TEST_TMPDIR/plain")" "left"
}

# bats test_tags=long
@test "SIGINT while the picture is encoded leaves nothing half-done, and the next run goes on" {
    show_with 'picture: quick' 'hls: true'
    sed -i 's/^speed:.*/speed: slow/' "$show/presets/picture/quick.yaml"
    film "$BATS_TEST_TMPDIR/a.mp4" 1920x1080 50
    env --default-signal=INT "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" publish 2026-02 \
        "$BATS_TEST_TMPDIR/a.mp4" >/dev/null 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    running=$!
    for _ in $(seq 6000); do
        compgen -G "$show/.dgl/store/*/picture.quick/*.tmp-*/picture.mp4" >/dev/null && break
        sleep 0.02
    done
    kill -INT "$running"
    code=0
    wait "$running" || code=$?
    equals "$code" 130
    equals "$(tail -n 1 "$BATS_TEST_TMPDIR/err")" \
        "dgl-episode: interrupted; nothing is half-done, the next run goes on from here"
    equals "$(find "$show" -name '*.tmp*')" ""
    equals "$(find "$show" -name picture.mp4)" ""
    [ ! -e "$show/public/feed.xml" ]
    said publish 2026-02
    for stage in ingest timeline sound screen; do lacks " $(ran) " " $stage "; done
    contains "$(ran)" "picture.quick"
    [ -s "$(mp4)" ]
}
