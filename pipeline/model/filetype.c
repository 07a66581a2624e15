// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/filetype.h"

#include "base/arena.h"
#include "base/str.h"

// The first suffix that fits decides. Media types are those of presets/output/, named in the feed.
static const struct file_type types[] = {
    {"sitemap.xml", "application/xml; charset=utf-8", true, false},
    {".rss", "application/rss+xml; charset=utf-8", true, true},
    {".xml", "application/rss+xml; charset=utf-8", true, true}, // feeds, archives, those of a theme
    {".html", "text/html; charset=utf-8", true, true},          // transcripts are pages, too
    {"chapters.json", "application/json+chapters", true, true},
    {".json", "application/json", true, true},
    {".vtt", "text/vtt; charset=utf-8", false, true},
    {".srt", "application/x-subrip; charset=utf-8", false, true},
    {".ics", "text/calendar; charset=utf-8", false, false},
    {".txt", "text/plain; charset=utf-8", false, false},
    {".css", "text/css; charset=utf-8", false, false},
    {".js", "text/javascript; charset=utf-8", false, false},
    {".mp3", "audio/mpeg", false, false},
    {".m4a", "audio/x-m4a", false, false},
    {".opus", "audio/ogg", false, false},
    {".ogg", "audio/ogg", false, false},
    {".flac", "audio/flac", false, false},
    {".wav", "audio/wav", false, false},
    {".mp4", "video/mp4", false, false},
    {".m4v", "video/mp4", false, false},
    {".m4s", "video/iso.segment", false, false},
    {".m3u8", "application/vnd.apple.mpegurl", false, true},
    {".ts", "video/mp2t", false, false},
    {".png", "image/png", false, false},
    {".jpg", "image/jpeg", false, false},
    {".jpeg", "image/jpeg", false, false},
    {".webp", "image/webp", false, false},
    {".svg", "image/svg+xml", false, false},
    {".pdf", "application/pdf", false, false},
    {".zip", "application/zip", false, false},
};
static const struct file_type unknown = {"", "application/octet-stream", false, false};

const struct file_type *file_type_of(const char *path)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (str_ends(path, types[i].suffix))
            return &types[i];
    return &unknown;
}
