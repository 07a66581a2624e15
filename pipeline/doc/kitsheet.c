// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/kitsheet.h"

#include <string.h>

#include "doc/lettering.h"
#include "doc/words.h"

struct builder {
    struct arena *a;
    const struct json *strings;
    struct sheet *s;
    const char *lang; // of what is added; NULL: the sheet's
};

const char *kit_word(const struct json *strings, const char *key)
{
    return words_get(&(struct words){strings, NULL}, key);
}

const char *kit_when(struct arena *a, const struct json *strings, const struct fact_episode *ep)
{
    struct words w = {strings, NULL};
    struct str s;
    str_init(&s, STR_MAX);
    if (ep->number > 0)
        str_addf(&s, "%s %lld · ", words_get(&w, "episode"), (long long)ep->number);
    words_date(&s, &w, ep->published_utc_s);
    const char *text = arena_strdup(a, s.p);
    str_done(&s);
    return text;
}

const char *kit_theme_words(struct arena *a, const struct json *strings, const char *theme)
{
    return theme ? arena_printf(a, "%s: %s", kit_word(strings, "theme"), theme) : NULL;
}

const char *kit_url(struct arena *a, const struct fact_show *show, const struct fact_episode *ep)
{
    return arena_printf(a, "%sepisodes/%s/", show->site, ep->slug);
}

const char *kit_typed(struct arena *a, const char *url)
{
    const char *begin = strstr(url, "://");
    begin = begin ? begin + 3 : url;
    size_t len = strlen(begin);
    while (len > 0 && begin[len - 1] == '/')
        len--;
    return arena_strndup(a, begin, len);
}

const char *kit_license(const struct fact_show *show, const struct fact_episode *ep,
                        const char **ret_url)
{
    const char *id = ep && ep->license ? ep->license : show->license;
    const struct license *known = license_find(id);
    *ret_url = known ? known->url : NULL;
    return known ? known->name : id;
}

static const char *word(const struct builder *b, const char *key)
{
    return kit_word(b->strings, key);
}

static void add(const struct builder *b, enum block_kind kind, const char *lead, const char *text)
{
    if (!lettering_blank(text))
        sheet_add(b->a, b->s, &(struct sheet_block){.kind = kind, .lead = lead, .text = text});
}

// ---- lists of resources

enum group { GROUP_TOOLS, GROUP_NEEDS, GROUP_OFFERS, GROUP_PEOPLE, GROUPS };
static const struct {
    const char *kind;
    enum group group;
} groups[] = {{"need", GROUP_NEEDS}, {"offer", GROUP_OFFERS}, {"contact", GROUP_PEOPLE}};

static enum group group_of(const struct fact_resource *r)
{
    for (size_t i = 0; i < COUNT(groups); i++)
        if (str_same(r->kind, groups[i].kind))
            return groups[i].group;
    return GROUP_TOOLS;
}

static void add_resource(const struct builder *b, const struct fact_resource *r, bool placed)
{
    const char *url = r->url;
    const char *kind = r->kind && group_of(r) == GROUP_TOOLS
                           ? word(b, arena_printf(b->a, "kind-%s", r->kind))
                           : NULL;
    struct str lead;
    str_init(&lead, STR_MAX);
    lettering_join(&lead, kind, placed ? r->place.name : NULL);
    if (!url && r->contact)
        url = arena_printf(b->a, "mailto:%s", r->contact);
    else if (r->contact) {
        str_add(&lead, lead.len ? " · " : "");
        str_add(&lead, r->contact);
    }
    sheet_add(b->a, b->s,
              &(struct sheet_block){.kind = BLOCK_ENTRY,
                                    .lang = b->lang,
                                    .text = r->title,
                                    .lead = lead.len ? arena_strdup(b->a, lead.p) : NULL,
                                    .note = r->text,
                                    .url = url});
    str_done(&lead);
}

static size_t count_group(const struct fact_episode *ep, enum group g)
{
    size_t n = 0;
    for (size_t i = 0; i < ep->num_resources; i++)
        n += group_of(&ep->resources[i]) == g;
    return n;
}

static void add_group(const struct builder *b, const struct fact_episode *ep, enum group g)
{
    for (size_t i = 0; i < ep->num_resources; i++)
        if (group_of(&ep->resources[i]) == g)
            add_resource(b, &ep->resources[i], true);
}

// ---- the sheet of an episode

static void add_list(const struct builder *b, const char *heading, enum block_kind kind,
                     const char *const *items, size_t n)
{
    if (n)
        sheet_heading(b->a, b->s, heading);
    for (size_t i = 0; i < n; i++)
        add(b, kind, NULL, items[i]);
}

