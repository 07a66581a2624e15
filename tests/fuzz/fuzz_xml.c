// SPDX-License-Identifier: GPL-3.0-or-later
// Writing XML: any text makes a well-formed document.
#include "fuzz.h"

#include "base/xml.h"

FUZZ(xml)
{
    char *text = fuzz_text(data, size);
    struct xml x;
    struct str s;
    str_init(&s, STR_MAX);
    xml_init(&x, &s, 0);
    xml_open(&x, "a");
    xml_attr(&x, "b", text);
    xml_leaf(&x, "c", text);
    xml_open(&x, "d");
    xml_cdata(&x, text);
    xml_close(&x);
    xml_close(&x);
    FUZZ_HOLD(fuzz_is_xml(s.p, s.len));
    str_done(&s);
    free(text);
    return 0;
}
