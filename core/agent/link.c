#include "agent/link.h"

#include "agent/sending.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An order that was sent. Whoever asked may have gone; its answer is awaited all the same. */
struct sent {
    uint64_t id;
    enum cf_agent_verb verb;
    struct cf_agent_order *asker; /* NULL: cancelled */
    struct cf_mono deadline;
};

/* What may be said once more, after an order was answered: of the next input, or of a button. */
struct open_end {
    uint64_t now, before; /* the last order's, and the one's before it, whose word may be on its way */
};

struct cf_agent_link {
    struct cf_loop *loop;
    struct cf_agent_link_calls calls;
    void *data;
    uv_pipe_t pipe;
    struct cf_timer limit; /* of the answer that is due first */
    struct sent sent[CF_AGENT_ORDERS];
    size_t sent_count;
    uint64_t last_id;
    struct open_end watch, notice;
    char input[CF_AGENT_ANSWER_LINE];
    size_t length;
    bool ended;
};

/* ---- Orders ---- */

void cf_agent_order_cancel(struct cf_agent_order *order)
{
    for (size_t i = 0; order->link && i < order->link->sent_count; i++)
        if (order->link->sent[i].asker == order)
            order->link->sent[i].asker = NULL;
    if (order->loop)
        cf_timer_stop(order->loop, &order->refused);
    order->link = NULL;
}

static void finish(struct cf_agent_order *order, const struct cf_agent_answer *answer)
{
    cf_agent_order_cancel(order);
    order->done(order, answer);
}

static void on_refused(struct cf_timer *timer)
{
    finish(timer->data, NULL);
}

static void refuse(struct cf_agent_order *order)
{
    order->link = NULL;
    order->refused = (struct cf_timer){.fire = on_refused, .data = order};
    cf_timer_defer(order->loop, &order->refused);
}

static void drop_orders(struct cf_agent_link *link)
{
    for (size_t i = 0; i < link->sent_count; i++)
        if (link->sent[i].asker)
            refuse(link->sent[i].asker);
    link->sent_count = 0;
    link->watch = link->notice = (struct open_end){0};
    cf_timer_stop(link->loop, &link->limit);
}

static void set_limit(struct cf_agent_link *link)
{
    struct cf_mono first = CF_MONO_UNKNOWN;
    for (size_t i = 0; i < link->sent_count; i++)
        if (!cf_mono_known(first) || link->sent[i].deadline.us < first.us)
            first = link->sent[i].deadline;
    if (cf_mono_known(first))
        cf_timer_set(link->loop, &link->limit, first);
    else
        cf_timer_stop(link->loop, &link->limit);
}

bool cf_agent_link_watches(const struct cf_agent_link *link)
{
    return link->watch.now != 0;
}

/* ---- The end ---- */

