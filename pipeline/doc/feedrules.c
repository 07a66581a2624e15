// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/feedrules.h"

#include <string.h>

#include "base/arena.h"

const struct feed_rule feed_channel_rules[] = {
    {"", "title", FEED_REQUIRED, false, FEED_TEXT, NULL, "PSP-1 channel/title"},
    {"", "link", FEED_REQUIRED, false, FEED_URL, NULL, "PSP-1 channel/link"},
    {"", "description", FEED_REQUIRED, false, FEED_LONG, NULL, "PSP-1 channel/description"},
    {"", "language", FEED_REQUIRED, false, FEED_LANGUAGE, NULL, "PSP-1 channel/language"},
    {"", "pubDate", FEED_OPTIONAL, false, FEED_DATE, NULL, "RSS channel/pubDate"},
    {"", "lastBuildDate", FEED_OPTIONAL, false, FEED_DATE, NULL, "RSS channel/lastBuildDate"},
    {"", "copyright", FEED_OPTIONAL, false, FEED_COPYRIGHT, NULL, "PSP-1 channel/copyright"},
    {ITUNES, "category", FEED_REQUIRED, true, FEED_TEXT, "text", "PSP-1 channel/itunes:category"},
    {ITUNES, "explicit", FEED_REQUIRED, false, FEED_BOOL, NULL, "PSP-1 channel/itunes:explicit"},
    {ITUNES, "image", FEED_REQUIRED, false, FEED_URL, "href", "PSP-1 channel/itunes:image"},
    {ITUNES, "author", FEED_RECOMMENDED, false, FEED_TEXT, NULL, "PSP-1 channel/itunes:author"},
    {ITUNES, "owner", FEED_RECOMMENDED, false, FEED_ANY, NULL, "Spotify channel/itunes:owner"},
    {ITUNES, "type", FEED_OPTIONAL, false, FEED_SHOW_TYPE, NULL, "Apple channel/itunes:type"},
    {ITUNES, "new-feed-url", FEED_OPTIONAL, false, FEED_URL, NULL,
     "Apple channel/itunes:new-feed-url"},
    {ITUNES, "complete", FEED_OPTIONAL, false, FEED_YES, NULL, "Apple channel/itunes:complete"},
    {ITUNES, "block", FEED_OPTIONAL, false, FEED_YES, NULL, "Apple channel/itunes:block"},
    {PODCAST, "locked", FEED_RECOMMENDED, false, FEED_YES, NULL, "PSP-1 channel/podcast:locked"},
    {PODCAST, "guid", FEED_RECOMMENDED, false, FEED_UUID, NULL, "PSP-1 channel/podcast:guid"},
    {PODCAST, "medium", FEED_OPTIONAL, false, FEED_MEDIUM, NULL, "podcast channel/podcast:medium"},
    {PODCAST, "license", FEED_OPTIONAL, false, FEED_LICENSE, NULL,
     "podcast channel/podcast:license"},
    {PODCAST, "funding", FEED_OPTIONAL, true, FEED_URL, "url", "podcast channel/podcast:funding"},
    {PODCAST, "person", FEED_OPTIONAL, true, FEED_SHORT, NULL, "podcast channel/podcast:person"},
    {PODCAST, "location", FEED_OPTIONAL, true, FEED_SHORT, NULL,
     "podcast channel/podcast:location"},
    {PODCAST, "updateFrequency", FEED_OPTIONAL, false, FEED_SHORT, NULL,
     "podcast channel/podcast:updateFrequency"},
    {PODCAST, "txt", FEED_OPTIONAL, true, FEED_LONG, NULL, "podcast channel/podcast:txt"},
    {PODCAST, "image", FEED_OPTIONAL, true, FEED_URL, "href", "podcast channel/podcast:image"},
    {PODCAST, "trailer", FEED_OPTIONAL, true, FEED_URL, "url", "podcast channel/podcast:trailer"},
    {PODCAST, "block", FEED_OPTIONAL, true, FEED_YES, NULL, "podcast channel/podcast:block"},
    {PODCAST, "podroll", FEED_OPTIONAL, false, FEED_ANY, NULL, "podcast channel/podcast:podroll"},
    {PODCAST, "publisher", FEED_OPTIONAL, false, FEED_ANY, NULL,
     "podcast channel/podcast:publisher"},
    {0},
};

