/* What a listing asks of logind: each session once, and none that nobody wants to see. */
#include "fake_logind.h"

#include "../../fixture/folder.h"
#include "logind/sources.h"

#define BEGUN     ((struct cf_mono){1}) /* long before everything */
#define NAME      CF_FIELD_BIT(CF_FIELD_LOCKED)
#define IDLE      CF_FIELD_BIT(CF_FIELD_IDLE)
#define ANEW      ((struct cf_mono){0})
#define OLD_BIRTH 1000000

static void two_people(bool fuller)
{
    fake.fuller = fuller;
    static const struct fake_session people[] = {
        {.id = "c7", .user = "ana", .class_ = "user", .type = "tty", .uid = 1000, .born = OLD_BIRTH},
        {.id = "c8", .user = "ben", .class_ = "user", .type = "tty", .uid = 1001, .born = OLD_BIRTH},
        {.id = "c9", .user = "ana", .class_ = "manager", .uid = 1000, .born = OLD_BIRTH},
    };
    fake.count = sizeof people / sizeof people[0];
    memcpy(fake.sessions, people, sizeof people);
}

static unsigned reads(void)
{
    unsigned sum = 0;
    for (size_t i = 0; i < fake.count; i++)
        sum += fake.sessions[i].reads;
    return sum;
}

static void each_is_read_once(void **state)
{
    (void)state;
    for (int which = 0; which < 3; which++) {
        two_people(which == 0);
        fake.refusal =
            which == 1 ? SD_BUS_ERROR_ACCESS_DENIED : NULL; /* as the bus does to who is not root */
        fake_open((struct cf_logind_setup){0});
        assert_int_equal(fake.listings, 1);
        assert_int_equal(fake.seen, 3);
        assert_int_equal(reads(), 3);
        fake_ask(CF_ACTION_REFRESH, "c7", OLD_BIRTH, NAME | IDLE, BEGUN); /* what the listing read will do */
        assert_int_equal(fake.completion.code, CF_OK);
        assert_int_equal(reads(), 3);
        fake_ask(CF_ACTION_REFRESH, "c7", OLD_BIRTH + 1, NAME, BEGUN);
        assert_int_equal(fake.completion.code, CF_GONE); /* it is not the one that is meant */
        fake_ask(CF_ACTION_REFRESH, "c7", OLD_BIRTH, NAME, cf_mono_add(cf_loop_now(fake.loop), CF_SECOND));
        assert_int_equal(reads(), 4 + 1); /* it is too old, and the stranger's was no session's */
        fake_ask(CF_ACTION_REFRESH, "c7", OLD_BIRTH, NAME, ANEW);
        assert_int_equal(reads(), 5 + 1);
        fake_close();
    }
}

/* One message a session, whatever is read of them all, and two more: the listing, and who inhibits. */
static void a_listing_takes_a_message_a_session(void **state)
{
    (void)state;
    static const uint64_t all = CF_FIELDS_ALL & ~CF_FIELD_BIT(CF_FIELD_GROUPS);
    static const char *const ids[] = {"c7", "c8"};
    two_people(true);
    fake_open((struct cf_logind_setup){.people = true, .once = true});
    for (size_t i = 0; i < 2; i++) {
        fake_ask(CF_ACTION_REFRESH, ids[i], OLD_BIRTH, all, BEGUN);
        assert_int_equal(fake.completion.code, CF_OK);
        assert_int_equal(fake.inhibited, cf_tri_of(i == 1)); /* by ben's film */
    }
    assert_int_equal(fake.calls, 1 + 2 + 1);
    fake_ask(CF_ACTION_REFRESH, "c8", OLD_BIRTH, all, ANEW); /* an engine's, which is of its moment */
    assert_int_equal(fake.calls, 1 + 2 + 1 + 2);
    fake_close();
}

/* A command that lists says hello, and asks; who acts, hears what comes of it. */
static void who_only_lists_hears_nothing(void **state)
{
    (void)state;
    for (int once = 0; once < 2; once++) {
        two_people(true);
        fake_open((struct cf_logind_setup){.once = once});
        assert_int_equal(fake.bus_calls, once ? 1 : 1 + 3);
        fake_ask(CF_ACTION_REFRESH, "c7", OLD_BIRTH, IDLE, BEGUN);
        assert_int_equal(fake.bus_calls, once ? 1 : 1 + 3);
        for (int i = 0; i < 2; i++) {
            fake_ask(CF_ACTION_LOCK, "c7", OLD_BIRTH, 0, ANEW);
            assert_int_equal(fake.completion.code, CF_OK);
            assert_int_equal(fake.bus_calls, 1 + 3);
        }
        fake_close();
    }
}

