// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/sitemap.h"

#include <string.h>

#include "base/xml.h"
#include "doc/words.h"

// The room that the embedded player needs, as presets/site/style.css lays it out.
enum { FRAME_WIDTH = 640, FRAME_HEIGHT = 300 };

static void add_page(struct xml *x, const char *site, const char *path, const struct day *changed)
{
    struct str url, day;
    str_init(&url, STR_MAX);
    str_init(&day, 32);
    str_add(&url, site);
    str_add_url(&url, path);
    xml_open(x, "url");
    xml_leaf(x, "loc", url.p);
    if (changed) {
        str_addf(&day, "%04d-%02d-%02d", changed->year, changed->month, changed->day);
        xml_leaf(x, "lastmod", day.p);
    }
    xml_close(x);
    str_done(&url);
    str_done(&day);
}

void sitemap_xml(struct str *out, const struct site_facts *f, const char *const *paths, size_t n)
{
    struct xml x;
    str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml_init(&x, out, 0);
    xml_open(&x, "urlset");
    xml_attr(&x, "xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");
    for (size_t i = 0; i < n; i++)
        add_page(&x, f->show.site, paths[i], NULL);
    for (size_t i = 0; i < f->num_episodes; i++) {
        const struct fact_episode *ep = &f->episodes[i];
        struct day day = day_in_norway(ep->published_utc_s);
        struct str path;
        str_init(&path, STR_MAX);
        str_addf(&path, "episodes/%s/", ep->slug);
        add_page(&x, f->show.site, path.p, &day);
        str_done(&path);
    }
    xml_close(&x);
}

void sitemap_robots(struct str *out, const char *site)
{
    str_addf(out, "User-agent: *\nAllow: /\n\nSitemap: %ssitemap.xml\n", site);
}

static void add_address(struct str *out, const char *site, const char *before, const char *path,
                        const char *behind)
{
    str_add(out, site);
    str_add(out, before);
    str_add_url(out, path);
    str_add(out, behind);
}

static void put_thumbnail(struct json *o, const struct fact_show *show,
                          const struct fact_episode *ep)
{
    struct str url;
    if (!ep->cover || ep->cover_width <= 0)
        return;
    str_init(&url, STR_MAX);
    add_address(&url, show->site, "", ep->cover, "");
    json_put_text(o, "thumbnail_url", url.p);
    json_put_int(o, "thumbnail_width", ep->cover_width);
    json_put_int(o, "thumbnail_height", ep->cover_width);
    str_done(&url);
}

void sitemap_oembed(struct str *out, const struct fact_show *show, const struct fact_episode *ep)
{
    struct json *o = json_new_object();
    struct str html, url;
    str_init(&html, STR_MAX);
    str_init(&url, STR_MAX);
    add_address(&url, show->site, "episodes/", ep->slug, "/embed/index.html");
    str_add(&html, "<iframe src=\"");
    xml_escape(&html, url.p, true);
    str_addf(&html, "\" width=\"%d\" height=\"%d\" loading=\"lazy\" title=\"", FRAME_WIDTH,
             FRAME_HEIGHT);
    xml_escape(&html, ep->title, true);
    str_add(&html, "\"></iframe>");
    json_put_text(o, "version", "1.0");
    json_put_text(o, "type", "rich");
    json_put_text(o, "title", ep->title);
    json_put_text(o, "author_name", show->author);
    json_put_text(o, "author_url", show->site);
    json_put_text(o, "provider_name", show->title);
    json_put_text(o, "provider_url", show->site);
    put_thumbnail(o, show, ep);
    json_put_text(o, "html", html.p);
    json_put_int(o, "width", FRAME_WIDTH);
    json_put_int(o, "height", FRAME_HEIGHT);
    json_write(out, o, true);
    str_addc(out, '\n');
    str_done(&html);
    str_done(&url);
    json_free(o);
}
