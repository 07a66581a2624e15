#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The worker is held: from within it, where a recording is opened, breakout.c tries everything that
# somebody would try who has found a bug in a decoder.

load helper

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    if ldd "$DGL_BUILD/dgl-episode-worker" | grep -q 'libasan\|libtsan\|libclang_rt'; then
        skip "a build with sanitizers has no sandbox"
    fi
    export BREAKOUT=$BATS_TEST_TMPDIR
    mkdir -p "$BREAKOUT/outside/sub"
    for n in '' 2 3 4 5; do echo ours >"$BREAKOUT/outside/file$n"; done
}

tries() { # the program, its words; what breakout.c says is left in $tried
    tried=$BATS_TEST_TMPDIR/tried
    LD_PRELOAD=$DGL_BUILD/breakout.so "$@" >/dev/null 2>"$tried" </dev/null || true
    grep -q '^landlock' "$tried" || {
        echo "nothing was tried:"
        cat "$tried"
        return 1
    }
}

publish_a_recording() {
    need_tool sox
    new_show
    new_episode 2026-02 >/dev/null
    tone "$BATS_TEST_TMPDIR/rec.wav" 1
    tries "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" publish 2026-02 \
        "$BATS_TEST_TMPDIR/rec.wav"
}

@test "no socket, no program, no other process, no more memory: everything is refused in the worker" {
    publish_a_recording
    run grep '^ESCAPED \|^BROKEN' "$tried"
    equals "$output" ""
    equals "$(grep -c '^refused ' "$tried")" 39
    equals "$(grep '^refused ' "$tried" | grep -v ': EACCES$\|gib: ENOMEM$\|files: EMFILE$\|clone3: ENOSYS$')" ""
    equals "$(grep -c '^works ' "$tried")" 3
}

writes_are_refused() {
    run grep '^ESCAPED-WRITE' "$tried"
    equals "$output" ""
    equals "$(grep -c '^refused-write ' "$tried")" 19
    equals "$(grep '^refused-write ' "$tried" | grep -v ': EACCES$\|: EXDEV$')" ""
    equals "$(cat "$BREAKOUT"/outside/file* | tr '\n' ' ')" "ours ours ours ours ours "
    equals "$(ls "$BREAKOUT/outside" | tr '\n' ' ')" "file file2 file3 file4 file5 sub "
}

@test "the worker writes below originals and the store, and nowhere else" {
    publish_a_recording
    [ "$(sed -n 's/^landlock //p' "$tried")" -gt 0 ] || skip "this kernel has no landlock"
    writes_are_refused
}

@test "nor does it where landlock is Debian 12's, which knows nothing of cutting a file" {
    BREAKOUT_LANDLOCK=2 publish_a_recording
    version=$(sed -n 's/^landlock //p' "$tried")
    [ "$version" -gt 0 ] || skip "this kernel has no landlock"
    at_most "$version" 2
    writes_are_refused
}

@test "a tool's job, measure, writes nowhere at all" {
    need_tool sox
    tone "$BATS_TEST_TMPDIR/rec.wav" 1
    mkdir -p "$BREAKOUT/show/.dgl/store"
    tries "$DGL_BUILD/dgl-episode" --presets "$root/presets" measure "$BATS_TEST_TMPDIR/rec.wav"
    [ "$(sed -n 's/^landlock //p' "$tried")" -gt 0 ] || skip "this kernel has no landlock"
    run grep '^ESCAPED' "$tried"
    equals "$output" ""
    contains "$(cat "$tried")" "BROKEN store: EACCES"
}

@test "the tries are real: a program that is not held gets through with them" {
    need_tool ffprobe
    need_tool sox
    mkdir -p "$BREAKOUT/show/.dgl/store" "$BREAKOUT/show/episodes"
    touch "$BREAKOUT/show/episodes/show.yaml"
    tone "$BATS_TEST_TMPDIR/rec.wav" 1
    ulimit -n 4096
    tries ffprobe "$BATS_TEST_TMPDIR/rec.wav"
    for name in tcp udp local-socket socketpair exec execveat fork clone signal-parent 9-gib \
        9-times-1-gib 2000-files setns pivot_root bpf perf init_module TIOCSTI chmod chown; do
        contains "$(cat "$tried")" "ESCAPED $name"
    done
    for name in write open-truncate open-3-truncate openat2-truncate truncate create symlink rename rename-in exchange unlink mkdir through-symlink show.yaml; do
        contains "$(cat "$tried")" "ESCAPED-WRITE $name"
    done
}