static void add_minute(struct str *s, const struct builder *b, bool clock, int64_t min)
{
    if (clock)
        str_addf(s, "%02lld%s%02lld", (long long)(min / 60 % 24), word(b, "clockPoint"),
                 (long long)(min % 60));
    else
        str_addf(s, "%lld", (long long)min);
}

// "18.00–18.15", or "0–15 min" where nobody knows when it begins.
static void add_programme(const struct builder *b, const struct kit_facts *k)
{
    if (k->num_points)
        sheet_heading(b->a, b->s, word(b, "programme"));
    for (size_t i = 0; i < k->num_points; i++) {
        const struct kit_moment *m = &k->points[i];
        struct str when;
        str_init(&when, 64);
        add_minute(&when, b, k->clock, m->from_min);
        if (m->to_min >= 0) {
            str_add(&when, "–");
            add_minute(&when, b, k->clock, m->to_min);
        }
        str_add(&when, k->clock ? "" : " min");
        add(b, BLOCK_TIME, arena_strdup(b->a, when.p), m->title);
        str_done(&when);
    }
}

static void add_tools(const struct builder *b, const struct fact_episode *ep,
                      const struct kit_facts *k)
{
    if (k->num_links + count_group(ep, GROUP_TOOLS))
        sheet_heading(b->a, b->s, word(b, "tools"));
    add_group(b, ep, GROUP_TOOLS);
    for (size_t i = 0; i < k->num_links; i++)
        sheet_add(b->a, b->s,
                  &(struct sheet_block){
                      .kind = BLOCK_ENTRY, .text = k->links[i].title, .url = k->links[i].url});
}

static void add_contact(const struct builder *b, const struct fact_episode *ep,
                        const struct kit_facts *k)
{
    const struct fact_person *c = &k->contact;
    if (c->name || count_group(ep, GROUP_PEOPLE))
        sheet_heading(b->a, b->s, word(b, "contact"));
    if (c->name) {
        const char *parts[] = {c->role, c->place.name, k->phone};
        struct str lead;
        str_init(&lead, STR_MAX);
        for (size_t i = 0; i < COUNT(parts); i++)
            if (!lettering_blank(parts[i]))
                str_addf(&lead, "%s%s", lead.len ? " · " : "", parts[i]);
        sheet_add(b->a, b->s,
                  &(struct sheet_block){.kind = BLOCK_ENTRY,
                                        .text = c->name,
                                        .lead = lead.len ? arena_strdup(b->a, lead.p) : NULL,
                                        .url = k->email ? arena_printf(b->a, "mailto:%s", k->email)
                                                        : NULL});
        str_done(&lead);
    }
    add_group(b, ep, GROUP_PEOPLE);
}

static const char *line_of(const struct builder *b, const struct fact_episode *ep)
{
    struct str s;
    str_init(&s, STR_MAX);
    lettering_join(&s, kit_theme_words(b->a, b->strings, ep->theme),
                   kit_when(b->a, b->strings, ep));
    for (size_t i = 0; i < ep->num_guests; i++) {
        const struct fact_person *g = &ep->guests[i];
        str_add(&s, " · ");
        str_add(&s, g->name);
        str_add(&s, g->place.name ? ", " : "");
        str_add(&s, g->place.name);
    }
    const char *text = arena_strdup(b->a, s.p);
    str_done(&s);
    return text;
}

static const char *foot_of(const struct builder *b, const struct fact_show *show,
                           const struct fact_episode *ep)
{
    const char *url, *license = kit_license(show, ep, &url);
    return arena_printf(b->a, "%s%s%s%s%s%s", show->title, show->author ? " · " : "",
                        show->author ? show->author : "", license ? " · " : "",
                        license ? word(b, "license") : "",
                        license ? arena_printf(b->a, ": %s", license) : "");
}

