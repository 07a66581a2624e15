#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# public/calendar.ics, read by programs nobody here wrote: python3-icalendar and khal.

load helper
load relay

setup_file() {
    need_tool sox
    need_tool jq
    export DGL_NOW=2026-02-12T08:00:00Z
    tone "$BATS_FILE_TMPDIR/rec.wav" 3
    new_show --title "Det gode liv; i nord, året rundt"
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    episode=$(new_episode 2026-02)
    summer=$(new_episode 2026-07 --guest "Per Nordmann" --municipality Bodø --title "Sommer, sol & sånt")
    winter=$(new_episode 2026-12 --title Vinter)
    cat >>"$show/episodes/$summer/episode.yaml" <<END
summary: "Ei lang forklaring med æ, ø og å; komma, semikolon og «anførselstegn» som må brytes over flere linjer i fila, helst ikke midt i en bokstav: ååååååååååååååååååååååååååååååååååååååååååååååå."
live: {start: 2026-07-02T10:00:00+02:00, end: 2026-07-02T11:15:00+02:00}
END
    echo 'live: {start: 2026-12-10T09:00:00Z, watch: "https://example.org/direkte", status: tentative}' >>"$show/episodes/$winter/episode.yaml"
    dgl -C "$show" -q publish "$episode" "$BATS_FILE_TMPDIR/rec.wav"
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    copy_show
    ics=$show/public/calendar.ics
    need_python icalendar
}

# "uid|start in UTC|end in UTC|summary|status|sequence" of each event with a time.
broadcasts() {
    "$python" - "$ics" <<'END'
import datetime, icalendar, sys
for e in icalendar.Calendar.from_ical(open(sys.argv[1], "rb").read()).walk("VEVENT"):
    start = e.decoded("DTSTART")
    if isinstance(start, datetime.datetime):
        utc = start.astimezone(datetime.timezone.utc)
        print(e["UID"], utc.strftime("%FT%TZ"), (utc + e.decoded("DURATION")).strftime("%FT%TZ"), e["SUMMARY"],
              e["STATUS"], e["SEQUENCE"], e.decoded("DTSTAMP").strftime("%FT%TZ"), sep="|")
END
}

@test "broadcasts are at their hour in summer and in winter, with all that is known of them" {
    equals "$(broadcasts | cut -d'|' -f2-)" \
        "2026-07-02T08:00:00Z|2026-07-02T09:15:00Z|Direktesending: Sommer, sol & sånt|CONFIRMED|0|2026-02-12T08:00:00Z
2026-12-10T09:00:00Z|2026-12-10T10:00:00Z|Direktesending: Vinter|TENTATIVE|0|2026-02-12T08:00:00Z"
    grep -q $'^DTSTART;TZID=Europe/Oslo:20260702T100000\r$' "$ics"
    grep -q $'^DTSTART;TZID=Europe/Oslo:20261210T100000\r$' "$ics"
    "$python" - "$ics" <<'END'
import icalendar, sys, uuid
cal = icalendar.Calendar.from_ical(open(sys.argv[1], "rb").read())
assert cal["X-WR-CALNAME"].replace("\\", "") == "Det gode liv; i nord, året rundt", cal["X-WR-CALNAME"]
events = cal.walk("VEVENT")
summer, winter = events[0], events[1]
assert summer["LOCATION"] == "Bodø" and summer["URL"] == "https://example.org/detgodeliv/", summer
assert "«anførselstegn»" in summer["DESCRIPTION"] and "å" * 47 in summer["DESCRIPTION"]
assert winter["URL"] == "https://example.org/direkte"
uids = [uuid.UUID(e["UID"]) for e in events]
assert len(set(uids)) == len(uids) and all(u.version == 5 for u in uids)
END
}

@test "every month is its theme's, whole days, leap years too" {
    equals "$("$python" - "$ics" <<'END'
import datetime, icalendar, sys
for e in icalendar.Calendar.from_ical(open(sys.argv[1], "rb").read()).walk("VEVENT"):
    start = e.decoded("DTSTART")
    if not isinstance(start, datetime.datetime) and start.year == 2026 and start.month in (2, 12):
        print(start, e.decoded("DTEND"), e["SUMMARY"], e["DESCRIPTION"].split("\n")[0], e["TRANSP"], sep="|")
END
)" "2026-02-01|2026-03-01|Månedens tema: Trivsel|Bærekraftsmål 3: God helse og livskvalitet|TRANSPARENT
2026-12-01|2027-01-01|Månedens tema: Trivsel|Bærekraftsmål 1: Utrydde fattigdom|TRANSPARENT"
    equals "$(grep -c 'DTSTART;VALUE=DATE' "$ics")" 24
    DGL_NOW=2028-01-01T08:00:00Z dgl -C "$show" -q site
    equals "$(grep -A1 'DTSTART;VALUE=DATE:20280201' "$ics" | tr -d '\r' | tail -1)" "DTEND;VALUE=DATE:20280301"
}