static void end(struct cf_agent_link *link, const char *why)
{
    if (link->ended)
        return;
    link->ended = true;
    (void)uv_read_stop((uv_stream_t *)&link->pipe);
    bool watches = cf_agent_link_watches(link);
    drop_orders(link);
    link->watch.now = watches; /* for its owner to see */
    link->calls.ended(link->data, why);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void cf_agent_link_destroy(struct cf_agent_link *link)
{
    if (!link)
        return;
    link->ended = true;
    drop_orders(link);
    uv_close((uv_handle_t *)&link->pipe, on_closed);
}

static void on_limit(struct cf_timer *timer)
{
    end(timer->data, "it did not answer in time");
}

/* ---- Answers ---- */

static bool is_of_verb(enum cf_agent_word word, enum cf_agent_verb verb)
{
    switch (verb) {
    case CF_AGENT_READ:
    case CF_AGENT_WATCH: return word == CF_AGENT_SAYS_STATE;
    case CF_AGENT_SHOW: return word == CF_AGENT_SAYS_SHOWN;
    default: return word == CF_AGENT_SAYS_CLOSED;
    }
}

/* Whether it may be said still, which it then may not any more. */
static bool take_end(struct open_end *open, uint64_t id)
{
    uint64_t *which = id == open->now ? &open->now : id == open->before ? &open->before : NULL;
    if (!id || !which)
        return false;
    *which = 0;
    return true;
}

static void settle(struct cf_agent_link *link, size_t place, const struct cf_agent_answer *answer)
{
    struct cf_agent_order *asker = link->sent[place].asker;
    link->sent[place] = link->sent[--link->sent_count];
    set_limit(link);
    if (asker)
        finish(asker, answer);
}

/* The answer of an order that waits for it, or what may follow one; anything else was not asked. */
static void take(struct cf_agent_link *link, const struct cf_agent_answer *answer)
{
    for (size_t i = 0; i < link->sent_count; i++)
        if (link->sent[i].id == answer->id && is_of_verb(answer->word, link->sent[i].verb)) {
            settle(link, i, answer);
            return;
        }
    bool current = answer->id == link->notice.now;
    if (answer->word == CF_AGENT_SAYS_INPUT && answer->yes && take_end(&link->watch, answer->id))
        link->calls.input(link->data);
    else if (answer->word != CF_AGENT_SAYS_PRESSED || !take_end(&link->notice, answer->id))
        end(link, "it spoke without having been asked");
    else if (current)
        link->calls.pressed(link->data, answer->yes);
}

/* ---- Reading and writing ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct cf_agent_link *link = handle->data;
    *buffer = uv_buf_init(link->input + link->length, (unsigned)(sizeof link->input - link->length));
}

/* What it owns outlives this: freed in the close callback only. */
static void take_lines(struct cf_agent_link *link)
{
    char *end_of_line;
    while (!link->ended && (end_of_line = memchr(link->input, '\n', link->length))) {
        size_t length = (size_t)(end_of_line - link->input) + 1;
        struct cf_agent_answer answer;
        bool fine = cf_agent_answer_read(link->input, length, &answer);
        link->length -= length;
        memmove(link->input, link->input + length, link->length);
        if (fine)
            take(link, &answer);
        else
            end(link, "it said what is no answer");
    }
    if (!link->ended && link->length == sizeof link->input)
        end(link, "its line is longer than 512 bytes");
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    (void)buffer;
    struct cf_agent_link *link = stream->data;
    if (length < 0) {
        end(link, "it has gone");
    } else {
        link->length += (size_t)length;
        take_lines(link);
    }
}

void cf_agent_link_send(struct cf_agent_link *link, struct cf_agent_order *order,
                        const struct cf_agent_order_line *line)
{
    cf_agent_order_cancel(order);
    order->loop = link->loop;
    if (link->ended || link->sent_count == CF_AGENT_ORDERS) {
        refuse(order);
        return;
    }
    struct cf_agent_order_line out = *line;
    out.id = ++link->last_id;
    bool reads = out.verb == CF_AGENT_READ || out.verb == CF_AGENT_WATCH;
    order->link = link;
    link->sent[link->sent_count++] = (struct sent){
        .id = out.id,
        .verb = out.verb,
        .asker = order,
        .deadline = cf_mono_add(cf_loop_now(link->loop), reads ? CF_AGENT_READ_LIMIT : CF_AGENT_SHOW_LIMIT)};
    set_limit(link);
    if (out.verb == CF_AGENT_WATCH)
        link->watch = (struct open_end){out.id, link->watch.now};
    else if (!reads && !out.beside)
        link->notice = (struct open_end){out.verb == CF_AGENT_SHOW ? out.id : 0, link->notice.now};
    struct cf_buffer text = {0};
    cf_agent_order_write(&text, &out);
    cf_agent_send((uv_stream_t *)&link->pipe, text);
}

struct cf_agent_link *cf_agent_link_create(struct cf_loop *loop, int fd, const char *session,
                                           const struct cf_agent_link_calls *calls, void *data)
{
    struct cf_agent_link *link = cf_alloc(sizeof *link);
    *link = (struct cf_agent_link){.loop = loop, .calls = *calls, .data = data};
    link->limit = (struct cf_timer){.fire = on_limit, .data = link};
    (void)uv_pipe_init(cf_loop_uv(loop), &link->pipe, 0);
    link->pipe.data = link;
    struct cf_buffer text = {0};
    cf_agent_welcome_write(&text, session, NULL);
    if (uv_pipe_open(&link->pipe, fd) != 0)
        (void)close(fd); /* nothing will ever be read, and orders find that out by their limit */
    else
        (void)uv_read_start((uv_stream_t *)&link->pipe, on_alloc, on_read);
    cf_agent_send((uv_stream_t *)&link->pipe, text);
    return link;
}
