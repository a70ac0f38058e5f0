/* A simulated host on the bench: its loop, and everything its sink was told, a line each. */
#ifndef CF_TEST_SIM_BENCH_H
#define CF_TEST_SIM_BENCH_H

#include "base/memory.h"
#include "base/text.h"
#include "sim/sim.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct bench {
    struct cf_loop *loop;
    struct cf_backend *sim;
    struct cf_buffer heard;
    uint64_t requests;
    struct cf_mono reading;            /* last_input of the last REFRESH */
    int64_t cpu;                       /* and its cpu, … */
    struct cf_identity read;           /* … and whose it is */
    int code;                          /* of the last completion */
    struct cf_backend **close_at_gone; /* closes the host inside gone() */
};

static inline void bench_listing(void *data, bool done)
{
    struct bench *bench = data;
    cf_buffer_puts(&bench->heard, done ? "listed\n" : "listing\n");
}

static inline void bench_seen(void *data, const struct cf_session *session, uint64_t fields)
{
    struct bench *bench = data;
    cf_buffer_printf(&bench->heard, "seen %s %s:", session->identity.id, session->user);
    if (fields == (CF_FIELDS_ALL & ~(CF_FIELD_BIT(CF_FIELD_PROGRAMS) | CF_FIELD_BIT(CF_FIELD_CPU))))
        cf_buffer_puts(&bench->heard, " all");
    else
        for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++)
            if (fields & CF_FIELD_BIT(field))
                cf_buffer_printf(&bench->heard, " %s", cf_fields[field].name);
    cf_buffer_puts(&bench->heard, "\n");
}

static inline void bench_gone(void *data, const struct cf_identity *identity)
{
    struct bench *bench = data;
    cf_buffer_printf(&bench->heard, "gone %s\n", identity->id);
    if (bench->close_at_gone) {
        cf_sim_ops.close(*bench->close_at_gone);
        *bench->close_at_gone = NULL;
    }
}

static inline void bench_answered(void *data, uint64_t notice, bool yes)
{
    struct bench *bench = data;
    cf_buffer_printf(&bench->heard, "answered %" PRIu64 " %s\n", notice, yes ? "yes" : "no");
}

static inline void bench_reachable(void *data, const struct cf_error *err)
{
    (void)data, (void)err;
    fail();
}

static inline void bench_completed(void *data, const struct cf_completion *completion)
{
    struct bench *bench = data;
    bench->code = completion->code;
    bool warned = completion->code == 0 && completion->delivered;
    cf_buffer_printf(&bench->heard, "%" PRIu64 " %s%s%s%s%s%s\n", completion->id,
                     completion->code ? cf_code_name(completion->code) : "done",
                     completion->delivered ? ", delivered" : "", completion->watched ? ", watched" : "",
                     warned && !completion->withdrawable ? ", for good" : "",
                     warned && completion->message ? ", " : "",
                     warned && completion->message ? completion->message : "");
    assert_true(warned || (completion->code == 0) == (completion->message == NULL));
    if (completion->session) {
        bench->reading = completion->session->last_input;
        bench->cpu = completion->session->cpu;
        bench->read = completion->session->identity;
    }
}

static inline void bench_open(struct bench *bench, struct cf_sim_setup setup)
{
    *bench = (struct bench){0};
    struct cf_instant start = {INT64_C(1772409600000000)}; /* 2026-03-02 */
    struct cf_backend_sink sink = {bench,          bench_listing,   bench_seen,     bench_gone,
                                   bench_answered, bench_reachable, bench_completed};
    assert_int_equal(cf_loop_create_virtual(start, 0, &bench->loop, NULL), 0);
    assert_int_equal(cf_sim_ops.open(bench->loop, &sink, &setup, &bench->sim, NULL), 0);
    assert_int_equal(bench->heard.length, 0); /* nothing is said inside open */
}

static inline void bench_close(struct bench *bench)
{
    if (bench->sim)
        cf_sim_ops.close(bench->sim);
    cf_loop_destroy(bench->loop);
    cf_buffer_finish(&bench->heard);
}

/* Runs for a while and compares what was heard meanwhile. */
static inline void bench_hears(struct bench *bench, struct cf_span span, const char *expected)
{
    cf_loop_run_until(bench->loop, cf_mono_add(cf_loop_now(bench->loop), span));
    assert_string_equal(bench->heard.data ? bench->heard.data : "", expected);
    cf_buffer_clear(&bench->heard);
}

static inline int bench_apply(struct bench *bench, struct cf_event event)
{
    return cf_sim_apply(bench->sim, &event, NULL);
}

static inline void bench_event(struct bench *bench, enum cf_event_kind kind, uint32_t label)
{
    assert_int_equal(bench_apply(bench, (struct cf_event){.kind = kind, .label = label}), 0);
}

static inline void bench_logon(struct bench *bench, uint32_t label, const char *user, const char *type)
{
    struct cf_session record;
    cf_session_init(&record);
    cf_session_set_string(&record, CF_FIELD_USER, user);
    cf_session_set_string(&record, CF_FIELD_TYPE, type);
    assert_int_equal(
        bench_apply(bench, (struct cf_event){.kind = CF_EVENT_LOGON, .label = label, .logon = &record}), 0);
    cf_session_finish(&record);
}

/* A host that has been listed, with ana at label 0 and nothing heard yet. */
static inline void bench_open_with_ana(struct bench *bench, struct cf_sim_setup setup)
{
    bench_open(bench, setup);
    bench_logon(bench, 0, "ana", "x11");
    cf_loop_run_until(bench->loop, cf_loop_now(bench->loop));
    cf_buffer_clear(&bench->heard);
}

/* A request about the session at label 0, to be completed by members. */
static inline struct cf_request bench_request(const struct bench *bench, enum cf_action_kind action)
{
    const struct cf_session *session = cf_sim_session(bench->sim, 0);
    return (struct cf_request){.action = action,
                               .deadline = CF_MONO_UNKNOWN,
                               .quiet_since = CF_MONO_UNKNOWN,
                               .session = session ? session->identity : (struct cf_identity){0}};
}

static inline void bench_submit(struct bench *bench, struct cf_request request)
{
    request.id = ++bench->requests;
    size_t heard = bench->heard.length;
    cf_sim_ops.submit(bench->sim, &request);
    assert_int_equal(bench->heard.length, heard); /* nothing is said inside submit */
}

static inline void bench_ask(struct bench *bench, enum cf_action_kind action)
{
    bench_submit(bench, bench_request(bench, action));
}

#endif
