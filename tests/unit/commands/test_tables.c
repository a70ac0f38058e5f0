/* The tables to the byte: by the formats that were checked against captures, and as parsers cut them up. */
#include "commands/tables.h"

#include "../unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct cf_session session_of(const char *id, const char *user, const char *name)
{
    struct cf_session session;
    cf_session_init(&session);
    session.identity.id = id;
    session.identity.host = "box";
    cf_session_set_string(&session, CF_FIELD_USER, user);
    cf_session_set_string(&session, CF_FIELD_NAME, name);
    session.active = CF_TRI_YES;
    return session;
}

static void finish(struct cf_session *session)
{
    session->identity = (struct cf_identity){0};
    cf_session_finish(session);
}

static void idle_is_noted_as_windows_does(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *notation;
    } cases[] = {
        {0, "."},
        {59, "."},
        {60, "1"},
        {8 * 60, "8"},
        {3599, "59"},
        {3600, "1:00"},
        {55020, "15:17"},
        {86399, "23:59"},
        {86400, "1+00:00"},
        {90360, "1+01:06"},
        {8640000, "100+00:00"},
    };
    char out[CF_IDLE_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(cf_idle_notation(cf_seconds(cases[i].seconds), out), cases[i].notation);
    assert_string_equal(cf_idle_notation((struct cf_span){CF_UNKNOWN_US}, out), "none ");
}

/* Whatever the span, the notation says its whole minutes. */
static void idle_can_be_read_back(void **state)
{
    (void)state;
    uint64_t stream = 1;
    for (int i = 0; i < 20000; i++) {
        int64_t us = pick(&stream, INT64_C(1) << pick(&stream, 50)), minutes = us / CF_MINUTE.us, read = 0;
        char out[CF_IDLE_TEXT];
        const char *at = cf_idle_notation((struct cf_span){us}, out), *plus = strchr(at, '+'),
                   *colon = strchr(at, ':');
        if (strcmp(at, ".") != 0)
            read = (plus ? strtoll(at, NULL, 10) * 1440 : 0) +
                   (colon ? strtoll(plus ? plus + 1 : at, NULL, 10) * 60 + strtoll(colon + 1, NULL, 10)
                          : strtoll(at, NULL, 10));
        assert_int_equal(read, minutes);
    }
}

static void logon_is_noted_as_windows_does(void **state)
{
    (void)state;
    static const struct {
        const char *when, *notation;
    } cases[] = {
        {"2021-06-14 11:35", "6/14/2021 11:35 AM"}, {"2021-03-25 09:27:59", "3/25/2021 9:27 AM"},
        {"2023-08-03 13:21", "8/3/2023 1:21 PM"},   {"2024-12-31 00:00", "12/31/2024 12:00 AM"},
        {"2024-02-29 12:05", "2/29/2024 12:05 PM"}, {"2024-02-29 23:59:59.9", "2/29/2024 11:59 PM"},
    };
    char out[CF_LOGON_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cf_instant at;
        assert_int_equal(cf_instant_parse(cases[i].when, cf_zone_utc(), &at, NULL), CF_OK);
        assert_string_equal(cf_logon_notation(at, cf_zone_utc(), out), cases[i].notation);
    }
    assert_string_equal(cf_logon_notation((struct cf_instant){CF_UNKNOWN_US}, cf_zone_utc(), out), "");
}

static void states_are_windows_words(void **state)
{
    (void)state;
    struct cf_session session = session_of("1", "ana", "pts/1");
    assert_string_equal(cf_session_state(&session), "Active");
    session.active = CF_TRI_NO;
    assert_string_equal(cf_session_state(&session), "Disc");
    session.active = CF_TRI_UNKNOWN; /* nobody knows that she sits there */
    assert_string_equal(cf_session_state(&session), "Disc");
    session.active = session.disconnected = CF_TRI_YES;
    assert_string_equal(cf_session_state(&session), "Disc");
    session.closing = CF_TRI_YES;
    assert_string_equal(cf_session_state(&session), "Down");
    finish(&session);
    session = session_of("4", NULL, "console");
    assert_string_equal(cf_session_state(&session), "Conn");
    cf_session_set_string(&session, CF_FIELD_CLASS, "listener");
    assert_string_equal(cf_session_state(&session), "Listen");
    finish(&session);
}

static void word(uint64_t *stream, char *out, size_t most)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789#/:-";
    size_t length = 1 + (size_t)pick(stream, (int64_t)most);
    for (size_t i = 0; i < length; i++)
        out[i] = letters[pick(stream, (int64_t)sizeof letters - 1)];
    out[length] = '\0';
}

