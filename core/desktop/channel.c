#include "desktop/channel.h"

#include "agent/sending.h"
#include "base/log.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* One connection, from the attempt on; the next one is another. */
struct line_to_engine {
    struct cf_channel *channel; /* NULL: given up */
    uv_pipe_t pipe;
    uv_connect_t connect;
    struct cf_buffer input;
    bool welcome;
    char chunk[4096];
};

struct cf_channel {
    struct cf_loop *loop;
    char *path, *folder, *display;
    struct cf_channel_calls calls;
    struct line_to_engine *line; /* NULL: none */
    uv_fs_event_t folders;       /* told of while there is no engine */
    bool checks;                 /* the try under way is the one after they began to be watched */
    bool stirred;                /* something was made there since it began */
    struct cf_timer again;
    struct cf_span wait;
};

static void try_engine(struct cf_channel *channel);

/* ---- The end of a connection ---- */

static void on_closed(uv_handle_t *handle)
{
    struct line_to_engine *line = handle->data;
    cf_buffer_finish(&line->input);
    free(line);
}

static void give_up(struct cf_channel *channel)
{
    struct line_to_engine *line = channel->line;
    channel->line = NULL;
    if (!line)
        return;
    line->channel = NULL;
    uv_close((uv_handle_t *)&line->pipe, on_closed);
}

static void try_later(struct cf_channel *channel)
{
    cf_timer_set(channel->loop, &channel->again, cf_mono_add(cf_loop_now(channel->loop), channel->wait));
    channel->wait = cf_span_doubled(channel->wait, CF_CHANNEL_MOST);
}

static void lose(struct cf_channel *channel)
{
    bool welcome = channel->line->welcome;
    give_up(channel);
    if (welcome)
        channel->calls.lost(channel->calls.data);
    try_later(channel);
}

/* ---- Waiting for an engine ---- */

static void on_folder(uv_fs_event_t *folders, const char *name, int events, int status)
{
    (void)name, (void)events, (void)status;
    struct cf_channel *channel = folders->data;
    channel->stirred = true;
    if (!channel->line) {
        channel->checks = false;
        try_engine(channel);
    }
}

/* For its folder, or, where that is not there, for the one above; and once more, as it may have come
 * meanwhile. */
static void wait_for_engine(struct cf_channel *channel)
{
    bool checked = channel->checks && !channel->stirred;
    channel->checks = false;
    if (checked)
        return;
    char *above = cf_strdup(channel->folder), *slash = strrchr(above, '/');
    *(slash && slash > above ? slash : above + 1) = '\0';
    (void)uv_fs_event_stop(&channel->folders);
    channel->checks = uv_fs_event_start(&channel->folders, on_folder, channel->folder, 0) == 0 ||
                      uv_fs_event_start(&channel->folders, on_folder, above, 0) == 0;
    free(above);
    if (channel->checks)
        try_engine(channel);
    else
        try_later(channel);
}

/* ---- Orders ---- */

static void take_welcome(struct line_to_engine *line, size_t length)
{
    struct cf_channel *channel = line->channel;
    json_error_t error;
    json_t *object = json_loadb(line->input.data, length, 0, &error);
    const char *why = json_string_value(json_object_get(object, "error"));
    const char *session = json_string_value(json_object_get(object, "session"));
    line->welcome = session != NULL;
    if (session) {
        channel->wait = CF_CHANNEL_LEAST;
        cf_log(CF_LOG_NOTICE, "at work for session %s", session);
        channel->calls.begun(channel->calls.data, session);
    } else {
        cf_log(CF_LOG_WARNING, "the engine takes no agent here: %s", why ? why : "it does not say why");
        lose(channel);
    }
    json_decref(object);
}

static void take_order(struct cf_channel *channel, const char *text, size_t length)
{
    struct cf_agent_order_line order;
    json_t *object = NULL;
    if (cf_agent_order_read(text, length, &order, &object))
        channel->calls.order(channel->calls.data, &order);
    else
        lose(channel); /* an engine of another version */
    json_decref(object);
}

