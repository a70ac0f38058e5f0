#include "program/setup/warn_command.h"

#include "base/memory.h"
#include "base/text.h"
#include "program/output/terminal.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>
#include <uv.h>

enum { VARIABLES = 6 };

/* One warning, from when it is asked for until it is answered, or its command is over. */
struct message {
    struct cf_backend *around;
    struct message *next;
    uint64_t id; /* of the request */
    char *text, *variables[VARIABLES];
    bool started, late;
    unsigned open; /* handles */
    uv_process_t process;
    uv_pipe_t input;
    uv_write_t write;
    struct cf_timer limit;
};

struct cf_backend {
    struct cf_backend_head head;
    struct cf_backend_ops ops; /* the host's name, and our functions */
    struct cf_loop *loop;
    struct cf_backend_sink sink;
    struct cf_backend *host;
    const char *const *words;
    struct message *messages;
    size_t at_once;
    size_t holds; /* the open back end's, and each message's */
    bool closed;
};

/* ---- Messages ---- */

static char *variable(const char *name, const char *value)
{
    struct cf_buffer text = {0};
    cf_buffer_printf(&text, "%s=%s", name, value ? value : "");
    return text.data;
}

static void add_message(struct cf_backend *around, const struct cf_request *request)
{
    struct message *message = cf_alloc(sizeof *message);
    char left[24] = "";
    if (cf_span_known(request->shown_for))
        (void)snprintf(left, sizeof left, "%" PRId64, request->shown_for.us / CF_SECOND.us);
    struct cf_buffer text = {0};
    char *line = cf_text_line(request->text);
    cf_buffer_printf(&text, "%s\n", line);
    free(line);
    *message = (struct message){
        .around = around,
        .next = around->messages,
        .id = request->id,
        .text = text.data,
        .variables = {variable("CURFEW_SESSION", request->session.id), variable("CURFEW_USER", request->user),
                      variable("CURFEW_HOST", request->session.host), variable("CURFEW_LEFT", left),
                      variable("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")}};
    around->messages = message;
    around->holds++;
}

static void release(struct cf_backend *around)
{
    if (--around->holds == 0)
        free(around);
}

static void drop(struct message *message)
{
    struct cf_backend *around = message->around;
    LL_DELETE(around->messages, message);
    for (int i = 0; i < VARIABLES; i++)
        free(message->variables[i]);
    free(message->text);
    free(message);
    release(around);
}

static struct message *message_of(const struct cf_backend *around, uint64_t id)
{
    struct message *message = around->messages;
    while (message && (message->id != id || message->started))
        message = message->next;
    return message;
}

static void answer(const struct message *message, bool delivered, const char *why)
{
    const struct cf_backend *around = message->around;
    const struct cf_completion completion = {.id = message->id, .delivered = delivered, .message = why};
    if (!around->closed)
        around->sink.completed(around->sink.data, &completion);
}

/* ---- The command ---- */

static void on_closed(uv_handle_t *handle)
{
    struct message *message = handle->data;
    if (--message->open == 0)
        drop(message);
}

static void end(struct message *message)
{
    cf_timer_stop(message->around->loop, &message->limit);
    message->around->at_once--;
    uv_close((uv_handle_t *)&message->process, on_closed);
    if (!uv_is_closing((uv_handle_t *)&message->input))
        uv_close((uv_handle_t *)&message->input, on_closed);
}

static void on_exit_of(uv_process_t *process, int64_t status, int number)
{
    struct message *message = process->data;
    char why[96];
    if (message->late)
        (void)snprintf(why, sizeof why, "warn_command did not end within %" PRId64 " seconds",
                       CF_WARN_COMMAND_LIMIT.us / CF_SECOND.us);
    else if (number)
        (void)snprintf(why, sizeof why, "warn_command was ended by signal %d", number);
    else if (status)
        (void)snprintf(why, sizeof why, "warn_command ended with status %" PRId64, status);
    bool done = !number && !status;
    end(message);
    answer(message, done, done ? "it was delivered by warn_command" : why);
}

static void kill_all(const struct message *message)
{
#ifdef _WIN32
    (void)uv_process_kill((uv_process_t *)&message->process, SIGKILL);
#else
    (void)kill(-message->process.pid, SIGKILL); /* a group of its own, by UV_PROCESS_DETACHED */
#endif
}

static void on_limit(struct cf_timer *timer)
{
    struct message *message = timer->data;
    message->late = true;
    kill_all(message);
}

/* A command that reads nothing closes its end; what counts is how it ends. */
static void on_written(uv_write_t *write, int status)
{
    (void)status;
    struct message *message = write->data;
    if (!uv_is_closing((uv_handle_t *)&message->input))
        uv_close((uv_handle_t *)&message->input, on_closed);
}