void kit_sheet(struct arena *a, const struct kit_source *from, const struct fact_episode *ep,
               const struct kit_facts *k, struct sheet *ret)
{
    struct builder b = {a, from->strings, ret, NULL};
    *ret = (struct sheet){.language = ep->language,
                          .show = from->show->title,
                          .title = ep->title,
                          .line = line_of(&b, ep),
                          .author = from->show->author,
                          .date_utc_s = ep->published_utc_s,
                          .goals = ep->goals,
                          .num_goals = ep->num_goals,
                          .theme = kit_theme_words(a, from->strings, ep->theme),
                          .hear = word(&b, "hear"),
                          .url = kit_url(a, from->show, ep),
                          .foot = foot_of(&b, from->show, ep)};
    ret->address = kit_typed(a, ret->url);
    const char *summary = k->summary ? k->summary : ep->summary;
    if (!lettering_blank(summary)) {
        sheet_heading(a, ret, word(&b, "about"));
        add(&b, BLOCK_TEXT, NULL, summary);
    }
    add_list(&b, word(&b, "facts"), BLOCK_BULLET, k->facts, k->num_facts);
    add_list(&b, word(&b, "questions"), BLOCK_NUMBER, k->questions, k->num_questions);
    add_programme(&b, k);
    add_tools(&b, ep, k);
    if (count_group(ep, GROUP_NEEDS))
        sheet_heading(a, ret, word(&b, "needs"));
    add_group(&b, ep, GROUP_NEEDS);
    if (count_group(ep, GROUP_OFFERS))
        sheet_heading(a, ret, word(&b, "offers"));
    add_group(&b, ep, GROUP_OFFERS);
    add_contact(&b, ep, k);
}

// ---- the sheet of a theme

static void add_episodes(const struct builder *b, const struct fact_show *show,
                         const struct kit_theme *t)
{
    sheet_heading(b->a, b->s, word(b, "episodes"));
    for (size_t i = 0; i < t->num_episodes; i++) {
        const struct fact_episode *ep = &t->episodes[i];
        struct str lead;
        str_init(&lead, STR_MAX);
        str_add(&lead, kit_when(b->a, b->strings, ep));
        const struct fact_place *places[8];
        size_t n = facts_places(ep, places, COUNT(places));
        for (size_t k = 0; k < n; k++)
            str_addf(&lead, "%s%s", k ? ", " : " · ", places[k]->name);
        sheet_add(b->a, b->s,
                  &(struct sheet_block){.kind = BLOCK_ENTRY,
                                        .text = ep->title,
                                        .lead = arena_strdup(b->a, lead.p),
                                        .note = ep->summary,
                                        .lang = ep->language,
                                        .url = kit_url(b->a, show, ep)});
        str_done(&lead);
    }
}

// One group over all episodes, municipality by municipality in the order of their names; those that
// say none come last.
static void gather(const struct builder *b, const struct kit_theme *t, enum group g,
                   const char *heading)
{
    const char *last = NULL;
    bool any = false;
    for (bool placed = true;;) {
        const char *next = NULL;
        for (size_t i = 0; placed && i < t->num_episodes; i++)
            for (size_t k = 0; k < t->episodes[i].num_resources; k++) {
                const struct fact_resource *r = &t->episodes[i].resources[k];
                const char *name = group_of(r) == g ? r->place.name : NULL;
                if (name && (!last || strcmp(name, last) > 0) && (!next || strcmp(name, next) < 0))
                    next = name;
            }
        placed = next != NULL;
        bool open = false;
        for (size_t i = 0; i < t->num_episodes; i++)
            for (size_t k = 0; k < t->episodes[i].num_resources; k++) {
                const struct fact_resource *r = &t->episodes[i].resources[k];
                if (group_of(r) != g || !str_same(r->place.name, next))
                    continue;
                if (!any)
                    sheet_heading(b->a, b->s, heading);
                if (!open)
                    add(b, BLOCK_UNDER, NULL, next ? next : any ? word(b, "elsewhere") : NULL);
                any = open = true;
                struct builder of = *b;
                of.lang = t->episodes[i].language;
                add_resource(&of, r, false);
            }
        if (!next)
            break;
        last = next;
    }
}

void kit_theme_sheet(struct arena *a, const struct kit_source *from, const struct kit_theme *t,
                     struct sheet *ret)
{
    struct builder b = {a, from->strings, ret, NULL};
    *ret = (struct sheet){.language = from->show->language,
                          .show = from->show->title,
                          .title = kit_theme_words(a, from->strings, t->title),
                          .author = from->show->author,
                          .date_utc_s = t->date_utc_s,
                          .theme = kit_theme_words(a, from->strings, t->title),
                          .hear = word(&b, "hearAll"),
                          .url = from->show->site,
                          .foot = foot_of(&b, from->show, NULL)};
    ret->address = kit_typed(a, ret->url);
    add_episodes(&b, from->show, t);
    gather(&b, t, GROUP_NEEDS, word(&b, "needs"));
    gather(&b, t, GROUP_OFFERS, word(&b, "offers"));
    gather(&b, t, GROUP_TOOLS, word(&b, "tools"));
    gather(&b, t, GROUP_PEOPLE, word(&b, "contact"));
}
