#include "program/output/session_table.h"
#include "session/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct cf_session sample(const char *id, const char *user)
{
    struct cf_session session;
    cf_session_init(&session);
    session.identity.id = id;
    session.identity.host = "box";
    cf_session_set_string(&session, CF_FIELD_USER, user);
    cf_session_set_string(&session, CF_FIELD_TYPE, "tty");
    session.active = CF_TRI_YES;
    return session;
}

static void finish(struct cf_session *session)
{
    session->identity = (struct cf_identity){0};
    cf_session_finish(session);
}

static void shows_what_is_known(void **state)
{
    (void)state;
    struct cf_session_table table = {.zone = cf_zone_utc()};
    struct cf_session ana = sample("c4", "ana"), bob = sample("5", "bob");
    cf_session_set_string(&ana, CF_FIELD_REMOTE_HOST, "10.0.0.7");
    ana.last_input = (struct cf_mono){0};
    ana.logon = (struct cf_instant){0};
    bob.disconnected = CF_TRI_YES;
    struct cf_mono now = {5100 * CF_SECOND.us + 7};
    cf_session_table_add(&table, &ana, now);
    cf_session_table_add(&table, &bob, now);
    struct cf_buffer out = {0};
    cf_session_table_print(&table, 80, &out);
    assert_string_equal(out.data, "ID  USER  TYPE  FROM      STATE         IDLE     SINCE\n"
                                  "c4  ana   tty   10.0.0.7  active        1h25m    1970-01-01 00:00\n"
                                  "5   bob   tty   -         disconnected  unknown  unknown\n");
    cf_buffer_finish(&out);
    cf_session_table_finish(&table);
    finish(&ana);
    finish(&bob);
}

static void fits_eighty_columns(void **state)
{
    (void)state;
    struct cf_session_table table = {.zone = cf_zone_utc()};
    struct cf_session long_one = sample("a-long-session-id", "DOMAIN-OF-MANY/üser.with.a.long.name\033[31m");
    cf_session_set_string(&long_one, CF_FIELD_REMOTE_HOST, "workstation-with-a-long-name.example.org");
    cf_session_table_add(&table, &long_one, (struct cf_mono){0});
    struct cf_buffer out = {0};
    cf_session_table_print(&table, 80, &out);
    for (const char *line = out.data; *line; line += strcspn(line, "\n") + 1) {
        size_t columns = 0;
        for (const char *c = line; *c != '\n'; c++)
            columns += ((unsigned char)*c & 0xC0) != 0x80;
        assert_true(columns <= 80);
    }
    assert_null(strchr(out.data, '\033'));
    cf_buffer_clear(&out);
    cf_session_table_print(&table, 0, &out);
    assert_non_null(strstr(out.data, "workstation-with-a-long-name.example.org"));
    cf_buffer_finish(&out);
    cf_session_table_finish(&table);
    finish(&long_one);
}

static void json_names_every_field(void **state)
{
    (void)state;
    struct cf_session ana = sample("c4", "an\"a");
    static const char *const groups[] = {"staff", "lab", NULL};
    cf_session_set_list(&ana, CF_FIELD_GROUPS, groups);
    ana.uid = 1000;
    ana.last_input = (struct cf_mono){0};
    struct cf_buffer out = {0};
    cf_json_line(&out, cf_session_json(&ana, (struct cf_mono){1500000}));
    static const char *const holds[] = {
        "{\"host\":\"box\",\"id\":\"c4\",",
        "\"user\":\"an\\\"a\"",
        "\"groups\":[\"staff\",\"lab\"]",
        "\"uid\":1000",
        "\"idle\":1.5",
        "\"locked\":null",
        "\"active\":true",
        "\"programs\":null",
        "\"logon\":null",
    };
    for (size_t i = 0; i < sizeof holds / sizeof holds[0]; i++)
        assert_non_null(strstr(out.data, holds[i]));
    for (int field = 0; field < CF_FIELD_COUNT; field++)
        assert_non_null(strstr(out.data, cf_fields[field].name));
    cf_buffer_finish(&out);
    finish(&ana);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_what_is_known),
        cmocka_unit_test(fits_eighty_columns),
        cmocka_unit_test(json_names_every_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
