#include "server_fixture.h"

struct server_fixture server;

void server_turn(void)
{
    (void)uv_run(cf_loop_uv(server.loop), UV_RUN_NOWAIT);
}

void server_pass(struct cf_span span)
{
    server_turn();
    cf_loop_run_until(server.loop, cf_mono_add(cf_loop_now(server.loop), span));
    server_turn();
}

void server_make_place(void)
{
    if (server.path[0])
        return;
#ifdef _WIN32
    (void)snprintf(server.path, sizeof server.path, "\\\\.\\pipe\\curfew-test-%d", uv_os_getpid());
#else
    folder_make();
    assert_int_equal(chmod(folder_path(""), 0755), 0);
    (void)snprintf(server.path, sizeof server.path, "%s", folder_path("control"));
#endif
}

void server_open(const struct cf_control_verb *verbs, void *data, const char *subuids)
{
    struct cf_error err = {0};
    server_make_place();
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &server.loop, &err), CF_OK);
    const struct cf_control_setup setup = {
        .loop = server.loop, .path = server.path, .verbs = verbs, .data = data, .subuids = subuids};
    if (cf_control_create(&setup, &server.control, &err) != CF_OK)
        fail_msg("%s", err.text);
}

void server_close(void)
{
    cf_control_destroy(server.control);
    cf_loop_run(server.loop);
    cf_loop_destroy(server.loop);
#ifndef _WIN32
    assert_int_not_equal(access(server.path, F_OK), 0); /* it has taken its socket away */
    folder_drop();
#endif
    server = (struct server_fixture){0};
}

/* ---- Callers ---- */

void caller_send(int caller, const char *bytes, size_t length)
{
    while (length > 0) {
        int sent = caller_try_send(caller, bytes, length);
        if (sent == CALLER_GONE)
            return;
        bytes += sent;
        length -= (size_t)sent;
        server_turn();
    }
}

int caller_receive(int caller, struct cf_buffer *out)
{
    cf_buffer_clear(out);
    for (int idle = 0; idle < 20;) {
        char c;
        int length = caller_try_receive(caller, &c, 1);
        if (length == 1) {
            cf_buffer_add(out, &c, 1);
            idle = 0;
            if (c == '\n')
                return (int)out->length;
        } else if (length == 0) {
            return CALLER_CLOSED;
        } else {
            server_turn();
            idle++;
        }
    }
    return CALLER_NOTHING;
}

const char *caller_ask(int caller, const char *line)
{
    static struct cf_buffer out;
    caller_send(caller, line, strlen(line));
    caller_send(caller, "\n", 1);
    int got = caller_receive(caller, &out);
    static char text[4096];
    (void)snprintf(text, sizeof text, "%s", got > 0 ? out.data : got == CALLER_CLOSED ? "closed" : "nothing");
    cf_buffer_finish(&out);
    return text;
}

void caller_assert_sent_away(int caller, const char *why)
{
    struct cf_buffer line = {0};
    assert_true(caller_receive(caller, &line) > 0);
    assert_contains(line.data, why);
    assert_int_equal(caller_receive(caller, &line), CALLER_CLOSED);
    cf_buffer_finish(&line);
}
