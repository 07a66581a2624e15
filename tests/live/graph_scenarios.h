// SPDX-License-Identifier: GPL-3.0-or-later
// What tests/live/graph_server.c does otherwise than Facebook does on a good day, by scenario. A
// name that is not here is a good day of its own.
#pragma once
#include <stdbool.h>

enum call { CREATE, LIST, GET, SET, END, ME, DEBUG, SPEED };
enum way { SAY, HANG, DROP, CUT }; // CUT: half of the body, then RST; DROP: RST at once
enum { SCENARIO_RULES_MAX = 128 };

#define ON(call) (1u << (call))
#define ALL 0xffu

#define PAGE_ID "1234567890"
#define STREAM_CANARY "canary-stream-key"
#define GRAPH_ERROR(code, more) \
    "{\"error\":{\"type\":\"OAuthException\",\"code\":" code ",\"fbtrace_id\":\"Trace1\"," more "}}"
#define SPARE_STREAM                                                                    \
    "{\"stream_id\":\"1\",\"is_master\":false,\"stream_health\":{\"video_bitrate\":0}," \
    "\"id\":\"10215840874670236\"}"
#define MAIN_STREAM                                                                            \
    "{\"stream_id\":\"0\",\"is_master\":true,\"stream_health\":{\"video_bitrate\":2304481.75," \
    "\"video_framerate\":27.586206436157,\"video_gop_size\":2000,\"video_height\":700,"        \
    "\"video_width\":1120,\"audio_bitrate\":118149.8828125},\"id\":\"10215840874630235\"}"

struct rule {
    const char *scenario;
    unsigned calls;
    int times; // 0: always
    int status;
    const char *header; // one more, with its line end
    const char *body;   // "$TOKEN": what the caller sent; NULL: the usual answer
    enum way way;
    bool after; // what was asked for is done all the same
};

