#include "program/setup/servers.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "base/ssh.h"
#include "program/output/terminal.h"
#include "program/setup/hosts.h"
#include "time/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LIMIT cf_seconds(120) /* for what no limit of its own covers */

enum { SAID_BYTES = 16 << 20 };

/* A curfew for one host: here, or by ssh there. */
struct child {
    char *server;
    uv_process_t process;
    uv_pipe_t pipes[2];
    struct cf_buffer said[2]; /* on standard output, on standard error */
    char room[4096];
    bool running;
    int64_t status; /* negative: a signal ended it */
    struct crew *crew;
};

struct crew {
    struct cf_loop *loop;
    struct child *children; /* end in one without a server */
    size_t open;            /* handles */
};

struct words {
    char **words; /* end in NULL */
    size_t count;
};

bool cf_server_is_own(const char *server)
{
    char own[UV_MAXHOSTNAMESIZE] = "localhost";
    size_t size = sizeof own;
    (void)uv_os_gethostname(own, &size);
    return !server || strcasecmp(server, own) == 0 || strcasecmp(server, "localhost") == 0;
}

bool cf_servers_mean(const struct cf_args *args)
{
    const char *server = cf_args_value(args, "server");
    return server && (strchr(server, ',') || (args->verb->there && !cf_hosts[0]->reaches &&
                                              !cf_args_has(args, "backend") && !cf_server_is_own(server)));
}

/* ---- Words ---- */

static void add_word(struct words *to, const char *word)
{
    to->words = cf_grow(to->words, to->count, sizeof *to->words);
    to->words[to->count++] = cf_strdup(word);
}

static void free_words(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->words[i]);
    free(words->words);
}

/* The command line as it was given, but for the host: `server`, or none. */
static struct words words_of(const struct cf_args *args, const char *program, const char *server)
{
    struct words words = {0};
    char option[64];
    add_word(&words, program);
    for (const char *name = args->verb->name; *name; name += *name == ' ') {
        size_t length = strcspn(name, " ");
        (void)snprintf(option, sizeof option, "%.*s", (int)length, name);
        add_word(&words, option);
        name += length;
    }
    for (size_t i = 0; i < args->given_count; i++) {
        const struct cf_given *given = &args->given[i];
        if (strcmp(given->option->name, "server") == 0)
            continue;
        (void)snprintf(option, sizeof option, "--%s", given->option->name);
        add_word(&words, option);
        if (given->value)
            add_word(&words, given->value);
    }
    if (server) {
        add_word(&words, "--server");
        add_word(&words, server);
    }
    add_word(&words, "--");
    for (size_t i = 0; i < args->operand_count; i++)
        add_word(&words, args->operands[i]);
    add_word(&words, NULL);
    return words;
}

/* ---- Running them ---- */

static void on_room(uv_handle_t *handle, size_t size, uv_buf_t *buffer)
{
    (void)size;
    struct child *child = handle->data;
    *buffer = uv_buf_init(child->room, sizeof child->room);
}

static void on_closed(uv_handle_t *handle)
{
    struct crew *crew = ((struct child *)handle->data)->crew;
    if (--crew->open == 0)
        cf_loop_stop(crew->loop);
}

static void close_pipe(uv_pipe_t *pipe)
{
    if (!uv_is_closing((uv_handle_t *)pipe))
        uv_close((uv_handle_t *)pipe, on_closed);
}

static void on_said(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct child *child = stream->data;
    struct cf_buffer *said = &child->said[stream != (uv_stream_t *)&child->pipes[0]];
    if (length > 0)
        cf_buffer_add(said, buffer->base, (size_t)length);
    if (said->length > SAID_BYTES && child->running)
        (void)uv_process_kill(&child->process, SIGTERM);
    if (length < 0 || said->length > SAID_BYTES)
        close_pipe((uv_pipe_t *)stream);
}

static void on_exit_of(uv_process_t *process, int64_t status, int signal)
{
    struct child *child = process->data;
    child->running = false;
    child->status = signal ? -signal : status;
    uv_close((uv_handle_t *)process, on_closed);
}

/* `input`: it reads our standard input. */
static void start(struct child *child, const char *file, char **words, bool input)
{
    uv_loop_t *loop = cf_loop_uv(child->crew->loop);
    uv_stdio_container_t stdio[3] = {{.flags = input ? UV_INHERIT_FD : UV_IGNORE, .data.fd = 0}};
    for (int i = 0; i < 2; i++) {
        (void)uv_pipe_init(loop, &child->pipes[i], 0);
        child->pipes[i].data = child;
        stdio[i + 1].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
        stdio[i + 1].data.stream = (uv_stream_t *)&child->pipes[i];
    }
    const uv_process_options_t options = {
        .file = file, .args = words, .stdio = stdio, .stdio_count = 3, .exit_cb = on_exit_of};
    child->process.data = child;
    int code = uv_spawn(loop, &child->process, &options);
    child->crew->open += 3;
    child->running = code == 0;
    child->status = 255; /* as ssh itself says it */
    if (code != 0) {
        cf_buffer_printf(&child->said[1], _("%s cannot be started: %s; is it installed?\n"), file,
                         uv_strerror(code));
        uv_close((uv_handle_t *)&child->process, on_closed);
    }
    for (int i = 0; i < 2; i++) {
        if (code == 0)
            (void)uv_read_start((uv_stream_t *)&child->pipes[i], on_room, on_said);
        else
            close_pipe(&child->pipes[i]);
    }
}