static void take_lines(struct line_to_engine *line)
{
    struct cf_buffer *input = &line->input;
    char *end;
    while (line->channel && input->length && (end = memchr(input->data, '\n', input->length))) {
        size_t length = (size_t)(end - input->data) + 1;
        if (line->welcome)
            take_order(line->channel, input->data, length);
        else
            take_welcome(line, length);
        input->length -= length;
        memmove(input->data, input->data + length, input->length);
    }
    if (line->channel && input->length > CF_AGENT_ORDER_LINE)
        lose(line->channel);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct line_to_engine *line = handle->data;
    *buffer = uv_buf_init(line->chunk, sizeof line->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct line_to_engine *line = stream->data;
    if (!line->channel)
        return;
    if (length < 0) {
        lose(line->channel);
    } else {
        cf_buffer_add(&line->input, buffer->base, (size_t)length);
        take_lines(line);
    }
}

/* ---- Going out ---- */

void cf_channel_answer(struct cf_channel *channel, const struct cf_agent_answer *answer)
{
    struct cf_buffer text = {0};
    if (!channel->line || !channel->line->welcome)
        return;
    cf_agent_answer_write(&text, answer);
    cf_agent_send((uv_stream_t *)&channel->line->pipe, text);
}

/* ---- Connecting ---- */

static void on_connected(uv_connect_t *connect, int status)
{
    struct line_to_engine *line = connect->data;
    struct cf_channel *channel = line->channel;
    if (!channel)
        return;
    if (status != 0) {
        give_up(channel);
        if (status == UV_ENOENT)
            wait_for_engine(channel);
        else
            try_later(channel); /* it is about to listen, or has crashed */
        return;
    }
    (void)uv_fs_event_stop(&channel->folders);
    channel->checks = false;
    struct cf_buffer text = {0};
    cf_agent_hello_write(&text, channel->display);
    cf_agent_send((uv_stream_t *)&line->pipe, text);
    (void)uv_read_start((uv_stream_t *)&line->pipe, on_alloc, on_read);
}

static void try_engine(struct cf_channel *channel)
{
    struct line_to_engine *line = cf_alloc(sizeof *line);
    line->channel = channel;
    (void)uv_pipe_init(cf_loop_uv(channel->loop), &line->pipe, 0);
    line->pipe.data = line->connect.data = line;
    channel->line = line;
    channel->stirred = false;
    uv_pipe_connect(&line->connect, &line->pipe, channel->path, on_connected);
}

static void on_again(struct cf_timer *timer)
{
    struct cf_channel *channel = timer->data;
    if (!channel->line)
        try_engine(channel);
}

struct cf_channel *cf_channel_create(struct cf_loop *loop, const char *path, const char *display,
                                     const struct cf_channel_calls *calls)
{
    struct cf_channel *channel = cf_alloc(sizeof *channel);
    *channel = (struct cf_channel){.loop = loop,
                                   .path = cf_strdup(path),
                                   .folder = cf_strdup(path),
                                   .display = cf_strdup(display),
                                   .calls = *calls,
                                   .again = {.fire = on_again, .data = channel},
                                   .wait = CF_CHANNEL_LEAST};
    char *slash = strrchr(channel->folder, '/');
    *(slash ? slash : channel->folder) = '\0';
    (void)uv_fs_event_init(cf_loop_uv(loop), &channel->folders);
    channel->folders.data = channel;
    try_engine(channel);
    return channel;
}

static void on_folders_closed(uv_handle_t *handle)
{
    struct cf_channel *channel = handle->data;
    free(channel->path);
    free(channel->folder);
    free(channel->display);
    free(channel);
}

void cf_channel_destroy(struct cf_channel *channel)
{
    cf_timer_stop(channel->loop, &channel->again);
    give_up(channel);
    uv_close((uv_handle_t *)&channel->folders, on_folders_closed);
}
