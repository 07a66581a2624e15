// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/rss_words.h"

#include "doc/markdown.h"

static void add_chapter_lines(struct str *out, const struct fact_episode *ep)
{
    if (ep->num_chapters < 2)
        return;
    str_add(out, "<p>");
    for (size_t i = 0; i < ep->num_chapters; i++) {
        char at[TICK_TEXT];
        tick_text(ep->chapters[i].start, at);
        str_addf(out, "%s%s ", i ? "<br/>\n" : "", at);
        xml_escape(out, ep->chapters[i].title, false);
    }
    str_add(out, "</p>\n");
}

static void add_paragraph(struct str *out, const char *text)
{
    if (!text)
        return;
    str_add(out, "<p>");
    xml_escape(out, text, false);
    str_add(out, "</p>\n");
}

static void add_page_link(struct str *out, const char *page)
{
    str_add(out, "<p><a href=\"");
    xml_escape(out, page, true);
    str_add(out, "\">");
    xml_escape(out, page, false);
    str_add(out, "</a></p>");
}

static int add_words(struct str *out, const struct fact_episode *ep, enum markdown_use use,
                     const char *page, struct err *e)
{
    add_paragraph(out, ep->summary);
    int r = ep->notes ? markdown_html(out, ep->notes, use, page, e) : 0;
    if (r < 0)
        return r;
    add_chapter_lines(out, ep);
    add_page_link(out, page);
    return 0;
}

// The whole of it where directories take that much, else the summary and as much of the chapters as
// fits.
static int add_description(struct str *out, const struct fact_episode *ep, const char *page,
                           struct err *e)
{
    int r = add_words(out, ep, MARKDOWN_FEED, page, e);
    if (r < 0 || out->len <= RSS_DESCRIPTION_MAX)
        return r;
    str_clear(out);
    add_paragraph(out, ep->summary);
    size_t without = out->len;
    add_chapter_lines(out, ep);
    add_page_link(out, page);
    if (out->len <= RSS_DESCRIPTION_MAX)
        return 0;
    out->len = without;
    out->p[without] = '\0';
    add_page_link(out, page);
    if (out->len <= RSS_DESCRIPTION_MAX)
        return 0;
    struct str cut; // a summary alone that is too long
    str_init(&cut, STR_MAX);
    str_add(&cut, ep->summary);
    str_clear(out);
    text_cut(&cut, RSS_DESCRIPTION_MAX / 5); // escaping may make five bytes of one
    add_paragraph(out, cut.p);
    str_done(&cut);
    return 0;
}

int rss_words(struct xml *x, const struct fact_episode *ep, const char *page, struct err *e)
{
    struct str s;
    str_init(&s, STR_MAX);
    int r = add_description(&s, ep, page, e);
    if (r >= 0) {
        xml_open(x, "description");
        xml_cdata(x, s.p);
        xml_close(x);
        str_clear(&s);
        r = add_words(&s, ep, MARKDOWN_PAGE, page, e);
    }
    if (r >= 0 && ep->notes) {
        xml_open(x, "content:encoded");
        xml_cdata(x, s.p);
        xml_close(x);
    }
    str_done(&s);
    return r;
}