static void start_there(struct child *child, const struct cf_args *args)
{
    const char *ssh[CF_SSH_WORDS];
    struct cf_buffer command = {0};
    struct words words = words_of(args, "curfew", NULL);
    for (size_t i = 0; words.words[i]; i++)
        cf_ssh_quote(&command, words.words[i]);
    cf_ssh_words(child->server, cf_terminal_is(stdin) && cf_terminal_is(stderr), command.data, ssh);
    start(child, ssh[0], (char **)(uintptr_t)ssh, args->verb->reads_input && args->verb->reads_input(args));
    free_words(&words);
    cf_buffer_finish(&command);
}

static void start_here(struct child *child, const struct cf_args *args)
{
    char program[4096];
    size_t size = sizeof program;
    if (uv_exepath(program, &size) != 0)
        (void)strcpy(program, "curfew");
    struct words words = words_of(args, "curfew", child->server); /* whatever name the file has */
    start(child, program, words.words, false);
    free_words(&words);
}

/* Whatever a child has started may keep its pipes open. */
static void on_limit(struct cf_timer *timer)
{
    for (struct child *child = ((struct crew *)timer->data)->children; child->server; child++) {
        if (child->running)
            (void)uv_process_kill(&child->process, SIGTERM);
        close_pipe(&child->pipes[0]);
        close_pipe(&child->pipes[1]);
    }
}

static int run(struct child *children, bool there, const struct cf_args *args, struct cf_error *err)
{
    struct crew crew = {.children = children};
    uint64_t waits = 0; /* msg /w */
    int code = cf_args_has(args, "w") ? cf_args_number(args, "time", 1, 86400, 60, &waits, err) : CF_OK;
    if (code == CF_OK)
        code = cf_loop_create(&crew.loop, err);
    if (code)
        return code;
    struct cf_timer limit = {.fire = on_limit, .data = &crew};
    for (struct child *child = children; child->server; child++) {
        child->crew = &crew;
        (there ? start_there : start_here)(child, args);
    }
    struct cf_span span = {LIMIT.us + cf_seconds((int64_t)waits).us};
    cf_timer_set(crew.loop, &limit, cf_mono_add(cf_loop_now(crew.loop), span));
    cf_loop_run(crew.loop);
    cf_timer_stop(crew.loop, &limit);
    cf_loop_destroy(crew.loop);
    return CF_OK;
}

/* ---- What they say ---- */

/* Whether a line is of the session that asks, which is ssh's, and there for this command only. */
static bool is_own(const char *line)
{
    return line[0] == '>' || strstr(line, "\"own\":true");
}

/* Line by line, since it comes from another host; `there`: by that host's own curfew. */
static void print(const struct cf_buffer *said, bool there, FILE *out)
{
    for (const char *line = said->data; line && *line;) {
        size_t length = strcspn(line, "\n"), room = 3 * length + 1;
        char *text = cf_alloc(length + 1), *safe = cf_alloc(room);
        memcpy(text, line, length);
        (void)cf_text_safe(text, safe, room);
        if (!there || !is_own(safe))
            (void)fprintf(out, "%s\n", safe);
        free(text);
        free(safe);
        line += length + (line[length] == '\n');
    }
    (void)fflush(out);
}

/* What ssh itself had to say is told in words of ours. */
static int judge(const struct child *child, bool there, FILE *out, struct cf_error *err)
{
    print(&child->said[0], there, out);
    if (!there || (child->status >= 0 && child->status <= 4)) {
        print(&child->said[1], there, stderr);
        return child->status == 0 ? CF_OK : CF_FAILED;
    }
    return cf_ssh_explain(child->server, "curfew", child->status,
                          child->said[1].data ? child->said[1].data : "", err);
}

/* Splits the names into children, and looks at each. */
static int read_servers(const struct cf_args *args, struct child *children, size_t *ret_count,
                        struct cf_error *err)
{
    const char *name = cf_args_value(args, "server");
    bool more = true;
    int code = CF_OK;
    for (size_t length; code == CF_OK && more; name += length + 1) {
        length = strcspn(name, ",");
        more = name[length] == ',';
        if (*ret_count == CF_SERVERS)
            return cf_error_set(err, CF_USAGE, _("/server: at most %d hosts at once"), (int)CF_SERVERS);
        char *server = cf_alloc(length + 1);
        memcpy(server, name, length);
        children[(*ret_count)++].server = server;
        code = cf_ssh_check(server, err);
    }
    if (code == CF_OK && args->verb->there && args->operand_count && !cf_args_mean_all(args) &&
        args->operands[0][0] == '@')
        return cf_error_set(
            err, CF_UNSUPPORTED,
            _("%s is a file on this machine, out of reach for %s: name the users or sessions"),
            args->operands[0], cf_args_value(args, "server"));
    if (code == CF_OK && *ret_count > 1 && !args->verb->listing)
        return cf_error_set(err, CF_USAGE, _("%s takes one host at a time; listings take several"),
                            args->verb->name);
    return code;
}

int cf_servers_run(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct child *children = cf_alloc((CF_SERVERS + 1) * sizeof *children);
    size_t count = 0;
    int code = read_servers(args, children, &count, err);
    bool there = count == 1;
    if (code == CF_OK)
        code = run(children, there, args, err);
    for (size_t i = 0; i < count; i++) {
        if (code == CF_OK || code == CF_FAILED) {
            if (!there && !cf_args_has(args, "json"))
                (void)fprintf(out, "%s:\n", children[i].server);
            int judged = judge(&children[i], there, out, err);
            code = judged ? judged : code;
        }
        cf_buffer_finish(&children[i].said[0]);
        cf_buffer_finish(&children[i].said[1]);
        free(children[i].server);
    }
    free(children);
    return code;
}