static const struct rule rules[] = {
    // forms of a good answer
    {"slashes", ON(CREATE), 0, 200, NULL,
     "{\"id\":\"10214937378883406\",\"unknown\":{\"a\":[1,2]},\"secure_stream_url\":"
     "\"rtmps:\\/\\/rtmp-api.facebook.com\\/rtmp\\/10214937378883406?s_bl=1&a=Ab\\/x%2Fy\"}",
     SAY, true},
    {"port", ON(CREATE), 0, 200, NULL,
     "{\"id\":\"10214937378883407\",\"secure_stream_url\":"
     "\"rtmps://rtmp-api.facebook.com:443/rtmp/10214937378883407?a=Abc\"}",
     SAY, true},
    {"number", ON(CREATE), 0, 200, NULL,
     "{\"id\":10214937378883409,\"secure_stream_url\":"
     "\"rtmps://rtmp-api.facebook.com/rtmp/10214937378883409?a=Abc\"}",
     SAY, true},
    {"plain", ON(CREATE), 0, 200, NULL,
     "{\"id\":\"10215840463339954\",\"stream_url\":\"rtmp://rtmp-api.facebook.com/rtmp/1?a=Abc\"}",
     SAY, true},
    {"plain", ON(GET), 0, 200, NULL,
     "{\"id\":\"10215840463339954\",\"stream_url\":\"rtmp://rtmp-api.facebook.com/rtmp/1?a=Abc\"}",
     SAY, true},
    {"plain", ON(END), 0, 200, NULL, "{\"success\":true}", SAY, false},
    {"later-url", ON(CREATE), 0, 200, NULL, "{\"id\":\"10215840463339954\"}", SAY, true},
    {"later-url", ON(GET), 0, 200, NULL,
     "{\"id\":\"10215840463339954\",\"secure_stream_url\":"
     "\"rtmps://rtmp-api.facebook.com/rtmp/10215840463339954?a=Abc\"}",
     SAY, false},
    {"streamless", ON(CREATE) | ON(GET), 0, 200, NULL,
     "{\"id\":\"10215840463339954\",\"status\":\"LIVE\"}", SAY, true},
    {"streamless", ON(END), 0, 200, NULL, "{\"success\":true}", SAY, false},

    // answers that are none; "-made": Facebook did what was asked for
    {"html", ON(CREATE), 1, 200, NULL, "<html>sign in</html>", SAY, false},
    {"html-made", ON(CREATE), 1, 200, NULL, "<html>sign in</html>", SAY, true},
    {"truncated-made", ON(CREATE), 1, 200, NULL, "{\"id\":\"102149373788", SAY, true},
    {"empty", ON(CREATE), 1, 204, NULL, "", SAY, false},
    {"empty-made", ON(CREATE), 1, 204, NULL, "", SAY, true},
    {"list-like", ON(CREATE), 1, 200, NULL, "[\"id\"]", SAY, false},
    {"idless", ON(CREATE), 1, 200, NULL, "{\"success\":true}", SAY, true},
    {"200-error", ON(CREATE), 0, 200, NULL,
     GRAPH_ERROR("368", "\"error_user_title\":\"Blocked\",\"error_user_msg\":\"You can't post.\""),
     SAY, false},
    {"reset-made", ON(CREATE), 1, 200, NULL, NULL, CUT, true},
    {"drop", ON(CREATE), 1, 200, NULL, "", DROP, false},
    {"drop-made", ON(CREATE), 1, 200, NULL, "", DROP, true},
    {"timeout", ON(CREATE), 1, 200, NULL, "", HANG, false},
    {"timeout-made", ON(CREATE), 1, 200, NULL, "", HANG, true},
    {"500-made", ON(CREATE), 1, 500, NULL, GRAPH_ERROR("1", "\"message\":\"Unknown\""), SAY, true},
    {"500", ON(CREATE), 2, 500, NULL, "<html>oops</html>", SAY, false},
    {"502", ON(CREATE), 2, 502, NULL, "", SAY, false},
    {"503", ON(CREATE), 2, 503, NULL, "unavailable", SAY, false},

    // the list is not to be had
    {"lost", ON(CREATE), 0, 200, NULL, "", DROP, true},
    {"lost", ON(LIST), 0, 400, NULL, GRAPH_ERROR("10", "\"message\":\"(#10) not for this app\""),
     SAY, false},
    {"lost-off", ON(CREATE), 0, 200, NULL, "", DROP, true},
    {"lost-off", ON(LIST), 0, 503, NULL, "", SAY, false},
    {"lost-once", ON(CREATE), 1, 200, NULL, "", DROP, true},
    {"lost-once", ON(LIST), 1, 400, NULL,
     GRAPH_ERROR("10", "\"message\":\"(#10) not for this app\""), SAY, false},

    // refusals that no retry mends
    {"expired", ALL, 0, 400, NULL,
     GRAPH_ERROR("190", "\"error_subcode\":463,\"message\":\"Error validating access token "
                        "$TOKEN: Session has expired\""),
     SAY, false},
    {"young", ON(CREATE), 0, 403, NULL,
     GRAPH_ERROR("200", "\"error_subcode\":1363120,\"error_user_title\":\"Not Eligible\","
                        "\"error_user_msg\":\"Your profile is too new.\""),
     SAY, false},
    {"followers", ON(CREATE), 0, 403, NULL,
     GRAPH_ERROR("200", "\"error_subcode\":1363144,\"error_user_msg\":\"100 followers needed.\""),
     SAY, false},
    {"permission", ON(CREATE), 0, 403, NULL,
     GRAPH_ERROR("200", "\"message\":\"(#200) Permissions error\""), SAY, false},
    {"invalid", ON(CREATE), 0, 400, NULL,
     GRAPH_ERROR("100", "\"message\":\"Invalid \\u001b[31mparameter\""), SAY, false},
    {"blocked", ON(CREATE), 0, 400, NULL,
     GRAPH_ERROR("368", "\"message\":\"The action is blocked\",\"error_user_msg\":\"Du er "
                        "sperret.\""),
     SAY, false},

    // what passes
    {"code-1", ON(CREATE), 2, 400, NULL, GRAPH_ERROR("1", "\"message\":\"m\""), SAY, false},
    {"code-2", ON(CREATE), 2, 400, NULL, GRAPH_ERROR("2", "\"message\":\"m\""), SAY, false},
    {"code-4", ON(CREATE), 2, 400, NULL, GRAPH_ERROR("4", "\"message\":\"m\""), SAY, false},
    {"code-17", ON(CREATE), 2, 400, NULL, GRAPH_ERROR("17", "\"message\":\"m\""), SAY, false},
    {"code-32", ON(CREATE), 2, 400, NULL, GRAPH_ERROR("32", "\"message\":\"m\""), SAY, false},
    {"code-613", ON(CREATE), 2, 400, NULL, GRAPH_ERROR("613", "\"message\":\"m\""), SAY, false},
    {"transient", ON(CREATE), 2, 400, NULL,
     GRAPH_ERROR("987", "\"message\":\"m\",\"is_transient\":true"), SAY, false},
    {"limit", ON(CREATE), 0, 400,
     "X-Business-Use-Case-Usage: {\"1234567890\":[{\"type\":\"pages\",\"call_count\":100,"
     "\"total_cputime\":25,\"total_time\":25,\"estimated_time_to_regain_access\":19}]}\r\n",
     GRAPH_ERROR("32", "\"message\":\"(#32) Page request limit reached\""), SAY, false},
    {"moody", ON(GET), 1, 500, NULL, "", SAY, false},

    // limits come near
    {"busy", ALL, 0, 200,
     "X-App-Usage: {\"call_count\":12,\"total_cputime\":95,\"total_time\":3}\r\n", NULL, SAY,
     false},
    {"calm", ALL, 0, 200,
     "X-App-Usage: {\"call_count\":12,\"total_cputime\":89,\"total_time\":3}\r\n", NULL, SAY,
     false},
    {"business", ALL, 0, 200,
     "X-Business-Use-Case-Usage: {\"1234567890\":[{\"type\":\"pages\",\"call_count\":1,"
     "\"total_cputime\":1,\"total_time\":99,\"estimated_time_to_regain_access\":7}]}\r\n",
     NULL, SAY, false},

    // ending
    {"end-500", ON(END), 2, 500, NULL, GRAPH_ERROR("2", "\"message\":\"m\""), SAY, false},
    {"end-500-done", ON(END), 1, 500, NULL, GRAPH_ERROR("2", "\"message\":\"m\""), SAY, true},
    {"end-gone", ON(END), 0, 400, NULL, GRAPH_ERROR("100", "\"message\":\"LIVE_VIDEO__NOT_EXIST\""),
     SAY, false},
    {"end-missing", ON(END) | ON(GET), 0, 400, NULL,
     GRAPH_ERROR("100", "\"error_subcode\":33,\"message\":\"Object does not exist\""), SAY, false},
    {"end-hidden", ON(END) | ON(GET), 0, 400, NULL,
     GRAPH_ERROR("100", "\"error_subcode\":33,\"message\":\"Object does not exist\""), SAY, false},
    {"end-hidden", ON(ME), 0, 200, NULL, "{\"id\":\"77\",\"name\":\"Kari\"}", SAY, false},
    {"end-refused", ON(END), 0, 403, NULL, GRAPH_ERROR("200", "\"message\":\"m\""), SAY, false},
    {"end-off", ON(END), 0, 503, NULL, "", SAY, false},

    // tokens
    {"person", ON(ME), 1, 400, NULL,
     GRAPH_ERROR("100", "\"message\":\"nonexisting field (category)\""), SAY, false},
    {"person", ON(ME), 0, 200, NULL, "{\"id\":\"77\",\"name\":\"Kari\"}", SAY, false},
    {"weak", ON(DEBUG), 0, 200, NULL,
     "{\"data\":{\"is_valid\":true,\"expires_at\":0,\"scopes\":[\"pages_show_list\","
     "\"pages_read_engagement\"]}}",
     SAY, false},
    {"closed", ON(DEBUG), 0, 400, NULL, GRAPH_ERROR("100", "\"message\":\"m\""), SAY, false},
};
_Static_assert(sizeof(rules) / sizeof(rules[0]) <= SCENARIO_RULES_MAX, "room for each rule");
