// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/word.h"

#include <ctype.h>
#include <string.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

static bool looks_like_language(const char *s)
{
    size_t n = 0;
    for (; s[n] >= 'a' && s[n] <= 'z'; n++)
        ;
    if (n < 2 || n > 3)
        return false;
    while (s[n] == '-') {
        size_t start = ++n;
        while (is_word(s[n]))
            n++;
        if (n - start < 2 || n - start > 8)
            return false;
    }
    return s[n] == '\0';
}

int word_language(const char *word, const struct node *n, struct err *e)
{
    if (!word || looks_like_language(word))
        return 0;
    return node_error(
        n, e, "write nb for bokmål, nn for nynorsk, se, smj or sma for Sámi, en for English",
        "\"%.40s\" is not the tag of a language", word);
}

int word_license(const char *word, const struct node *n, struct err *e)
{
    const char *p = word;
    while (p && (is_word(*p) || (*p && strchr(".+-", *p))))
        p++;
    if (!word || (*p == '\0' && p - word <= 128))
        return 0;
    return node_error(n, e, "write it as SPDX does, without blanks: CC-BY-4.0, NLOD-2.0",
                      "\"%.60s\" is not the name of a licence", word);
}

int word_email(const char *word, const struct node *n, struct err *e)
{
    const char *at = word ? strchr(word, '@') : NULL;
    bool good = !word;
    if (at)
        good = at > word && at[1] && !strchr(at + 1, '@') && strchr(at + 1, '.') &&
               !strpbrk(word, " <>\",;()");
    return good ? 0
                : node_error(n, e, "write it like podkast@example.org",
                             "\"%.60s\" is not an e-mail address", word);
}

int word_uuid(const char *word, const struct node *n, struct err *e)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    size_t i = 0;
    for (; word && shape[i] && word[i]; i++) {
        bool good = shape[i] == '-'
                        ? word[i] == '-'
                        : isxdigit((unsigned char)word[i]) && !(word[i] >= 'A' && word[i] <= 'F');
        if (!good)
            break;
    }
    if (!word || (shape[i] == '\0' && word[i] == '\0'))
        return 0;
    return node_error(n, e, "delete the line: then it is made from the address of the feed",
                      "\"%.60s\" is not a UUID in small letters", word);
}
