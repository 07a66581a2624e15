// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/gone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void each_server_is_told_the_whole_address(void **state)
{
    static const struct {
        const char *site, *htaccess, *nginx;
    } rows[] = {
        {"https://example.org/podkast/",
         "ErrorDocument 410 /podkast/episodes/2026-02-a/index.html\n",
         "location ^~ /podkast/media/2026-02-a/ { error_page 410 @gone-2026-02-a; return 410; }\n"},
        {"https://example.org/", "ErrorDocument 410 /episodes/2026-02-a/index.html\n",
         "location ^~ /kit/2026-02-a/ { error_page 410 @gone-2026-02-a; return 410; }\n"},
        {"http://localhost:8080/a/b/", "ErrorDocument 410 /a/b/episodes/2026-02-a/index.html\n",
         "location @gone-2026-02-a { try_files /a/b/episodes/2026-02-a/index.html =410; }\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str said, nginx;
        str_init(&said, 4096);
        str_init(&nginx, 4096);
        gone_htaccess(&said, rows[i].site, "2026-02-a");
        gone_nginx(&nginx, rows[i].site, "2026-02-a");
        assert_non_null(strstr(said.p, rows[i].htaccess));
        assert_non_null(strstr(nginx.p, rows[i].nginx));
        str_done(&said);
        str_done(&nginx);
    }
}

static void a_file_of_somebody_else_is_not_ours(void **state)
{
    struct str said;
    (void)state;
    str_init(&said, 4096);
    gone_htaccess(&said, "https://example.org/", "2026-02-a");
    assert_true(gone_is_ours(said.p));
    assert_false(gone_is_ours("RedirectMatch 410 \".\"\n"));
    assert_false(gone_is_ours(""));
    str_done(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_server_is_told_the_whole_address),
        cmocka_unit_test(a_file_of_somebody_else_is_not_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
