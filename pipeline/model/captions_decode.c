// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/str.h"
#include "model/captions_read.h"

#include <string.h>

// Windows-1252 from 0x80 to 0x9F; 0: signs that captions in northern languages do not have. The
// upper half is that of Unicode.
static const unsigned short low[32] = {
    [0x00] = 0x20AC, [0x05] = 0x2026, [0x0A] = 0x0160, [0x0E] = 0x017D, [0x11] = 0x2018,
    [0x12] = 0x2019, [0x13] = 0x201C, [0x14] = 0x201D, [0x15] = 0x2022, [0x16] = 0x2013,
    [0x17] = 0x2014, [0x1A] = 0x0161, [0x1E] = 0x017E,
};
static const unsigned char nordic[] = "\xE6\xF8\xE5\xC6\xD8\xC5\xE4\xF6\xC4\xD6";
// Letters of the languages that are written so, and the usual signs. In the other one-byte
// encodings what is common is elsewhere: å is 0x86 in MS-DOS and 0x8C on old Macs.
static const unsigned char others[] = "\xC0\xC1\xC2\xC7\xC8\xC9\xCA\xCB\xCD\xCE\xCF\xD0\xD1\xD3\xD4"
                                      "\xDA\xDC\xDD\xDE\xDF\xE0\xE1\xE2\xE7\xE8\xE9\xEA\xEB\xED\xEE"
                                      "\xEF\xF0\xF1\xF3\xF4\xFA\xFB\xFC\xFD\xFE\xA0\xA7\xA9\xAB\xAD"
                                      "\xAE\xB0\xB2\xB4\xB7\xBB\xBC\xBD\xBE\xBF";

static unsigned from_1252(unsigned char c)
{
    if (c < 0x80)
        return c;
    if (c < 0xA0)
        return low[c - 0x80];
    return memchr(nordic, c, sizeof nordic - 1) || memchr(others, c, sizeof others - 1) ? c : 0;
}

static size_t sequence_bytes(unsigned char c)
{
    return c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 1;
}

// Nothing in it is UTF-8 beyond ASCII, every byte is a sign of Windows-1252, and one is a letter
// that tells.
static bool is_1252(const char *text, size_t len)
{
    bool told = false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x80)
            continue;
        size_t n = sequence_bytes(c), bad_at;
        if (n > 1 && n <= len - i && str_is_utf8(text + i, n, &bad_at))
            return false;
        if (!from_1252(c))
            return false;
        told |= memchr(nordic, c, sizeof nordic - 1) != NULL;
    }
    return told;
}

// False: not whole, or half a pair.
static bool decode_utf16(struct str *out, const unsigned char *p, size_t len, bool little)
{
    for (size_t i = 2; i < len; i += 2) {
        if (len - i < 2)
            return false;
        unsigned c = little ? p[i] | (unsigned)p[i + 1] << 8 : (unsigned)p[i] << 8 | p[i + 1];
        if (c >= 0xD800 && c < 0xDC00 && len - i >= 4) {
            unsigned d =
                little ? p[i + 2] | (unsigned)p[i + 3] << 8 : (unsigned)p[i + 2] << 8 | p[i + 3];
            if (d < 0xDC00 || d > 0xDFFF)
                return false;
            c = 0x10000 + ((c - 0xD800) << 10) + (d - 0xDC00);
            i += 2;
        } else if (c == 0 || (c >= 0xD800 && c < 0xE000)) {
            return false;
        }
        str_add_code(out, c);
    }
    return true;
}

const char *captions_decode(struct arena *a, const char **text, size_t *len)
{
    const unsigned char *p = (const unsigned char *)*text;
    bool little = *len >= 2 && p[0] == 0xFF && p[1] == 0xFE;
    bool big = *len >= 2 && p[0] == 0xFE && p[1] == 0xFF;
    const char *name = NULL;
    struct str s;
    str_init(&s, STR_MAX);
    if ((little || big) && decode_utf16(&s, p, *len, little))
        name = "UTF-16";
    if (!little && !big && strncmp(*text, "WEBVTT", *len < 6 ? *len : 6) != 0 &&
        !str_is_utf8(*text, *len, NULL) && is_1252(*text, *len)) {
        for (size_t i = 0; i < *len; i++)
            str_add_code(&s, from_1252(p[i]));
        name = "Windows-1252";
    }
    if (name) {
        *text = arena_strndup(a, s.p ? s.p : "", s.len);
        *len = s.len;
    }
    str_done(&s);
    return name;
}
