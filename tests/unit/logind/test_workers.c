/* Work that hangs takes no thread that other work needs. */
#include "logind/looks.h"
#include "session/session.h"

#include "../unit.h"

#include <pthread.h>

enum { WORKS = 6 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;
static bool hanging;
static uv_loop_t loop;
static struct cf_workers workers;
static unsigned done;

static void hang(struct cf_work *work)
{
    (void)work;
    (void)pthread_mutex_lock(&mutex);
    while (hanging)
        (void)pthread_cond_wait(&released, &mutex);
    (void)pthread_mutex_unlock(&mutex);
}

static void pass(struct cf_work *work)
{
    (void)work;
}

static void on_hung(struct cf_work *work)
{
    (void)work;
}

static void on_passed(struct cf_work *work)
{
    (void)work;
    done++;
    uv_stop(&loop);
}

/* So that a failure does not hang. */
static void on_limit(uv_timer_t *timer)
{
    (void)timer;
    uv_stop(&loop);
}

static void release(void)
{
    (void)pthread_mutex_lock(&mutex);
    hanging = false;
    (void)pthread_cond_broadcast(&released);
    (void)pthread_mutex_unlock(&mutex);
}

static void test_what_hangs_leaves_room(void **state)
{
    (void)state;
    static const enum cf_hangs rows[][2] = {
        /* many of these hang, and one of those is done all the same */
        {CF_HANGS_ON_NAMES, CF_HANGS_ON_LANGUAGE},  {CF_HANGS_ON_NAMES, CF_HANGS_ON_MEMORY},
        {CF_HANGS_ON_NAMES, CF_HANGS_NEVER},        {CF_HANGS_ON_LANGUAGE, CF_HANGS_ON_NAMES},
        {CF_HANGS_ON_LANGUAGE, CF_HANGS_ON_MEMORY}, {CF_HANGS_ON_LANGUAGE, CF_HANGS_NEVER},
        {CF_HANGS_ON_MEMORY, CF_HANGS_ON_NAMES},    {CF_HANGS_ON_MEMORY, CF_HANGS_NEVER},
        {CF_HANGS_NEVER, CF_HANGS_NEVER}, /* all others hang */
    };
    assert_int_equal(uv_loop_init(&loop), 0);
    uv_timer_t limit;
    assert_int_equal(uv_timer_init(&loop, &limit), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cf_work hung[WORKS], passing = {.run = pass, .done = on_passed, .hangs = rows[i][1]};
        workers = (struct cf_workers){.loop = &loop};
        hanging = true;
        done = 0;
        for (int j = 0; j < WORKS; j++) {
            hung[j] = (struct cf_work){.run = hang, .done = on_hung, .hangs = rows[i][0]};
            if (rows[i][0] == CF_HANGS_NEVER) /* of each kind that may hang */
                hung[j].hangs = CF_HANGS_ON_NAMES + (enum cf_hangs)(j % 3);
            cf_workers_start(&workers, &hung[j]);
        }
        cf_workers_start(&workers, &passing);
        assert_int_equal(uv_timer_start(&limit, on_limit, 5000, 0), 0);
        (void)uv_run(&loop, UV_RUN_DEFAULT);
        unsigned passed = done;
        release();
        (void)uv_timer_stop(&limit);
        (void)uv_run(&loop, UV_RUN_DEFAULT); /* all that hung is done, and what waited for it */
        if (!passed)
            fail_msg("row %zu: it waits", i);
    }
    uv_close((uv_handle_t *)&limit, NULL);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static enum cf_hangs order[2];

static void note(struct cf_work *work)
{
    order[done++] = work->hangs;
}

/* Idle times are read before languages where both have waited. */
static void test_memory_before_language(void **state)
{
    (void)state;
    struct cf_work hung = {.run = hang, .done = on_hung, .hangs = CF_HANGS_ON_MEMORY},
                   first = {.run = pass, .done = on_hung, .hangs = CF_HANGS_ON_LANGUAGE},
                   language = {.run = pass, .done = note, .hangs = CF_HANGS_ON_LANGUAGE},
                   memory = {.run = pass, .done = note, .hangs = CF_HANGS_ON_MEMORY};
    assert_int_equal(uv_loop_init(&loop), 0);
    workers = (struct cf_workers){.loop = &loop};
    hanging = true;
    done = 0;
    cf_workers_start(&workers, &hung);
    cf_workers_start(&workers, &first);
    cf_workers_start(&workers, &language);
    cf_workers_start(&workers, &memory);
    while (done < 2)
        (void)uv_run(&loop, UV_RUN_ONCE);
    release();
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(order[0], CF_HANGS_ON_MEMORY);
    assert_int_equal(order[1], CF_HANGS_ON_LANGUAGE);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void count(struct cf_work *work)
{
    (void)work;
    done++;
}

/* Works that join share a thread's turn: one that hangs holds up those of its own turn, and none after them.
 */
static void test_what_joins(void **state)
{
    (void)state;
    enum { MANY = 10 * CF_WORKS_JOINED };
    static struct cf_work joined[MANY];
    struct cf_work hung = {.run = hang, .done = on_hung, .hangs = CF_HANGS_ON_MEMORY, .joins = true};
    assert_int_equal(uv_loop_init(&loop), 0);
    workers = (struct cf_workers){.loop = &loop};
    for (int where = 0; where < 3; where++) { /* at work alone; in one turn with others; dropped */
        hanging = true;
        done = 0;
        for (int i = 0; i < MANY; i++) {
            joined[i] =
                (struct cf_work){.run = pass, .done = count, .hangs = CF_HANGS_ON_MEMORY, .joins = true};
            if (i == (where == 0 ? 0 : 3 * CF_WORKS_JOINED / 2)) {
                hung.after = NULL;
                cf_workers_start(&workers, &hung);
            }
            cf_workers_start(&workers, &joined[i]);
        }
        unsigned dropped = 0;
        for (int i = MANY - 1; where == 2 && i >= MANY / 2; i--)
            dropped += cf_workers_drop(&joined[i]);
        assert_true(where != 2 || dropped == MANY / 2);
        while (done + dropped < MANY - CF_WORKS_JOINED + 1)
            (void)uv_run(&loop, UV_RUN_ONCE);
        release();
        (void)uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(done + dropped, MANY);
        assert_int_equal(workers.under_way[CF_HANGS_ON_MEMORY], 0);
    }
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* Each source's reading hangs on that source alone. */
static void test_what_readings_hang_on(void **state)
{
    (void)state;
    static const struct {
        uint64_t fields;
        enum cf_hangs hangs;
    } rows[] = {
        {CF_FIELD_BIT(CF_FIELD_GROUPS), CF_HANGS_ON_NAMES},
        {CF_FIELD_BIT(CF_FIELD_LANGUAGE), CF_HANGS_ON_LANGUAGE},
        {CF_FIELD_BIT(CF_FIELD_IDLE), CF_HANGS_ON_MEMORY},
        {CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE), CF_HANGS_ON_MEMORY},
        {CF_FIELD_BIT(CF_FIELD_OUTPUT), CF_HANGS_ON_MEMORY},
        {CF_FIELD_BIT(CF_FIELD_CPU), CF_HANGS_NEVER},
        {CF_FIELD_BIT(CF_FIELD_NAME), CF_HANGS_NEVER},
        {CF_FIELD_BIT(CF_FIELD_LANGUAGE) | CF_FIELD_BIT(CF_FIELD_IDLE), CF_HANGS_ON_MEMORY},
        {CF_FIELD_BIT(CF_FIELD_GROUPS) | CF_FIELD_BIT(CF_FIELD_LANGUAGE), CF_HANGS_ON_NAMES},
        {0, CF_HANGS_NEVER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (cf_looks_hang_on(rows[i].fields) != rows[i].hangs)
            fail_msg("row %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_hangs_leaves_room), cmocka_unit_test(test_memory_before_language),
        cmocka_unit_test(test_what_joins), cmocka_unit_test(test_what_readings_hang_on)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