@test "lines end as they must, have 75 bytes at most, and no letter is broken" {
    "$python" - "$ics" <<'END'
import sys
data = open(sys.argv[1], "rb").read()
lines = data.split(b"\r\n")
assert lines[-1] == b"" and b"\n" not in data.replace(b"\r\n", b"")
assert max(map(len, lines)) <= 75, max(map(len, lines))
for line in lines:
    line.decode("utf-8")
names = {line.split(b":")[0].split(b";")[0] for line in lines}
for name in (b"REFRESH-INTERVAL", b"X-WR-CALNAME", b"X-PUBLISHED-TTL", b"SOURCE", b"PRODID", b"METHOD"):
    assert name in names, name
END
}

@test "khal shows them at the clock of whoever looks" {
    need_tool khal
    export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config XDG_DATA_HOME=$BATS_TEST_TMPDIR/data XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    mkdir -p "$XDG_CONFIG_HOME/khal" "$BATS_TEST_TMPDIR/cal"
    see() { # time zone, day
        rm -rf "$XDG_DATA_HOME" "$BATS_TEST_TMPDIR/cal"/*
        cat >"$XDG_CONFIG_HOME/khal/config" <<END
[calendars]
[[agenda]]
path = $BATS_TEST_TMPDIR/cal
[locale]
local_timezone = $1
default_timezone = $1
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
END
        khal import --batch -a agenda "$ics" >/dev/null 2>&1
        khal list --day-format '' --format '{start-time}-{end-time} {title}' "$2" "$2" 2>/dev/null | sed 's/^[- ]*//' | sort
    }
    equals "$(see Europe/Oslo 2026-07-02 | grep sol)" "10:00-11:15 Direktesending: Sommer, sol & sånt"
    equals "$(see Europe/Oslo 2026-12-10 | grep Vinter)" "10:00-11:00 Direktesending: Vinter"
    equals "$(see America/New_York 2026-07-02 | grep sol)" "04:00-05:15 Direktesending: Sommer, sol & sånt"
    contains "$(see Europe/Oslo 2026-02-28)" "Månedens tema: Trivsel"
    contains "$(see Europe/Oslo 2026-03-01)" "Månedens tema: Miljø"
}

@test "same facts, same bytes: later, again, and in a clone without media" {
    before=$(sha256sum <"$ics")
    dgl -C "$show" -q publish --remake 2026-02
    equals "$(sha256sum <"$ics")" "$before"
    DGL_NOW=2026-12-20T08:00:00Z dgl -C "$show" -q site
    equals "$(sha256sum <"$ics")" "$before"
    equals "$(dgl -C "$show" --json status | jq -r '.show.stages[] | select(.name == "calendar").state')" fresh
    mkdir "$BATS_TEST_TMPDIR/clone"
    cp -a "$show/episodes" "$BATS_TEST_TMPDIR/clone/"
    DGL_NOW=2026-12-21T08:00:00Z dgl -C "$BATS_TEST_TMPDIR/clone" -q site
    equals "$(sha256sum <"$BATS_TEST_TMPDIR/clone/public/calendar.ics")" "$before"
}

@test "a broadcast that moves keeps its UID and counts on; a cancelled one is struck out and not announced" {
    export DGL_NOW=2026-06-20T08:00:00Z
    summer=$(basename "$show"/episodes/2026-07-*)
    uid=$(broadcasts | sed -n 's/|.*sol.*//p')
    dgl -C "$show" -q site
    contains "$(cat "$show/public/feed.xml")" "<podcast:liveItem"
    sed -i 's/start: 2026-07-02T10/start: 2026-07-02T09/' "$show/episodes/$summer/episode.yaml"
    dgl -C "$show" -q site
    equals "$(broadcasts | grep sol)" \
        "$uid|2026-07-02T07:00:00Z|2026-07-02T09:15:00Z|Direktesending: Sommer, sol & sånt|CONFIRMED|1|2026-06-20T08:00:00Z"
    sed -i 's/live: {start/live: {status: cancelled, start/' "$show/episodes/$summer/episode.yaml"
    DGL_NOW=2026-06-21T08:00:00Z dgl -C "$show" -q site
    equals "$(broadcasts | grep sol | cut -d'|' -f1,5-)" "$uid|CANCELLED|2|2026-06-21T08:00:00Z"
    equals "$(broadcasts | grep Vinter | cut -d'|' -f5-)" "TENTATIVE|0|2026-02-12T08:00:00Z"
    lacks "$(cat "$show/public/feed.xml")" "Sommer"
    run dgl -C "$show" status
    lacks "$output" "broadcast 2026-07-02"
    # What else is kept beside it stays.
    dgl -C "$show" -q status --done apple
    equals "$(jq -r '[.done.apple, (.agenda | length)] | join(" ")' "$show/episodes/show.state.json")" "2026-06-20 2"
}

@test "serve says what it is" {
    "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" serve --port 0 >"$BATS_TEST_TMPDIR/serve" 2>&1 3>&- &
    server=$!
    until_true 10 grep -q http:// "$BATS_TEST_TMPDIR/serve"
    url=$(grep -o 'http://[^ ]*' "$BATS_TEST_TMPDIR/serve" | head -1)
    equals "$(curl -s -o /dev/null -w '%{content_type}' "${url}calendar.ics")" "text/calendar; charset=utf-8"
    kill "$server"
    wait "$server" || true
}