const struct feed_rule feed_item_rules[] = {
    {"", "title", FEED_REQUIRED, false, FEED_TEXT, NULL, "PSP-1 item/title"},
    {"", "enclosure", FEED_REQUIRED, false, FEED_URL, "url", "PSP-1 item/enclosure"},
    {"", "guid", FEED_REQUIRED, false, FEED_TEXT, NULL, "PSP-1 item/guid"},
    {"", "link", FEED_RECOMMENDED, false, FEED_URL, NULL, "PSP-1 item/link"},
    {"", "pubDate", FEED_RECOMMENDED, false, FEED_DATE, NULL, "PSP-1 item/pubDate"},
    {"", "description", FEED_RECOMMENDED, false, FEED_LONG, NULL, "PSP-1 item/description"},
    {ITUNES, "duration", FEED_RECOMMENDED, false, FEED_DURATION, NULL,
     "PSP-1 item/itunes:duration"},
    {ITUNES, "image", FEED_RECOMMENDED, false, FEED_URL, "href", "PSP-1 item/itunes:image"},
    {ITUNES, "explicit", FEED_RECOMMENDED, false, FEED_BOOL, NULL, "PSP-1 item/itunes:explicit"},
    {ITUNES, "episode", FEED_OPTIONAL, false, FEED_COUNT, NULL, "PSP-1 item/itunes:episode"},
    {ITUNES, "season", FEED_OPTIONAL, false, FEED_COUNT, NULL, "PSP-1 item/itunes:season"},
    {ITUNES, "episodeType", FEED_OPTIONAL, false, FEED_EPISODE_TYPE, NULL,
     "PSP-1 item/itunes:episodeType"},
    {ITUNES, "block", FEED_OPTIONAL, false, FEED_YES, NULL, "PSP-1 item/itunes:block"},
    {PODCAST, "transcript", FEED_RECOMMENDED, true, FEED_URL, "url",
     "PSP-1 item/podcast:transcript"},
    {PODCAST, "chapters", FEED_OPTIONAL, false, FEED_URL, "url", "podcast item/podcast:chapters"},
    {PODCAST, "person", FEED_OPTIONAL, true, FEED_SHORT, NULL, "podcast item/podcast:person"},
    {PODCAST, "location", FEED_OPTIONAL, true, FEED_SHORT, NULL, "podcast item/podcast:location"},
    {PODCAST, "license", FEED_OPTIONAL, false, FEED_LICENSE, NULL, "podcast item/podcast:license"},
    {PODCAST, "season", FEED_OPTIONAL, false, FEED_COUNT, NULL, "podcast item/podcast:season"},
    {PODCAST, "episode", FEED_OPTIONAL, false, FEED_NUMBER, NULL, "podcast item/podcast:episode"},
    {PODCAST, "txt", FEED_OPTIONAL, true, FEED_LONG, NULL, "podcast item/podcast:txt"},
    {PODCAST, "image", FEED_OPTIONAL, true, FEED_URL, "href", "podcast item/podcast:image"},
    {PODCAST, "alternateEnclosure", FEED_OPTIONAL, true, FEED_ANY, NULL,
     "podcast item/podcast:alternateEnclosure"},
    {PODCAST, "soundbite", FEED_OPTIONAL, true, FEED_NUMBER, "startTime",
     "podcast item/podcast:soundbite"},
    {PODCAST, "funding", FEED_OPTIONAL, true, FEED_URL, "url", "podcast item/podcast:funding"},
    {PODCAST, "socialInteract", FEED_OPTIONAL, true, FEED_TEXT, "protocol",
     "podcast item/podcast:socialInteract"},
    {MEDIA, "content", FEED_OPTIONAL, true, FEED_URL, "url", "Media RSS item/media:content"},
    {MEDIA, "thumbnail", FEED_OPTIONAL, true, FEED_URL, "url", "Media RSS item/media:thumbnail"},
    {0},
};