/* Of a thousand sessions that are held all is asked once a minute, and logind has nothing to say to it. */
static void what_processes_tell_is_not_asked_of_logind(void **state)
{
    (void)state;
    static const uint64_t fields =
        CF_FIELD_BIT(CF_FIELD_PROGRAMS) | CF_FIELD_BIT(CF_FIELD_CPU) | CF_FIELD_BIT(CF_FIELD_LANGUAGE);
    two_people(true);
    fake_open((struct cf_logind_setup){0});
    unsigned before = fake.calls;
    fake_ask(CF_ACTION_REFRESH, "c7", OLD_BIRTH, fields, ANEW);
    assert_int_equal(fake.completion.code, CF_OK);
    assert_int_equal(fake.calls, before);
    fake_ask(CF_ACTION_REFRESH, "c7", OLD_BIRTH, fields | CF_FIELD_BIT(CF_FIELD_CLOSING), ANEW);
    assert_int_equal(fake.calls, ++before);
    fake_ask(CF_ACTION_REFRESH, "c7", OLD_BIRTH + 1, fields, ANEW); /* not the one that is meant */
    assert_int_equal(fake.completion.code, CF_GONE);
    fake_close();
}

static void what_is_about_no_session(void **state)
{
    (void)state;
    two_people(true);
    fake_open((struct cf_logind_setup){0});
    fake_ask(CF_ACTION_LIST, NULL, 0, 0, ANEW);
    assert_int_equal(fake.completion.code, CF_OK);
    assert_int_equal(fake.listings, 2);
    fake_close();
}

static void managers_are_left_out_where_asked(void **state)
{
    (void)state;
    two_people(true);
    fake_open((struct cf_logind_setup){.people = true});
    assert_int_equal(fake.seen, 2);
    assert_int_equal(fake_session("c9")->reads, 0);
    fake_close();
    two_people(true);
    fake_open((struct cf_logind_setup){.people = true, .only = "c9"}); /* which somebody names */
    assert_int_equal(fake.seen, 1);
    assert_int_equal(fake_session("c9")->reads, 1);
    fake_close();
}

/* By its id it is read without a listing of all: who is logged on, and it. A word that is a user's name, in
 * whatever case, is looked for among all. */
static void one_that_is_named_is_read_alone(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        unsigned reads[2], listings, calls;
    } words[] = {{"c7", {1, 0}, 0, 2},
                 {"c77", {0, 0}, 0, 2},
                 {"ben", {0, 1}, 1, 3},
                 {"BEN", {0, 1}, 1, 3},
                 {"c8", {0, 1}, 0, 2}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        two_people(true);
        fake_open((struct cf_logind_setup){.only = words[i].word});
        assert_int_equal(fake_session("c7")->reads, words[i].reads[0]);
        assert_int_equal(fake_session("c8")->reads, words[i].reads[1]);
        assert_int_equal(fake.listings, words[i].listings);
        assert_int_equal(fake.calls, words[i].calls);
        assert_int_equal(fake.seen, words[i].reads[0] + words[i].reads[1]);
        fake_close();
    }
}

/* Who reads "c8" has to find both, and say so. */
static void a_user_may_be_called_as_ids_are(void **state)
{
    (void)state;
    two_people(true);
    fake_session("c7")->user = "c8";
    fake_open((struct cf_logind_setup){.only = "c8"});
    assert_int_equal(fake.seen, 2);
    fake_close();
}

/* Whose terminals cannot be found yet: others look again a second later. */
static void nobody_who_lists_waits_for_a_young_one(void **state)
{
    (void)state;
    two_people(true);
    fake.sessions[0].born = uv_hrtime() / 1000;
    int64_t birth = (int64_t)fake.sessions[0].born;
    fake_open((struct cf_logind_setup){0});
    fake_ask(CF_ACTION_REFRESH, "c7", birth, IDLE, BEGUN);
    assert_int_equal(fake_session("c7")->reads, 1);
    fake_close();
}

/* An id may be given to somebody else in the same microsecond: then their leaders are two. */
static void the_leader_is_a_part_of_birth(void **state)
{
    (void)state;
    two_people(true);
    fake_session("c7")->pidfd = 4711;
    fake.count = 1;
    fake_open((struct cf_logind_setup){0});
    int64_t birth = fake.birth;
    assert_true(birth > 0 && birth != OLD_BIRTH);
    fake_ask(CF_ACTION_REFRESH, "c7", birth, NAME, ANEW);
    assert_int_equal(fake.completion.code, CF_OK);
    fake_session("c7")->pidfd = 4712;
    fake_ask(CF_ACTION_LOCK, "c7", birth, 0, ANEW);
    assert_int_equal(fake.completion.code, CF_GONE);
    assert_int_equal(fake.locks, 0);
    fake_close();
}

static void what_cannot_be_locked_is_said_to_be_so(void **state)
{
    (void)state;
    two_people(true);
    fake_session("c8")->cannot = "CanLock";
    fake_open((struct cf_logind_setup){0});
    fake_ask(CF_ACTION_LOCK, "c7", OLD_BIRTH, 0, ANEW); /* of which logind does not tell */
    assert_int_equal(fake.completion.code, CF_OK);
    fake_ask(CF_ACTION_LOCK, "c8", OLD_BIRTH, 0, ANEW);
    assert_int_equal(fake.completion.code, CF_UNSUPPORTED);
    assert_int_equal(fake.locks, 1);
    fake_close();
}

