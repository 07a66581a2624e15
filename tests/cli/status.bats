#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

setup_file() {
    need_tool sox
    need_tool ffmpeg
    need_tool jq
    export DGL_NOW=2026-02-12T08:00:00Z
    tone "$BATS_FILE_TMPDIR/rec.wav" 3
    new_show
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    ffmpeg -nostdin -v error -f lavfi -i color=c=teal:s=1400x1400 -frames:v 1 "$show/episodes/cover.png"
    ffmpeg -nostdin -v error -f lavfi -i color=c=navy:s=1400x1400 -frames:v 1 "$show/episodes/other.png"
    echo 'cover: cover.png' >>"$show/episodes/show.yaml"
    episode=$(new_episode 2026-02 --guest "Kari Nordmann")
    cp "$BATS_FILE_TMPDIR/rec.wav" "$show/episodes/$episode/opptak.wav"
    cat >>"$show/episodes/$episode/episode.yaml" <<EOF
cover: ../cover.png
summary: Om trivsel.
recordings: [{file: opptak.wav}]
captions: [{file: captions.vtt, made: corrected}]
chapters: [{at: "00:00:00", title: Velkommen}, {at: "00:00:01.5", title: Mer}]
EOF
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nHei.\n' >"$show/episodes/$episode/captions.vtt"
    dgl -C "$show" -q publish "$episode"
}

setup() {
    export DGL_NOW=2026-02-12T09:00:00Z
    copy_show
    episode=2026-02-trivsel
    folder=$show/episodes/$episode
    yaml=$folder/episode.yaml
}

# "stage: why" of everything that is not fresh.
reasons() {
    dgl -C "$show" --json status "$episode" |
        jq -r '.episodes[0].stages[] | select(.state == "stale") | "\(.name): \(.why)"'
}

# What status calls stale is what publish then runs, and nothing runs that it called fresh; what waits
# may turn out unchanged. Afterwards all is fresh.
status_is_right() { # the edit, for messages
    local stale waits
    said status "$episode"
    stale=$(jq -r '.episodes[0].stages[] | select(.state == "stale").name' "$said")
    waits=$(jq -r '.episodes[0].stages[] | select(.state == "waits").name' "$said")
    said publish "$episode"
    for stage in $stale; do contains "$1: $(ran) " " $stage "; done
    for stage in $(ran); do contains "$1: $(echo $stale $waits) " " $stage "; done
    now=$(dgl -C "$show" --json status "$episode" |
        jq -r '[.episodes[0].stages[].state] | unique - ["left out"] | join(" ")')
    equals "$1, then: $now" "$1, then: fresh"
}

edit() { # sed's words on a file below the show
    sed -i -e "$1" "$show/$2"
}

@test "status says of a new show and a new episode what comes next" {
    said status
    equals "$(jq -r '.episodes[0] | "\(.episode) \(.state) \(.title)"' "$said")" "$episode published Trivsel"
    equals "$(jq -c '.next | [.month, .theme, .goals]' "$said")" '["2026-03","Miljø",[12,13,15]]'
    jq -e '.disk | all(.[]; type == "number" and . > 0)' "$said"
    next=$(dgl -C "$show" --json new 2026-03 | jq -r .episode)
    said status
    equals "$(jq -r '.episodes[1].state' "$said")" "not ready"
    contains "$(jq -r '.episodes[1].error' "$said")" "dgl-episode publish $next RECORDING"
    equals "$(jq -r '.next.month' "$said")" 2026-04
    run dgl -C "$show" status
    status_is 0
    contains "$output" "next: 2026-04, Inkludering, goals 5, 10, 16"
    contains "$output" "disk: originals"
}

@test "an episode that cannot be read is one line of the status, not its end" {
    mkdir "$show/episodes/2026-03-x"
    echo 'titel: X' >"$show/episodes/2026-03-x/episode.yaml"
    said status
    equals "$(jq -r '.episodes[1] | "\(.episode) \(.state)"' "$said")" "2026-03-x unreadable"
    contains "$(jq -r '.episodes[1].error' "$said")" "episode.yaml:1:1"
    equals "$(jq -r '.episodes[0].state' "$said")" published
}