/* What fits its column is laid out as the formats of the captures have it. */
static void rows_are_as_the_formats(void **state)
{
    (void)state;
    uint64_t stream = 7;
    for (int i = 0; i < 2000; i++) {
        char user[32], name[32], id[8], idle[CF_IDLE_TEXT], logon[CF_LOGON_TEXT], expected[256];
        word(&stream, user, 20);
        word(&stream, name, 16);
        word(&stream, id, 3);
        struct cf_session session = session_of(id, user, name);
        cf_session_set_string(&session, CF_FIELD_TYPE, "tty");
        session.disconnected = cf_tri_of(pick(&stream, 2));
        session.logon.us = pick(&stream, INT64_C(1) << 51);
        session.last_input.us = pick(&stream, INT64_C(1) << 40);
        struct cf_table table = {.zone = cf_zone_utc(), .now = {INT64_C(1) << 40}};
        bool own = pick(&stream, 2), away = session.disconnected == CF_TRI_YES;
        (void)cf_idle_notation(cf_session_span(&session, CF_FIELD_IDLE, table.now), idle);
        (void)snprintf(expected, sizeof expected,
                       "%c%-20s  %-16s  %3s  %-6s  %9s  %s\n%c%-16s  %-20s  %5s  %-6s  %-10s  %s\n",
                       own ? '>' : ' ', user, away ? "" : name, id, away ? "Disc" : "Active", idle,
                       cf_logon_notation(session.logon, cf_zone_utc(), logon), own ? '>' : ' ',
                       away ? "" : name, user, id, away ? "Disc" : "Active", away ? "" : "tty", "");
        cf_table_user(&table, &session, own);
        cf_table_session(&table, &session, own);
        assert_string_equal(table.text.data, expected);
        cf_buffer_finish(&table.text);
        finish(&session);
    }
}

static void headings_are_as_captured(void **state)
{
    (void)state;
    struct cf_table table = {0};
    cf_table_user(&table, NULL, false);
    cf_table_session(&table, NULL, false);
    assert_string_equal(table.text.data,
                        " USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME\n"
                        " SESSIONNAME       USERNAME                 ID  STATE   TYPE        DEVICE\n");
    cf_buffer_finish(&table.text);
}

/* Characters from `from` on, `count` of them, without the blanks around: what a parser of fixed columns
 * takes. */
static void cut(const char *line, size_t from, size_t count, char out[128])
{
    size_t used = 0;
    for (; *line && from; from--)
        line += cf_utf8_length(line);
    for (; *line && *line != '\n' && count; count--) {
        size_t length = cf_utf8_length(line);
        if (used || *line != ' ') {
            memcpy(out + used, line, length);
            used += length;
        }
        line += length;
    }
    while (used && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
}

/* Whatever a user or a host is called, no column is pushed out of its place, and nothing starts a new line.
 */
static void columns_hold_whatever_there_is(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a",  "é", "漢", " ", "\n", "\033[31m", "\xff", "administrator",
                                         "\t", "~"};
    uint64_t stream = 3;
    for (int i = 0; i < 3000; i++) {
        char user[256] = "x", name[256] = "y", column[128];
        for (int64_t left = pick(&stream, 12); left > 0; left--) {
            (void)strcat(user, pieces[pick(&stream, 10)]);
            (void)strcat(name, pieces[pick(&stream, 10)]);
        }
        struct cf_session session = session_of("12", user, name);
        struct cf_table table = {.zone = cf_zone_utc(), .now = {0}};
        cf_table_user(&table, &session, false);
        cf_table_session(&table, &session, true);
        char *second = strchr(table.text.data, '\n') + 1;
        assert_ptr_equal(strchr(second, '\n') + 1, table.text.data + table.text.length);
        cut(table.text.data, 41, 3, column);
        assert_string_equal(column, "12");
        cut(table.text.data, 46, 6, column);
        assert_string_equal(column, "Active");
        cut(table.text.data, 54, 9, column);
        assert_string_equal(column, "none");
        cut(second, 41, 5, column);
        assert_string_equal(column, "12");
        cut(second, 48, 6, column);
        assert_string_equal(column, "Active");
        cf_buffer_finish(&table.text);
        finish(&session);
    }
}

static void what_is_cut_shows_it(void **state)
{
    (void)state;
    struct cf_session session = session_of("12345", "administrator-of-everything", "rdp-tcp#4294967296");
    struct cf_table table = {.zone = cf_zone_utc(), .now = {0}};
    cf_table_user(&table, &session, false);
    assert_string_equal(table.text.data,
                        " administrator-of-ev~  rdp-tcp#4294967~  12345  Active      none   \n");
    cf_buffer_finish(&table.text);
    finish(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idle_is_noted_as_windows_does),  cmocka_unit_test(idle_can_be_read_back),
        cmocka_unit_test(logon_is_noted_as_windows_does), cmocka_unit_test(states_are_windows_words),
        cmocka_unit_test(rows_are_as_the_formats),        cmocka_unit_test(headings_are_as_captured),
        cmocka_unit_test(columns_hold_whatever_there_is), cmocka_unit_test(what_is_cut_shows_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
