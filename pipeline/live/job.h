// SPDX-License-Identifier: GPL-3.0-or-later
// What the relay is told and what it says. dgl-episode-live reads one line of JSON on standard
// input (secrets travel there and nowhere else) and writes lines of JSON on standard output.
//
// job:
// {"episode": folder's name, "title", "artist",
//  "folder": where recordings go (made),
//  "state_file", "report_file": written by fs_replace; "socket": path of the control socket,
//  "sources": [{"name", "url": path, address, "alsa:default", "pattern:" or "/dev/fd/N", which is
//             inherited, "format": libavformat's name or "", "listen": bool, "secret"}] by
//             priority,
//  "picture": {"width","height","rate_num","rate_den","bitrate_kbps","speed"} or null: sound alone,
//  "slate": {"image": PNG of the picture's size or "", "sound": file or ""},
//  "card": PNG behind the moving curve where the source has no picture, or "",
//  "loudness": {"target_lufs","ceiling_dbtp","start_gain_db"},
//  "endpoints": [{"name","kind","url","format","bitrate_kbps","secret","user","ca_file","page",
//                 "title","description", icecast: "site","listed": bool, facebook:
//                 "privacy": everyone|friends|self}], "graph": {"version","url"}, "upload_test":
//                 address,
//  "record": {"received": bool, "aired": bool, "room_bytes"},
//  "resume": bool, "earlier": [{"path","marks": [{"at_s": of it,"title"}]}], what was received
//  before an interruption, in order, "metrics_port": 0 or a port,
//  "check": true: reach every endpoint (TCP, TLS), make nothing, send nothing, answer
//           {"check": [{"name","ok": bool,"text"}]} and end,
//  "announce": true: make it known at Facebook for "start_utc_s", answer the same and end,
//  "end_stale": true: close what an earlier run left open, answer {"done": {"said": text}} and end}
// A relay goes on when nobody reads its lines any more, and waits for nobody to read them: what the
// pipe has no room for is left out, but for {"done"} and {"error"}. SIGTERM is {"do":"stop"}.
// lines back:
//  {"state": STATE} twice a second
//  {"event": "source|endpoint|slate|recording|title|mark|page", "name", "state", "text"}
//  {"warning": text}  {"done": REPORT} at the end, and then {"error": {"kind","code","text"}} where
//  it did not end well
// REPORT: {"episode","started","ended","elapsed_s","loudness","endpoints": [endpoint_json…],
//  "recordings": [{"kind": "received|aired","path","bytes","seconds","sha256","starts_s": of the
//  broadcast}],"marks","title","earlier": as of
//  the job, each with "seconds"; missing where there is none}
//
// Control socket (SOCK_STREAM, 0600): one line of JSON in, one out, then it is closed.
//  {"do":"status"} {"do":"stop"} {"do":"mark","title"} {"do":"title","title"}
//  -> {"ok":true, status: "state": STATE} or {"ok":false,"error":text}
// The state file holds STATE and is written every 2 s, at the end with "ended": true; the feed of
// the show follows it (plan/liveitem.h).
// STATE: {"episode","started","said": when,"elapsed_s","sources": [{"name","state","on_air":
// bool,"format"}], "on_slate","slate_s","loudness": {"momentary_lufs","short_term_lufs",
//  "integrated_lufs","true_peak_dbtp","gain_db"},"endpoints": [endpoint_json…],
//  "recordings": [{"path","bytes","seconds"}],"marks": [{"at_s","title"}],"title","earlier": as in
//  REPORT,"cpu_percent",
//  "memory_bytes","pid"}
// An endpoint at Facebook has further keys, see live/facebook.h: its "warning" says what Facebook
// finds wrong, or why it could not be asked. One at Icecast has "listeners".
#pragma once

enum { LIVE_LINE_MAX = 4 << 20 }; // bytes of a line, either way