@test "what is unchanged is fresh, also after another mtime, another name of the folder and other comments" {
    equals "$(reasons)" ""
    touch -d '2026-01-01' "$folder"/*
    echo '# en kommentar' >>"$yaml"
    equals "$(reasons)" ""
    mv "$folder" "$folder-i-nord"
    episode=$episode-i-nord
    equals "$(reasons)" ""
    status_is_right "renamed"
    equals "$(ran)" ""
}

@test "status says why: title, cover, captions, recording, outputs, theme" {
    edit 's/^title:.*/title: Nytt/' "episodes/$episode/episode.yaml"
    contains "$(reasons)" "tag.mp3: title changed"
    contains "$(reasons)" "item: episode.title changed"
    copy_again
    edit 's/other/cover/; s/cover.png/other.png/' "episodes/$episode/episode.yaml"
    contains "$(reasons)" "art: cover changed"
    copy_again
    edit 's/Hei/Morna/' "episodes/$episode/captions.vtt"
    contains "$(reasons)" "captions: caption-nb changed"
    copy_again
    sox -D "$BATS_FILE_TMPDIR/rec.wav" "$folder/opptak.wav" trim 0 2.5
    equals "$(reasons)" "ingest: recordings changed"
    copy_again
    edit 's/^outputs:.*/outputs: [mp3, opus]/' episodes/show.yaml
    contains "$(reasons)" "encode.opus: never made"
    lacks "$(reasons)" encode.mp3
    copy_again
    edit 's/theme: trivsel, goals: .3, 8, 11./theme: trivsel, goals: [3, 8, 10]/' episodes/calendar.yaml
    contains "$(reasons)" "tag.mp3: goals changed"
}

copy_again() {
    chmod -R u+w "$show"
    rm -rf "$show"
    copy_show
}

@test "status is never wrong: what it calls stale is what publish runs" {
    while IFS='|' read -r file words; do
        case $file in
        sh) (cd "$show" && eval "$words") ;;
        *) edit "$words" "episodes/${file/E/$episode}" ;;
        esac
        status_is_right "$file $words"
        [ -n "$(ran)" ] || [[ $words == *"# nothing"* ]] || { echo "nothing ran after: $words"; return 1; }
    done <<'EOF'
E/episode.yaml|s/^title:.*/title: Nytt navn/
E/episode.yaml|s/^summary:.*/summary: Ny ingress./
E/episode.yaml|s/^number:.*/number: 7/
E/episode.yaml|s/^season:.*/season: 2027/
E/episode.yaml|s/Kari Nordmann/Ola Nordmann/
E/episode.yaml|s/title: Mer/title: Enda mer/
E/episode.yaml|s/00:00:01.5/00:00:01.25/
E/notes.md|$ a Mer å lese.
E/captions.vtt|s/Hei/Morna/
E/captions.vtt|1 a # nothing that is heard
E/episode.yaml|/^captions:/d
E/episode.yaml|s|\.\./cover.png|../other.png|
sh|cp episodes/cover.png episodes/other.png
E/episode.yaml|s/^month:.*/month: 2026-03/
E/episode.yaml|$ a language: nn
E/episode.yaml|$ a license: CC0-1.0
E/episode.yaml|$ a published: 2026-02-10T08:00:00Z
E/episode.yaml|$ a explicit: true
E/episode.yaml|$ a goals: [4, "4.7"]
E/episode.yaml|$ a resources: [{kind: tool, title: Verktøy, url: "https://example.org/v"}]
E/episode.yaml|$ a channels: 1
E/episode.yaml|$ a preset: broadcast
show.yaml|s/^outputs:.*/outputs: [mp3, opus]/
show.yaml|s/^outputs:.*/outputs: [opus, mp3]/
show.yaml|s/^outputs:.*/outputs: [opus]/
show.yaml|s/^title:.*/title: Et annet program/
show.yaml|s|^site:.*|site: https://example.net/x/|
show.yaml|s/^author:.*/author: Noen andre/
sh|sox -D -n -r 44100 -c 1 episodes/2026-02-trivsel/opptak.wav synth 2 pinknoise gain -12
sh|rm episodes/2026-02-trivsel/opptak.wav # nothing: the original is kept
sh|rm -r .dgl/store/*/encode.opus
sh|rm -r .dgl/store/*/timeline
sh|rm -r .dgl/store/*/item .dgl/store/*/tag.*
sh|rm .dgl/hashes # nothing
sh|rm -r .dgl
EOF
}

@test "status is right when a master was given back and is needed again" {
    dgl -C "$show" -q clean
    equals "$(find "$show/.dgl/store" -name master.flac)" ""
    equals "$(reasons)" ""
    edit 's/^title:.*/title: Uten master/' "episodes/$episode/episode.yaml"
    status_is_right "title without a master"
    lacks "$(ran)" sound
    edit 's/^outputs:.*/outputs: [mp3, opus]/' episodes/show.yaml
    status_is_right "output without a master"
    contains "$(ran)" "sound encode.opus"
}

@test "what is missing in public is put there again, from results that are fresh" {
    before=$(public_state)
    rm -r "$show/public"
    said publish "$episode"
    equals "$(ran)" ""
    equals "$(public_state)" "$before"
}

@test "status without media says what it can" {
    rm -rf "$show/.dgl" "$show/originals" "$show/public" "$folder/opptak.wav"
    said status
    equals "$(jq -r '.episodes[0].state' "$said")" published
    equals "$(jq -r '.episodes[0].stages[] | select(.name == "ingest") | "\(.state) \(.why)"' "$said")" \
        "left out the recording is not here"
    status_is_right "without media"
}
