#include "logind/remote.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "base/ssh.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BRIDGE     "systemd-stdio-bridge"
#define LAST_WORDS cf_seconds(1) /* between the line's end and ssh's, and between that and its last words */

enum { SAID = 2048 };

struct cf_remote {
    struct cf_loop *loop;
    char *server;
    cf_remote_ended *ended;
    void *data;
    uv_process_t ssh;
    uv_pipe_t errors;
    struct cf_timer limit;
    int64_t status;
    bool exited, silent, broke, over; /* silent: it says no more; over: `ended` was called */
    char said[SAID], room[512];       /* said: the last of it */
    size_t length;
    int handles; /* not yet closed */
};

static void on_limit(struct cf_timer *timer)
{
    struct cf_remote *remote = timer->data;
    struct cf_error err;
    if (remote->exited)
        (void)cf_ssh_explain(remote->server, BRIDGE, remote->status, remote->said, &err);
    else if (remote->broke)
        (void)cf_error_set(
            &err, CF_UNAVAILABLE,
            _("%s: what answers there is not a system bus; does a start-up file of the shell there print "
              "something?"),
            remote->server);
    else
        (void)cf_error_set(
            &err, CF_UNAVAILABLE,
            _("%s: there was no answer in time: is it on, does every firewall let ssh through, and does no "
              "start-up file of the shell there print anything?"),
            remote->server);
    remote->over = true;
    remote->ended(remote->data, &err);
}

static void end_within(struct cf_remote *remote, struct cf_span limit)
{
    cf_timer_set(remote->loop, &remote->limit, cf_mono_add(cf_loop_now(remote->loop), limit));
}

/* Programs that ssh has started may keep its errors open for ever. */
static void settle(struct cf_remote *remote)
{
    if (!remote->exited || remote->over)
        return;
    if (remote->silent)
        cf_timer_defer(remote->loop, &remote->limit);
    else
        end_within(remote, LAST_WORDS);
}

static void on_exit_of_ssh(uv_process_t *process, int64_t status, int signal)
{
    struct cf_remote *remote = process->data;
    remote->exited = true;
    remote->status = signal ? -signal : status;
    settle(remote);
}

static void on_room(uv_handle_t *handle, size_t size, uv_buf_t *buffer)
{
    (void)size;
    struct cf_remote *remote = handle->data;
    *buffer = uv_buf_init(remote->room, sizeof remote->room);
}

static void on_errors(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct cf_remote *remote = stream->data;
    if (length < 0) {
        (void)uv_read_stop(stream);
        remote->silent = true;
        settle(remote);
        return;
    }
    size_t more = (size_t)length, room = sizeof remote->said - 1;
    if (remote->length + more > room) {
        size_t drop = remote->length + more - room;
        memmove(remote->said, remote->said + drop, remote->length - drop);
        remote->length -= drop;
    }
    memcpy(remote->said + remote->length, buffer->base, more);
    remote->length += more;
    remote->said[remote->length] = '\0';
}

static void on_closed(uv_handle_t *handle)
{
    struct cf_remote *remote = handle->data;
    if (--remote->handles > 0)
        return;
    free(remote->server);
    free(remote);
}

/* With `line` as standard input and output. */
static int start(struct cf_remote *remote, bool asks, int line)
{
    const char *words[CF_SSH_WORDS];
    cf_ssh_words(remote->server, asks, BRIDGE, words);
    uv_stdio_container_t stdio[] = {
        {.flags = UV_INHERIT_FD, .data.fd = line},
        {.flags = UV_INHERIT_FD, .data.fd = line},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&remote->errors},
    };
    const uv_process_options_t options = {.file = words[0],
                                          .args = (char **)(uintptr_t)words,
                                          .stdio = stdio,
                                          .stdio_count = 3,
                                          .exit_cb = on_exit_of_ssh};
    return uv_spawn(cf_loop_uv(remote->loop), &remote->ssh, &options);
}

int cf_remote_open(struct cf_loop *loop, const char *server, bool asks, struct cf_span limit,
                   cf_remote_ended *ended, void *data, struct cf_remote **ret_remote, int *ret_fd,
                   struct cf_error *err)
{
    int line[2], code = cf_ssh_check(server, err);
    if (code)
        return code;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) != 0)
        return cf_error_set(err, CF_UNAVAILABLE, _("%s: no connection to ssh can be made"), server);
    struct cf_remote *remote = cf_alloc(sizeof *remote);
    *remote = (struct cf_remote){.loop = loop,
                                 .server = cf_strdup(server),
                                 .ended = ended,
                                 .data = data,
                                 .limit = {.fire = on_limit, .data = remote},
                                 .handles = 2};
    remote->ssh.data = remote->errors.data = remote;
    (void)uv_pipe_init(cf_loop_uv(loop), &remote->errors, 0);
    int status = start(remote, asks, line[1]);
    (void)close(line[1]);
    if (status != 0) {
        (void)close(line[0]);
        remote->exited = true; /* there is no process to end */
        cf_remote_close(remote);
        return cf_error_set(err, CF_UNAVAILABLE, _("%s: ssh cannot be started: %s; is it installed?"), server,
                            uv_strerror(status));
    }
    (void)uv_read_start((uv_stream_t *)&remote->errors, on_room, on_errors);
    end_within(remote, limit);
    *ret_remote = remote;
    *ret_fd = line[0];
    return CF_OK;
}

void cf_remote_answered(struct cf_remote *remote)
{
    if (!remote->exited && !remote->broke)
        cf_timer_stop(remote->loop, &remote->limit);
}

void cf_remote_broke(struct cf_remote *remote)
{
    remote->broke = true;
    if (!remote->exited && !remote->over)
        end_within(remote, LAST_WORDS);
}

void cf_remote_close(struct cf_remote *remote)
{
    if (!remote)
        return;
    remote->over = true;
    cf_timer_stop(remote->loop, &remote->limit);
    if (!remote->exited)
        (void)uv_process_kill(&remote->ssh, SIGTERM);
    uv_close((uv_handle_t *)&remote->ssh, on_closed);
    uv_close((uv_handle_t *)&remote->errors, on_closed);
}
