# SPDX-License-Identifier: GPL-3.0-or-later
# Scenes of a broadcast with real servers (tests/live/scenes.py, pulls.py): load scenes, behind load helper.

setup_file() {
    missing=$(python3 "$root/tests/live/servers.py") || absent "not installed: $missing"
    export PYTHONDONTWRITEBYTECODE=1
}

scene() { # name, the file it is in
    run python3 "$root/tests/live/${2:-scenes}.py" "$1"
    [[ $output != skipped:* ]] || skip "${output#skipped: }"
    status_is 0
    echo "$output"
}
