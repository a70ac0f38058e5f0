#include "wts/server.h"

#include "../unit.h"

/* What Windows calls on a thread that ends. */
static DWORD at_end;
static atomic_int ended;

static void WINAPI on_end(void *data)
{
    if (!data)
        return;
    Sleep(20); /* a thread that is slow to end */
    (void)atomic_fetch_add(&ended, 1);
}

static void run(struct cf_wts_job *job)
{
    (void)job;
    (void)FlsSetValue(at_end, &ended);
}

static int done_count;

static void done(struct cf_wts_job *job)
{
    (void)job;
    assert_int_equal(atomic_load(&ended), ++done_count);
}

/* A program may end as soon as its last job is done: none of its threads is in the middle of ending then. */
static void test_done_is_after_the_thread(void **state)
{
    (void)state;
    enum { JOBS = 4 };
    struct cf_error err;
    struct cf_loop *loop;
    struct cf_wts_server *server;
    struct cf_wts_job jobs[JOBS];
    at_end = FlsAlloc(on_end);
    assert_int_equal(cf_loop_create(&loop, &err), CF_OK);
    assert_int_equal(cf_wts_server_open(loop, NULL, &server, &err), CF_OK);
    for (int i = 0; i < JOBS; i++) {
        jobs[i] =
            (struct cf_wts_job){.kind = CF_WTS_LIST, .limit = CF_MONO_UNKNOWN, .run = run, .done = done};
        cf_wts_server_start(server, &jobs[i]); /* one listing at a time */
    }
    while (done_count < JOBS)
        (void)uv_run(cf_loop_uv(loop), UV_RUN_ONCE);
    cf_wts_server_close(server);
    (void)uv_run(cf_loop_uv(loop), UV_RUN_DEFAULT);
    cf_loop_destroy(loop);
    (void)FlsFree(at_end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_done_is_after_the_thread)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
