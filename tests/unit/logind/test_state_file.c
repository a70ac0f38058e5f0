/* What logind has written of a session is taken to the letter, or not at all. */
#include "logind/state_file.h"

#include "../../fixture/folder.h"
#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each on a line; what is needed comes first. */
static const char *const lines[] = {"UID=1000",
                                    "USER=ana",
                                    "ACTIVE=1",
                                    "STATE=closing",
                                    "REMOTE=1",
                                    "TYPE=tty",
                                    "CLASS=user",
                                    "SCOPE=session-7.scope",
                                    "LEADER=82",
                                    "REALTIME=1795990564765718",
                                    "MONOTONIC=245108734623",
                                    "TTY=pts/0",
                                    "REMOTE_HOST=127.0.0.1",
                                    "SERVICE=sshd",
                                    "SEAT=seat0",
                                    "DISPLAY=:3",
                                    "DESKTOP=none",
                                    "LEADER_PIDFDID=4711",
                                    "# This is private data. Do not parse.",
                                    "POSITION=0"};

enum { NEEDED = 11, KNOWN = 18, COUNT = sizeof lines / sizeof lines[0] };

/* All lines, but the one at `at` as `instead` (NULL: left out); COUNT: it comes last. */
static const char *file_with(size_t at, const char *instead)
{
    char text[4096] = "";
    for (size_t i = 0; i < COUNT; i++)
        if (i != at || instead)
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s\n",
                           i == at ? instead : lines[i]);
    if (at == COUNT)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s\n", instead);
    return folder_write("7", text);
}

static int read_it(struct cf_properties *properties, const char *id)
{
    char folder[FOLDER_PATH];
    (void)snprintf(folder, sizeof folder, "%s", folder_path(""));
    cf_properties_init(properties);
    return cf_state_file_read(properties, folder, id);
}

static int reading(const char *id)
{
    struct cf_properties properties;
    int code = read_it(&properties, id);
    cf_properties_finish(&properties);
    return code;
}

static void all_of_it_is_taken(void **state)
{
    (void)state;
    struct cf_properties properties;
    (void)file_with(COUNT, "UNHEARD=of");
    assert_int_equal(read_it(&properties, "7"), CF_OK);
    assert_string_equal(properties.id, "7");
    assert_string_equal(properties.name, "ana");
    assert_string_equal(properties.state, "closing");
    assert_string_equal(properties.class_, "user");
    assert_string_equal(properties.scope, "session-7.scope");
    assert_string_equal(properties.tty, "pts/0");
    assert_string_equal(properties.remote_host, "127.0.0.1");
    assert_string_equal(properties.service, "sshd");
    assert_string_equal(properties.seat, "seat0");
    assert_string_equal(properties.display, ":3");
    assert_string_equal(properties.desktop, "none");
    assert_int_equal(properties.uid, 1000);
    assert_int_equal(properties.leader, 82);
    assert_int_equal(properties.leader_pidfd, 4711);
    assert_int_equal(properties.logon, 1795990564765718);
    assert_int_equal(properties.logon_awake, 245108734623);
    assert_int_equal(properties.active, CF_TRI_YES);
    assert_int_equal(properties.remote, CF_TRI_YES);
    assert_int_equal(properties.locked, CF_TRI_UNKNOWN);
    assert_int_equal(properties.idle_hint, CF_TRI_UNKNOWN);
    cf_properties_finish(&properties);
}

static void what_is_needed_must_be_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        (void)file_with(i, NULL);
        assert_int_equal(reading("7"), i < NEEDED ? CF_FAILED : CF_OK);
    }
}

/* As where a terminal's name had a line feed in it. */
static void nothing_is_said_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        (void)file_with(COUNT, lines[i]);
        assert_int_equal(reading("7"), i < KNOWN ? CF_FAILED : CF_OK);
    }
}

static void what_is_said_otherwise_is_not_taken(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        const char *instead;
    } others[] = {{0, "UID=-1"},
                  {0, "UID="},
                  {0, "UID=0x10"},
                  {0, "UID=1000 "},
                  {0, "UID=9999999999999999999"},
                  {1, "USER=\"ana\""},
                  {1, "USER=an a"},
                  {1, "USER=an\\141"},
                  {1, "USER=$ana"},
                  {1, "USER=\xc3\xa9"},
                  {2, "ACTIVE=yes"},
                  {2, "ACTIVE=11"},
                  {4, "REMOTE="},
                  {5, "TYPE=x11"},
                  {5, "TYPE=unspecified"},
                  {10, "MONOTONIC=0"},
                  {12, "REMOTE_HOST='x'"},
                  {18, "no such thing"},
                  {18, ""}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        (void)file_with(others[i].at, others[i].instead);
        assert_int_equal(reading("7"), CF_FAILED);
    }
}

static void nothing_else_is_a_file_of_its(void **state)
{
    (void)state;
    char path[FOLDER_PATH], text[8192];
    (void)snprintf(path, sizeof path, "%s", file_with(COUNT, "LAST=1"));
    assert_int_equal(reading("7"), CF_OK);
    assert_int_equal(reading("8"), CF_FAILED);
    assert_int_equal(reading(""), CF_FAILED);
    assert_int_equal(reading("."), CF_FAILED);
    assert_int_equal(reading("./7"), CF_FAILED);
    assert_int_equal(symlink(path, folder_path("link")), 0);
    assert_int_equal(reading("link"), CF_FAILED);
    assert_int_equal(mkfifo(folder_path("fifo"), 0600), 0);
    assert_int_equal(reading("fifo"), CF_FAILED);
    assert_int_equal(truncate(path, 200), 0); /* not to its end */
    assert_int_equal(reading("7"), CF_FAILED);
    (void)snprintf(text, sizeof text, "DEVICES=%05000d", 0); /* more than a terminal's has */
    (void)file_with(COUNT, "LAST=1");
    FILE *file = fopen(path, "a");
    assert_true(file && fprintf(file, "%s\n", text) > 0 && fclose(file) == 0);
    assert_int_equal(reading("7"), CF_FAILED);
    (void)folder_write_bytes("7", "UID=1000\0\n", 10);
    assert_int_equal(reading("7"), CF_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it_is_taken),
        cmocka_unit_test(what_is_needed_must_be_there),
        cmocka_unit_test(nothing_is_said_twice),
        cmocka_unit_test(what_is_said_otherwise_is_not_taken),
        cmocka_unit_test(nothing_else_is_a_file_of_its),
    };
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
