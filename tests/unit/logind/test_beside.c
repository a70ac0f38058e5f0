/* What may be long, or hang, is read beside the loop, and holds up nobody who does not need it. */
#include "fake_logind.h"

#include "logind/clients.h"
#include "logind/nologin.h"

#include <pthread.h>
#include <sys/statfs.h>

#define BIRTH 1000000
#define ASK   CF_FIELD_BIT(CF_FIELD_LOCKED)

static pthread_t loops;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;
static bool hanging, under_way; /* under the mutex, */
static unsigned begun;          /* and since it was let hang */
static const char *gap;         /* as the rules of PAM have it */

/* What is read as the kernel or a disk pleases: never on the loop's own thread. */
static void read_slowly(void)
{
    if (pthread_equal(pthread_self(), loops))
        fail_msg("the loop waits for it");
    (void)pthread_mutex_lock(&mutex);
    under_way = true;
    begun++;
    while (hanging)
        (void)pthread_cond_wait(&released, &mutex);
    (void)pthread_mutex_unlock(&mutex);
}

static void hang(void)
{
    (void)pthread_mutex_lock(&mutex);
    hanging = true;
    under_way = false;
    begun = 0;
    (void)pthread_mutex_unlock(&mutex);
}

static void let_go(void)
{
    (void)pthread_mutex_lock(&mutex);
    hanging = false;
    (void)pthread_cond_broadcast(&released);
    (void)pthread_mutex_unlock(&mutex);
}

static bool begins(void)
{
    (void)pthread_mutex_lock(&mutex);
    bool there = under_way;
    (void)pthread_mutex_unlock(&mutex);
    return there;
}

struct cf_clients __wrap_cf_clients_look(struct cf_client_sockets *sockets, const struct cf_clients_of *of,
                                         struct cf_mono asked);
const char *__wrap_cf_nologin_gap(void);
int __wrap_cf_nologin_write(const char *path, const char *text, struct cf_error *err);

/* Nobody is at any desktop. */
struct cf_clients __wrap_cf_clients_look(struct cf_client_sockets *sockets, const struct cf_clients_of *of,
                                         struct cf_mono asked)
{
    (void)sockets, (void)of, (void)asked;
    read_slowly();
    return (struct cf_clients){.connected = CF_TRI_NO};
}

const char *__wrap_cf_nologin_gap(void)
{
    read_slowly();
    return gap;
}

int __wrap_cf_nologin_write(const char *path, const char *text, struct cf_error *err)
{
    (void)path, (void)text, (void)err;
    return CF_OK;
}

static int set_up(void **state)
{
    (void)state;
    loops = pthread_self();
    fake.sessions[0] = (struct fake_session){.id = "c7",
                                             .user = "ana",
                                             .class_ = "user",
                                             .type = "x11",
                                             .service = "tigervnc",
                                             .display = ":7",
                                             .uid = getuid(),
                                             .leader = (uint32_t)getpid(),
                                             .born = BIRTH};
    fake.sessions[1] = (struct fake_session){
        .id = "c8", .user = "bruno", .class_ = "user", .type = "tty", .uid = getuid(), .born = BIRTH};
    fake.count = 2;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    let_go();
    fake_close();
    return 0;
}

/* Others are answered meanwhile, and it is answered in the end. */
static void who_is_connected(void **state)
{
    (void)state;
    fake_open((struct cf_logind_setup){0});
    hang();
    fake_submit(CF_ACTION_REFRESH, "c7", BIRTH, ASK, (struct cf_mono){0});
    while (!begins())
        fake_turn_once();
    assert_false(fake.completed);
    fake_ask(CF_ACTION_REFRESH, "c8", BIRTH, ASK, (struct cf_mono){0});
    assert_string_equal(fake.name, "c8");
    fake.completed = false;
    let_go();
    fake_turn(&fake.completed);
    assert_int_equal(fake.completion.code, CF_OK);
    assert_string_equal(fake.name, ":7");
}

/* Nor does anybody wait for one that hangs: it is not known then, and so ends nobody. */
static void what_hangs_is_unknown(void **state)
{
    (void)state;
    fake_open((struct cf_logind_setup){0});
    fake_ask(CF_ACTION_REFRESH, "c7", BIRTH, ASK, (struct cf_mono){0});
    assert_int_equal(fake.disconnected, CF_TRI_YES);
    hang();
    for (int i = 0; i < 2; i++) { /* waited for in vain; not even waited for */
        fake_ask(CF_ACTION_LOGOFF, "c7", BIRTH, 0, (struct cf_mono){0});
        assert_int_equal(fake.completion.code, i == 0 ? CF_STALE : CF_OK);
    }
    assert_int_equal(fake.disconnected, CF_TRI_UNKNOWN);
    let_go();
    do
        fake_ask(CF_ACTION_REFRESH, "c7", BIRTH, ASK, (struct cf_mono){0});
    while (fake.disconnected == CF_TRI_UNKNOWN);
    assert_int_equal(fake.disconnected, CF_TRI_YES);
    assert_int_equal(begun, 2); /* none has waited behind the one that hung */
}

/* Which of a score of files refuses logons. */
static void whether_logons_are_refused(void **state)
{
    (void)state;
    static const char *const gaps[] = {NULL, "no rule reads it"};
    fake_open((struct cf_logind_setup){0});
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        gap = gaps[i];
        hang();
        fake_refuse_logons("Come back tomorrow.");
        while (!begins())
            fake_turn_once();
        assert_false(fake.completed);
        fake_ask(CF_ACTION_REFRESH, "c8", BIRTH, ASK, (struct cf_mono){0});
        fake.completed = false;
        let_go();
        fake_turn(&fake.completed);
        assert_int_equal(fake.completion.code, gap ? CF_FAILED : CF_OK);
        assert_true(!gap || strstr(fake.message, gap));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(who_is_connected), TEST(what_hangs_is_unknown),
                                       TEST(whether_logons_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