static void start(struct message *message)
{
    struct cf_backend *around = message->around;
    uv_loop_t *loop = cf_loop_uv(around->loop);
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&message->input},
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = 2}};
    const uv_process_options_t options = {.file = around->words[0],
                                          .args = (char **)(uintptr_t)around->words,
                                          .env = message->variables,
                                          .cwd = "/",
                                          .flags = UV_PROCESS_DETACHED,
                                          .stdio = stdio,
                                          .stdio_count = 3,
                                          .exit_cb = on_exit_of};
    (void)uv_pipe_init(loop, &message->input, 0);
    message->process.data = message->input.data = message->write.data = message;
    message->started = true;
    message->open = 2;
    around->at_once++;
    int code = uv_spawn(loop, &message->process, &options);
    if (code != 0) {
        char why[160];
        (void)snprintf(why, sizeof why, "warn_command cannot be started: %s", uv_strerror(code));
        end(message);
        answer(message, false, why);
        return;
    }
    message->limit = (struct cf_timer){.fire = on_limit, .data = message};
    cf_timer_set(around->loop, &message->limit,
                 cf_mono_add(cf_loop_now(around->loop), CF_WARN_COMMAND_LIMIT));
    const uv_buf_t text = uv_buf_init(message->text, (unsigned)strlen(message->text));
    (void)uv_write(&message->write, (uv_stream_t *)&message->input, &text, 1, on_written);
}

/* ---- What the host reports ---- */

static void on_listing(void *data, bool done)
{
    const struct cf_backend *around = data;
    around->sink.listing(around->sink.data, done);
}

static void on_seen(void *data, const struct cf_session *session, uint64_t fields)
{
    const struct cf_backend *around = data;
    around->sink.seen(around->sink.data, session, fields);
}

static void on_gone(void *data, const struct cf_identity *identity)
{
    const struct cf_backend *around = data;
    around->sink.gone(around->sink.data, identity);
}

static void on_answered(void *data, uint64_t notice, bool yes)
{
    const struct cf_backend *around = data;
    around->sink.answered(around->sink.data, notice, yes);
}

static void on_reachable(void *data, const struct cf_error *err)
{
    const struct cf_backend *around = data;
    around->sink.reachable(around->sink.data, err);
}

static void on_completed(void *data, const struct cf_completion *completion)
{
    struct cf_backend *around = data;
    struct message *message = message_of(around, completion->id);
    if (message && completion->code == CF_OK && !completion->delivered &&
        around->at_once < CF_WARN_COMMAND_MOST) {
        start(message);
        return;
    }
    if (message)
        drop(message);
    around->sink.completed(around->sink.data, completion);
}

/* ---- The table ---- */

static int open_around(struct cf_loop *loop, const struct cf_backend_sink *sink, const void *setup,
                       struct cf_backend **ret_backend, struct cf_error *err)
{
    static const struct cf_backend_sink ours = {.listing = on_listing,
                                                .seen = on_seen,
                                                .gone = on_gone,
                                                .answered = on_answered,
                                                .reachable = on_reachable,
                                                .completed = on_completed};
    const struct cf_warn_command *wish = setup;
    cf_terminal_ignore_broken_pipes(); /* a command that reads nothing is an error of that write */
    struct cf_backend *around = cf_alloc(sizeof *around);
    *around = (struct cf_backend){.head = {&around->ops},
                                  .ops = *wish->host,
                                  .loop = loop,
                                  .sink = *sink,
                                  .words = wish->words,
                                  .holds = 1};
    around->ops.close = cf_warn_command_ops.close;
    around->ops.submit = cf_warn_command_ops.submit;
    around->ops.capabilities = cf_warn_command_ops.capabilities;
    around->ops.host = cf_warn_command_ops.host;
    around->ops.own = wish->host->own ? cf_warn_command_ops.own : NULL;
    around->ops.take_agent = wish->host->take_agent ? cf_warn_command_ops.take_agent : NULL;
    around->ops.session_changed = wish->host->session_changed ? cf_warn_command_ops.session_changed : NULL;
    struct cf_backend_sink to = ours;
    to.data = around;
    int code = wish->host->open(loop, &to, wish->host_setup, &around->host, err);
    if (code == CF_OK)
        *ret_backend = around;
    else
        free(around);
    return code;
}

static void close_around(struct cf_backend *around)
{
    around->closed = true;
    cf_backend_ops_of(around->host)->close(around->host);
    for (struct message *message = around->messages, *next; message; message = next) {
        next = message->next;
        if (!message->started) {
            drop(message);
        } else if (!uv_is_closing((uv_handle_t *)&message->process)) {
            kill_all(message);
            end(message);
        }
    }
    release(around);
}

static void submit(struct cf_backend *around, const struct cf_request *request)
{
    if (request->action == CF_ACTION_WARN)
        add_message(around, request);
    cf_backend_ops_of(around->host)->submit(around->host, request);
}

static const struct cf_capabilities *capabilities(const struct cf_backend *around)
{
    return cf_backend_ops_of(around->host)->capabilities(around->host);
}

static const char *host(const struct cf_backend *around)
{
    return cf_backend_ops_of(around->host)->host(around->host);
}

static const char *own(struct cf_backend *around)
{
    return cf_backend_ops_of(around->host)->own(around->host);
}

static void take_agent(struct cf_backend *around, int fd, int64_t uid, int64_t pid, const char *display)
{
    cf_backend_ops_of(around->host)->take_agent(around->host, fd, uid, pid, display);
}

static void session_changed(struct cf_backend *around, const char *id)
{
    cf_backend_ops_of(around->host)->session_changed(around->host, id);
}

const struct cf_backend_ops cf_warn_command_ops = {
    .name = "warn_command",
    .summary = "",
    .open = open_around,
    .close = close_around,
    .submit = submit,
    .capabilities = capabilities,
    .host = host,
    .own = own,
    .take_agent = take_agent,
    .session_changed = session_changed,
};
