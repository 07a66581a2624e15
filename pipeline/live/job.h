// SPDX-License-Identifier: GPL-3.0-or-later
// What the relay is told and what it says. dgl-episode-live reads one line of JSON on standard
// input (secrets travel there and nowhere else) and writes lines of JSON on standard output.
//
// job:
// {"episode": folder's name, "title", "artist",
//  "folder": where recordings go (made),
//  "state_file", "report_file": written by fs_replace; "socket": path of the control socket,
//  "sources": [{"name", "url" or "device", "format": libavformat's name or "", "secret"}] by
//             priority,
//  "picture": {"width","height","rate_num","rate_den","bitrate_kbps","speed"} or null: sound alone,
//  "slate": {"image": PNG of the picture's size or "", "sound": file or ""},
//  "card": PNG behind the moving curve where the source has no picture, or "",
//  "loudness": {"target_lufs","ceiling_dbtp","start_gain_db"},
//  "endpoints": [{"name","kind","url","format","bitrate_kbps","secret","user","ca_file","page",
//                 "title"…}], "graph": {"version","url"},
//  "record": {"received": bool, "aired": bool, "room_bytes"},
//  "resume": bool, "metrics_port": 0 or a port}
// lines back:
//  {"state": STATE} twice a second; STATE is what the control socket's "status" answers
//  {"event": "source|endpoint|slate|recording|title|mark", "name", "state", "text"}
//  {"warning": text}  {"error": {"kind","code","text"}}  {"done": REPORT} at the end
//
// Control socket (SOCK_STREAM, 0600): one line of JSON in, one out, then it is closed.
//  {"do":"status"} {"do":"stop"} {"do":"mark","title"} {"do":"title","title"}
//  -> {"ok":true, …} or {"ok":false,"error":text}
// STATE: {"episode","started","elapsed_s","source": {"name","state": "live|stalled|slate|ended",
//  "format"},"on_slate","slate_s","loudness": {"momentary_lufs","short_term_lufs",
//  "integrated_lufs","true_peak_dbtp","gain_db"},"endpoints": [endpoint_json…],
//  "recordings": [{"path","bytes","seconds"}],"marks": [{"at_s","title"}],"title","cpu_percent",
//  "memory_bytes"}
#pragma once
