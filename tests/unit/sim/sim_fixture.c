#include "sim_fixture.h"

#include <inttypes.h>
#include <string.h>

static void fixture_listing(void *data, bool done)
{
    struct sim_fixture *fixture = data;
    cf_buffer_puts(&fixture->heard, done ? "listed\n" : "listing\n");
}

static void fixture_seen(void *data, const struct cf_session *session, uint64_t fields)
{
    struct sim_fixture *fixture = data;
    cf_buffer_printf(&fixture->heard, "seen %s %s:", session->identity.id, session->user);
    if (fields == (CF_FIELDS_ALL & ~(CF_FIELD_BIT(CF_FIELD_PROGRAMS) | CF_FIELD_BIT(CF_FIELD_CPU))))
        cf_buffer_puts(&fixture->heard, " all");
    else
        for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++)
            if (fields & CF_FIELD_BIT(field))
                cf_buffer_printf(&fixture->heard, " %s", cf_fields[field].name);
    cf_buffer_puts(&fixture->heard, "\n");
}

static void fixture_gone(void *data, const struct cf_identity *identity)
{
    struct sim_fixture *fixture = data;
    cf_buffer_printf(&fixture->heard, "gone %s\n", identity->id);
    if (fixture->close_at_gone) {
        cf_sim_ops.close(*fixture->close_at_gone);
        *fixture->close_at_gone = NULL;
    }
}

static void fixture_answered(void *data, uint64_t notice, bool yes)
{
    struct sim_fixture *fixture = data;
    cf_buffer_printf(&fixture->heard, "answered %" PRIu64 " %s\n", notice, yes ? "yes" : "no");
}

static void fixture_reachable(void *data, const struct cf_error *err)
{
    (void)data, (void)err;
    fail();
}

static void fixture_completed(void *data, const struct cf_completion *completion)
{
    struct sim_fixture *fixture = data;
    fixture->code = completion->code;
    bool warned = completion->code == 0 && completion->delivered;
    cf_buffer_printf(&fixture->heard, "%" PRIu64 " %s%s%s%s%s%s\n", completion->id,
                     completion->code ? cf_code_name(completion->code) : "done",
                     completion->delivered ? ", delivered" : "", completion->watched ? ", watched" : "",
                     warned && !completion->withdrawable ? ", for good" : "",
                     warned && completion->message ? ", " : "",
                     warned && completion->message ? completion->message : "");
    assert_true(warned || (completion->code == 0) == (completion->message == NULL));
    if (completion->session) {
        fixture->reading = completion->session->last_input;
        fixture->cpu = completion->session->cpu;
        fixture->read = completion->session->identity;
    }
}

void fixture_open(struct sim_fixture *fixture, struct cf_sim_setup setup)
{
    *fixture = (struct sim_fixture){0};
    struct cf_instant start = {INT64_C(1772409600000000)}; /* 2026-03-02 */
    struct cf_backend_sink sink = {fixture,          fixture_listing,   fixture_seen,     fixture_gone,
                                   fixture_answered, fixture_reachable, fixture_completed};
    assert_int_equal(cf_loop_create_virtual(start, 0, &fixture->loop, NULL), 0);
    assert_int_equal(cf_sim_ops.open(fixture->loop, &sink, &setup, &fixture->sim, NULL), 0);
    assert_int_equal(fixture->heard.length, 0); /* nothing is said inside open */
}

void fixture_close(struct sim_fixture *fixture)
{
    if (fixture->sim)
        cf_sim_ops.close(fixture->sim);
    cf_loop_destroy(fixture->loop);
    cf_buffer_finish(&fixture->heard);
}

void fixture_hears(struct sim_fixture *fixture, struct cf_span span, const char *expected)
{
    cf_loop_run_until(fixture->loop, cf_mono_add(cf_loop_now(fixture->loop), span));
    assert_string_equal(fixture->heard.data ? fixture->heard.data : "", expected);
    cf_buffer_clear(&fixture->heard);
}

int fixture_apply(struct sim_fixture *fixture, struct cf_event event)
{
    return cf_sim_apply(fixture->sim, &event, NULL);
}

void fixture_event(struct sim_fixture *fixture, enum cf_event_kind kind, uint32_t label)
{
    assert_int_equal(fixture_apply(fixture, (struct cf_event){.kind = kind, .label = label}), 0);
}

void fixture_logon(struct sim_fixture *fixture, uint32_t label, const char *user, const char *type)
{
    struct cf_session record;
    cf_session_init(&record);
    cf_session_set_string(&record, CF_FIELD_USER, user);
    cf_session_set_string(&record, CF_FIELD_TYPE, type);
    assert_int_equal(
        fixture_apply(fixture, (struct cf_event){.kind = CF_EVENT_LOGON, .label = label, .logon = &record}),
        0);
    cf_session_finish(&record);
}

void fixture_open_with_ana(struct sim_fixture *fixture, struct cf_sim_setup setup)
{
    fixture_open(fixture, setup);
    fixture_logon(fixture, 0, "ana", "x11");
    cf_loop_run_until(fixture->loop, cf_loop_now(fixture->loop));
    cf_buffer_clear(&fixture->heard);
}

struct cf_request fixture_request(const struct sim_fixture *fixture, enum cf_action_kind action)
{
    const struct cf_session *session = cf_sim_session(fixture->sim, 0);
    return (struct cf_request){.action = action,
                               .deadline = CF_MONO_UNKNOWN,
                               .quiet_since = CF_MONO_UNKNOWN,
                               .session = session ? session->identity : (struct cf_identity){0}};
}

void fixture_submit(struct sim_fixture *fixture, struct cf_request request)
{
    request.id = ++fixture->requests;
    size_t heard = fixture->heard.length;
    cf_sim_ops.submit(fixture->sim, &request);
    assert_int_equal(fixture->heard.length, heard); /* nothing is said inside submit */
}

void fixture_ask(struct sim_fixture *fixture, enum cf_action_kind action)
{
    fixture_submit(fixture, fixture_request(fixture, action));
}
