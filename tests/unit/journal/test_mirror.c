#include "../../fixture/folder.h"
#include "../unit.h"

#include "journal/mirror.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct cf_session session;

static struct cf_entry an_entry(void)
{
    cf_session_init(&session);
    session.identity = (struct cf_identity){"lab7", "c4", 1, 2};
    session.user = (char *)"ana";
    return (struct cf_entry){.number = 9,
                             .decision = 4,
                             .what = CF_WHAT_LOGOFF,
                             .policy = "idle",
                             .line = 17,
                             .session = &session,
                             .idle = CF_MINUTE,
                             .text = "idle for 1 minute"};
}

static void test_fields(void **state)
{
    (void)state;
    struct cf_entry entry = an_entry();
    struct cf_buffer datagram = {0};
    cf_mirror_compose(&entry, &datagram);
    assert_string_equal(datagram.data, "MESSAGE=logoff: ana, session c4: idle for 1 minute [idle]\n"
                                       "MESSAGE_ID=5d0c6a1fe3b94a722e1ae7c163069076\n"
                                       "PRIORITY=5\nSYSLOG_IDENTIFIER=curfew\n"
                                       "CURFEW_NUMBER=9\nCURFEW_WHAT=logoff\nCURFEW_DECISION=4\n"
                                       "CURFEW_POLICY=idle\nCURFEW_LINE=17\nCURFEW_HOST=lab7\n"
                                       "CURFEW_SESSION=c4\nCURFEW_USER=ana\n"
                                       "CURFEW_REASON=idle for 1 minute\nCURFEW_IDLE_USEC=60000000\n");
    cf_buffer_finish(&datagram);
}

/* What a user or a policy wrote cannot become a field of its own. */
static void test_line_feeds(void **state)
{
    (void)state;
    struct cf_entry entry = {.what = CF_WHAT_TELL, .text = "a\nPRIORITY=0\n"};
    struct cf_buffer datagram = {0};
    static const char expected[] = "CURFEW_TEXT\n\x0d\0\0\0\0\0\0\0a\nPRIORITY=0\n\n";
    cf_mirror_compose(&entry, &datagram);
    assert_memory_equal(datagram.data, "MESSAGE=tell: a PRIORITY=0 \n", 28);
    assert_memory_equal(datagram.data + datagram.length - sizeof expected + 1, expected, sizeof expected - 1);
    cf_buffer_finish(&datagram);
}

/* One id for each kind. */
static void test_ids(void **state)
{
    (void)state;
    char ids[CF_WHAT_COUNT][33];
    for (int what = 0; what < CF_WHAT_COUNT; what++) {
        struct cf_buffer datagram = {0};
        cf_mirror_compose(&(struct cf_entry){.what = (enum cf_what)what}, &datagram);
        assert_int_equal(sscanf(strstr(datagram.data, "MESSAGE_ID="), "MESSAGE_ID=%32[0-9a-f]\n", ids[what]),
                         1);
        assert_int_equal(strlen(ids[what]), 32);
        for (int other = 0; other < what; other++)
            assert_string_not_equal(ids[what], ids[other]);
        cf_buffer_finish(&datagram);
    }
}

static void test_socket(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    folder_make();
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", folder_path("socket"));
    struct cf_mirror *mirror = NULL;
    assert_int_equal(cf_mirror_create(address.sun_path, &mirror, NULL), CF_OK);
    const struct cf_journal *journal = cf_mirror_journal(mirror);
    struct cf_entry entry = an_entry();
    journal->write(journal->data, &entry, NULL, NULL); /* nobody listens */
    int listener = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    for (int i = 0; i < 10000; i++) /* nobody reads: what does not fit is dropped, at once */
        journal->write(journal->data, &entry, NULL, NULL);
    char datagram[1000] = "";
    assert_true(recv(listener, datagram, sizeof datagram - 1, 0) > 0);
    assert_non_null(strstr(datagram, "\nCURFEW_SESSION=c4\n"));
    (void)close(listener);
    cf_mirror_destroy(mirror);
    folder_drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_line_feeds),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