/* ---- By logind's own files ---- */

static bool all_is_plain = true;

bool __wrap_cf_sources_are_plain(const struct cf_sources *sources);
bool __wrap_cf_sources_are_plain(const struct cf_sources *sources)
{
    (void)sources;
    return all_is_plain;
}

static void write_down(const char *id, int uid, const char *user, const char *type, int leader)
{
    char text[512];
    (void)snprintf(text, sizeof text,
                   "UID=%d\nUSER=%s\nACTIVE=1\nSTATE=active\nREMOTE=1\nTYPE=%s\nCLASS=user\n"
                   "SCOPE=session-%s.scope\nLEADER=%d\nREALTIME=1795990564765718\nMONOTONIC=%d\n",
                   uid, user, type, id, leader, OLD_BIRTH);
    (void)folder_write(id, text);
}

/* Of what is only shown; says how many sessions the bus was asked for. */
static unsigned asked_for(bool fuller, const char *files)
{
    two_people(fuller);
    fake_session("c7")->leader = 70;
    fake.count = 2;
    fake_open((struct cf_logind_setup){.once = true, .files = files});
    unsigned asked = reads();
    assert_int_equal(fake.seen, 2);
    assert_int_equal(fake.calls, (fuller ? 1 : 2) + asked);
    fake_close();
    return asked;
}

static void a_host_of_terminals_takes_one_message(void **state)
{
    (void)state;
    const char *files = folder_path("");
    write_down("c7", 1000, "ana", "tty", 70);
    write_down("c8", 1001, "ben", "tty", 80);
    assert_int_equal(asked_for(true, files), 0);
    assert_int_equal(asked_for(false, files), 0);
    assert_int_equal(asked_for(true, NULL), 2);       /* who acts asks logind */
    assert_int_equal(asked_for(true, "/no/such"), 2); /* as in a namespace that hides them */
    write_down("c7", 1000, "ana", "x11", 70);
    assert_int_equal(asked_for(true, files), 1); /* a desktop's hints are not there */
}

/* In a container whose bus is another machine's. */
static void files_of_other_sessions_are_none(void **state)
{
    (void)state;
    static const struct {
        int uid, leader;
        const char *user;
    } others[] = {{1002, 70, "ana"}, {1000, 70, "eve"}, {1000, 71, "ana"}};
    const char *files = folder_path("");
    write_down("c8", 1001, "ben", "tty", 80);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        write_down("c7", others[i].uid, others[i].user, "tty", others[i].leader);
        assert_int_equal(asked_for(true, files), 1);
    }
    write_down("c7", 1000, "ana", "tty", 70);
    two_people(true);
    fake_session("c7")->class_ = "user-early";
    fake_session("c7")->leader = 70;
    fake.count = 2;
    fake_open((struct cf_logind_setup){.once = true, .files = files});
    assert_int_equal(reads(), 1);
    fake_close();
}

/* As a display in a session on a terminal, whose lock logind may know. */
static void where_more_than_a_terminal_is_found_logind_is_asked(void **state)
{
    (void)state;
    write_down("c7", 1000, "ana", "tty", 70);
    for (int plain = 0; plain < 2; plain++) {
        two_people(true);
        fake_session("c7")->leader = 70;
        fake.count = 1;
        fake_open((struct cf_logind_setup){.once = true, .files = folder_path("")});
        all_is_plain = plain;
        for (int i = 0; i < 2; i++) {
            fake_ask(CF_ACTION_REFRESH, "c7", OLD_BIRTH, IDLE, BEGUN);
            assert_int_equal(fake.completion.code, CF_OK);
            assert_int_equal(reads(), !plain);
        }
        all_is_plain = true;
        fake_close();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_read_once),
        cmocka_unit_test(a_listing_takes_a_message_a_session),
        cmocka_unit_test(who_only_lists_hears_nothing),
        cmocka_unit_test(what_processes_tell_is_not_asked_of_logind),
        cmocka_unit_test(what_is_about_no_session),
        cmocka_unit_test(managers_are_left_out_where_asked),
        cmocka_unit_test(one_that_is_named_is_read_alone),
        cmocka_unit_test(a_user_may_be_called_as_ids_are),
        cmocka_unit_test(the_leader_is_a_part_of_birth),
        cmocka_unit_test(what_cannot_be_locked_is_said_to_be_so),
        cmocka_unit_test(nobody_who_lists_waits_for_a_young_one),
        cmocka_unit_test(a_host_of_terminals_takes_one_message),
        cmocka_unit_test(files_of_other_sessions_are_none),
        cmocka_unit_test(where_more_than_a_terminal_is_found_logind_is_asked),
    };
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