const struct feed_attr_rule feed_attr_rules[] = {
    {PODCAST, "transcript", "type", true, FEED_ANY, "podcast item/podcast:transcript"},
    {PODCAST, "transcript", "language", false, FEED_LANGUAGE, "podcast item/podcast:transcript"},
    {PODCAST, "chapters", "type", true, FEED_ANY, "podcast item/podcast:chapters"},
    {PODCAST, "person", "href", false, FEED_URL, "podcast podcast:person"},
    {PODCAST, "person", "img", false, FEED_URL, "podcast podcast:person"},
    {PODCAST, "location", "geo", false, FEED_GEO, "podcast podcast:location"},
    {PODCAST, "location", "osm", false, FEED_OSM, "podcast podcast:location"},
    {PODCAST, "location", "rel", false, FEED_PLACE_REL, "podcast podcast:location"},
    {PODCAST, "socialInteract", "uri", false, FEED_URL, "podcast item/podcast:socialInteract"},
    {PODCAST, "license", "url", false, FEED_URL, "podcast podcast:license"},
    {PODCAST, "soundbite", "duration", true, FEED_NUMBER, "podcast item/podcast:soundbite"},
    {PODCAST, "trailer", "pubdate", true, FEED_DATE, "podcast channel/podcast:trailer"},
    {PODCAST, "trailer", "type", false, FEED_TEXT, "podcast channel/podcast:trailer"},
    {PODCAST, "trailer", "length", false, FEED_COUNT, "podcast channel/podcast:trailer"},
    {PODCAST, "trailer", "season", false, FEED_COUNT, "podcast channel/podcast:trailer"},
    {PODCAST, "alternateEnclosure", "type", true, FEED_ANY,
     "podcast item/podcast:alternateEnclosure"},
    {PODCAST, "alternateEnclosure", "length", true, FEED_COUNT,
     "podcast item/podcast:alternateEnclosure"},
    {PODCAST, "locked", "owner", false, FEED_EMAIL, "podcast channel/podcast:locked"},
    {"", "enclosure", "type", true, FEED_TEXT, "RSS item/enclosure"},
    {"", "enclosure", "length", true, FEED_COUNT, "RSS item/enclosure"},
    {0},
};

const struct feed_rule feed_live_rules[] = {
    {"", "title", FEED_REQUIRED, false, FEED_TEXT, NULL, "podcast liveItem/title"},
    {"", "guid", FEED_REQUIRED, false, FEED_TEXT, NULL, "podcast liveItem/guid"},
    {"", "link", FEED_OPTIONAL, false, FEED_URL, NULL, "podcast liveItem/link"},
    {"", "description", FEED_RECOMMENDED, false, FEED_LONG, NULL, "podcast liveItem/description"},
    {"", "enclosure", FEED_RECOMMENDED, false, FEED_URL, "url", "podcast liveItem/enclosure"},
    {PODCAST, "alternateEnclosure", FEED_RECOMMENDED, true, FEED_ANY, NULL,
     "podcast liveItem/podcast:alternateEnclosure"},
    {PODCAST, "contentLink", FEED_REQUIRED, true, FEED_URL, "href",
     "podcast liveItem/podcast:contentLink"},
    {PODCAST, "person", FEED_OPTIONAL, true, FEED_SHORT, NULL, "podcast liveItem/podcast:person"},
    {PODCAST, "location", FEED_OPTIONAL, true, FEED_SHORT, NULL,
     "podcast liveItem/podcast:location"},
    {0},
};

const struct feed_attr_rule feed_live_attr_rules[] = {
    {PODCAST, "liveItem", "status", true, FEED_LIVE_STATUS, "podcast liveItem/status"},
    {PODCAST, "liveItem", "start", true, FEED_TIME, "podcast liveItem/start"},
    {PODCAST, "liveItem", "end", false, FEED_TIME, "podcast liveItem/end"},
    {"", "enclosure", "type", true, FEED_TEXT, "RSS item/enclosure"},
    {PODCAST, "alternateEnclosure", "type", true, FEED_ANY,
     "podcast liveItem/podcast:alternateEnclosure"},
    {PODCAST, "license", "url", false, FEED_URL, "podcast podcast:license"},
    {PODCAST, "location", "geo", false, FEED_GEO, "podcast podcast:location"},
    {0},
};

// Names of a namespace with a blank at either side of each; those of the second text are read by
// nobody any more.
static const struct {
    const char *ns, *known, *retired;
} names[] = {
    {ITUNES,
     " author block category complete duration email episode episodeType explicit image name "
     "new-feed-url order owner season title type applepodcastsverify summary subtitle ",
     " keywords isClosedCaptioned "},
    {PODCAST,
     " transcript locked funding chapters soundbite person location season episode trailer license "
     "alternateEnclosure source integrity guid value valueRecipient valueTimeSplit medium image "
     "liveItem contentLink socialInteract chat block txt remoteItem podroll updateFrequency "
     "podping "
     "publisher ",
     " images "},
};

static bool lists(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at++)
        if (at > list && at[-1] == ' ' && at[n] == ' ')
            return true;
    return false;
}

const char *feed_name_fault(const char *ns, const char *name)
{
    for (size_t i = 0; i < COUNT(names); i++) {
        if (strcmp(names[i].ns, ns) != 0 || lists(names[i].known, name))
            continue;
        return lists(names[i].retired, name)
                   ? "is read by nobody any more; leave it out"
                   : "is no element of this namespace: small and capital letters matter";
    }
    return NULL;
}
