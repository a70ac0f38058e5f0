#include "control/server.h"

#include "base/memory.h"
#include "control/account.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum state {
    READING,   /* a request is not there yet */
    PACED,     /* it is, and its turn comes by the timer */
    ANSWERING, /* somebody is at it */
    WRITING,   /* the client is to take the answer */
    TELLING,   /* it has no place any more, and is to take the reason */
    PARTING,   /* the connection is being closed */
};

struct client {
    struct cf_control *control;
    struct cf_account *account; /* NULL for one too many, or sent away, who is only told so */
    struct cf_peer peer;
    enum state state;
    uv_pipe_t pipe;
    uv_write_t write;
    struct cf_timer timer;  /* how long the state may last */
    struct cf_buffer input; /* what has come and is not answered yet */
    struct cf_buffer reply;
    struct cf_control_call *call;
    struct client *next;
};

struct cf_control {
    struct cf_control_setup setup;
    struct cf_endpoint *endpoint;
    uv_pipe_t listener;
    struct cf_timer accepting; /* set while connections wait to be accepted */
    struct cf_mono accepts_since;
    unsigned accepts; /* since then */
    struct client *clients;
    unsigned count; /* of clients with an account */
    struct cf_accounts *accounts;
    unsigned handles; /* of libuv's, not yet closed */
    char chunk[CF_CONTROL_LINE];
};

struct cf_control_call {
    struct client *client; /* NULL: has gone */
    struct cf_peer peer;
    json_int_t id;
};

static struct cf_mono now_of(const struct cf_control *control)
{
    return cf_loop_now(control->setup.loop);
}

/* ---- The end of a client, and of the server ---- */

static void release(struct cf_control *control)
{
    if (--control->handles > 0)
        return;
    cf_accounts_destroy(control->accounts);
    free(control);
}

static void on_closed(uv_handle_t *handle)
{
    struct client *client = handle->data;
    cf_buffer_finish(&client->input);
    cf_buffer_finish(&client->reply);
    release(client->control);
    free(client);
}

/* It has no place any more, which is another's from here on. */
static void leave(struct client *client)
{
    struct cf_control *control = client->control;
    cf_timer_stop(control->setup.loop, &client->timer);
    if (client->call)
        client->call->client = NULL;
    client->call = NULL;
    if (client->account) {
        client->account->clients--;
        control->count--;
    }
    client->account = NULL;
}

static void close_client(struct client *client)
{
    struct cf_control *control = client->control;
    if (client->state == PARTING)
        return;
    leave(client);
    client->state = PARTING;
    LL_DELETE(control->clients, client);
    uv_close((uv_handle_t *)&client->pipe, on_closed);
}

static void on_written(uv_write_t *write, int status);
static void enter_for(struct client *client, enum state state, struct cf_span limit);

static void send_reply(struct client *client)
{
    uv_buf_t buffer = uv_buf_init(client->reply.data, (unsigned)client->reply.length);
    client->write.data = client;
    if (uv_write(&client->write, (uv_stream_t *)&client->pipe, &buffer, 1, on_written) != 0)
        close_client(client);
}

/* Parts with a sentence. Both sockets and pipes take one from us that nobody has read yet, so it is out by
 * the next turn. */
static void close_saying(struct client *client, int code, const char *sentence)
{
    struct cf_error err;
    (void)uv_read_stop((uv_stream_t *)&client->pipe);
    leave(client);
    enter_for(client, TELLING, CF_CONTROL_UNTOLD);
    (void)cf_error_set(&err, code, "%s", sentence);
    cf_buffer_clear(&client->reply);
    cf_control_error_write(&client->reply, -1, &err);
    send_reply(client);
}

/* ---- From request to answer ---- */

static void go_on(struct client *client);

static void enter(struct client *client, enum state state, struct cf_mono until)
{
    client->state = state;
    cf_timer_set(client->control->setup.loop, &client->timer, until);
}

static void enter_for(struct client *client, enum state state, struct cf_span limit)
{
    const struct cf_clock *clock = cf_loop_clock(client->control->setup.loop);
    enter(client, state, cf_mono_add(cf_clock_now(clock), cf_clock_paced(clock, limit)));
}

static void on_written(uv_write_t *write, int status)
{
    struct client *client = write->data;
    if (status != 0 || client->state == TELLING)
        close_client(client);
    else if (client->state != PARTING) /* an answer can be out, and its client gone, before this is told */
        go_on(client);
}

/* *err, or `result` where that is NULL. */
static void reply(struct cf_control_call *call, const json_t *result, const struct cf_error *err)
{
    struct client *client = call->client;
    if (client) {
        client->call = NULL;
        cf_buffer_clear(&client->reply);
        if (err)
            cf_control_error_write(&client->reply, call->id, err);
        else
            cf_control_result_write(&client->reply, call->id, result);
        enter_for(client, WRITING, CF_CONTROL_UNREAD);
        send_reply(client);
    }
}

const struct cf_peer *cf_control_call_peer(const struct cf_control_call *call)
{
    return &call->peer;
}

void cf_control_answer(struct cf_control_call *call, json_t *result)
{
    reply(call, result, NULL);
    json_decref(result);
    free(call);
}

void cf_control_refuse(struct cf_control_call *call, const struct cf_error *err)
{
    reply(call, NULL, err);
    free(call);
}

int cf_control_hand_on(struct cf_control_call *call)
{
    struct client *client = call->client;
    uv_os_fd_t own;
    int fd = -1;
    if (client && uv_fileno((uv_handle_t *)&client->pipe, &own) == 0)
        fd = cf_endpoint_again(own);
    if (client)
        close_client(client);
    free(call);
    return fd;
}

static int check_words(const struct cf_control_verb *verb, json_t *words, struct cf_error *err)
{
    const char *name;
    json_t *word;
    json_object_foreach(words, name, word)
    {
        const char *const *known = verb->words;
        while (*known && strcmp(*known, name) != 0)
            known++;
        if (!*known)
            return cf_error_set(err, CF_USAGE, "%s knows no \"%.64s\"", verb->name, name);
    }
    return CF_OK;
}

static const struct cf_control_verb *find_verb(const struct client *client,
                                               const struct cf_control_request *request, struct cf_error *err)
{
    const struct cf_control_verb *verb = client->control->setup.verbs;
    while (verb->name && strcmp(verb->name, request->verb) != 0)
        verb++;
    if (!verb->name)
        (void)cf_error_set(err, CF_USAGE, "this engine does nothing called \"%s\"", request->verb);
    else if (!verb->anybody && !client->peer.administrator)
        (void)cf_error_set(err, CF_DENIED, "%s is for administrators: try as root", verb->name);
    else if (check_words(verb, request->words, err) == CF_OK)
        return verb;
    return NULL;
}

static size_t line_length(const struct client *client)
{
    const char *data = client->input.data,
               *end = client->input.length ? memchr(data, '\n', client->input.length) : NULL;
    return end ? (size_t)(end - data) + 1 : 0;
}

static void serve(struct client *client)
{
    struct cf_control_request request;
    struct cf_error err;
    struct cf_buffer *input = &client->input;
    size_t length = line_length(client);
    const struct cf_control_verb *verb = NULL;
    int code = cf_control_request_read(input->data, length, &request, &err);
    if (cf_endpoint_confirm(client->control->endpoint, &client->pipe, &client->peer) != CF_OK)
        (void)cf_error_set(&err, CF_DENIED, "the system does not tell who you are");
    else if (code == CF_OK)
        verb = find_verb(client, &request, &err);
    input->length -= length;
    memmove(input->data, input->data + length, input->length);

    struct cf_control_call *call = cf_alloc(sizeof *call);
    *call = (struct cf_control_call){client, client->peer, request.id};
    client->call = call;
    enter_for(client, ANSWERING, CF_CONTROL_ANSWER);
    if (verb) {
        if (!client->peer.administrator)
            cf_account_charge(client->control->accounts, client->account, verb->cost);
        verb->handle(client->control->setup.data, request.words, call);
    } else {
        cf_control_refuse(call, &err);
    }
    cf_control_request_finish(&request);
}

static void on_timer(struct cf_timer *timer)
{
    struct client *client = timer->data;
    struct cf_error err;
    switch (client->state) {
    case READING:
        if (client->input.length)
            close_saying(client, CF_TIMEOUT, "the rest of the request did not come in time");
        else
            close_client(client);
        break;
    case PACED: serve(client); break;
    case ANSWERING:
        (void)cf_error_set(&err, CF_TIMEOUT,
                           "the engine found no answer in time; nobody knows whether it was done");
        client->call->client = NULL;
        reply(&(struct cf_control_call){.client = client, .id = client->call->id}, NULL, &err);
        break;
    case WRITING:
    case TELLING:
    case PARTING: close_client(client); break;
    }
}

/* ---- Reading ---- */

/* No more than fits: what does not stays in the socket. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct client *client = handle->data;
    *buffer = uv_buf_init(client->control->chunk, (unsigned)(CF_CONTROL_LINE - client->input.length));
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct client *client = stream->data;
    if (length < 0) {
        close_client(client);
    } else if (length > 0) {
        bool begins = client->input.length == 0;
        cf_buffer_add(&client->input, buffer->base, (size_t)length);
        if (begins)
            enter_for(client, READING, CF_CONTROL_HALF);
        if (line_length(client) || client->input.length == CF_CONTROL_LINE)
            go_on(client);
    }
}

/* With what has come so far: serves a request, or waits for more. */
static void go_on(struct client *client)
{
    struct cf_control *control = client->control;
    size_t length = line_length(client);
    (void)uv_read_stop((uv_stream_t *)&client->pipe);
    if (length) {
        struct cf_mono now = now_of(control);
        struct cf_mono turn =
            client->peer.administrator ? now : cf_account_turn(control->accounts, client->account, now);
        if (turn.us > now.us)
            enter(client, PACED, turn);
        else
            serve(client);
    } else if (client->input.length == CF_CONTROL_LINE) {
        close_saying(client, CF_USAGE, "a request is a line of at most 64 KiB");
    } else {
        enter_for(client, READING, client->input.length ? CF_CONTROL_HALF : CF_CONTROL_IDLE);
        if (uv_read_start((uv_stream_t *)&client->pipe, on_alloc, on_read) != 0)
            close_client(client);
    }
}

/* ---- Those who come ---- */

/* Whether a is to make room before b: of the larger account, or of the same and with less begun. */
static bool goes_before(const struct client *a, const struct client *b)
{
    return !b || a->account->clients > b->account->clients ||
           (a->account->clients == b->account->clients && a->state < b->state);
}

/* Parts with a client of whoever has most, so that many accounts at their limit cannot keep the others out;
 * false where nobody would then still have as many as the newcomer. */
static bool make_room(struct cf_control *control, const struct cf_account *newcomer)
{
    struct client *most = NULL;
    for (struct client *client = control->clients; client; client = client->next)
        if (client->account && !client->peer.administrator && goes_before(client, most))
            most = client;
    if (!most || most->account->clients <= newcomer->clients + 1)
        return false;
    if (most->state == WRITING) /* the answer that is half out is the last that they get */
        close_client(most);
    else
        close_saying(most, CF_REFUSED,
                     "you have most of the engine's connections, and somebody else needs one");
    return true;
}

/* NULL, or why there is no room for the client; where there is, it has an account. */
static const char *admit(struct client *client)
{
    struct cf_control *control = client->control;
    unsigned room = CF_CONTROL_CLIENTS - (client->peer.administrator ? 0 : CF_CONTROL_RESERVED);
    struct cf_account *account = cf_accounts_find(control->accounts, client->peer.uid, now_of(control));
    if (!client->peer.administrator && account->clients >= CF_CONTROL_CLIENTS_EACH)
        return "you have too many connections to the engine; end some of them";
    if (control->count >= room && !make_room(control, account))
        return "the engine is busy with others; try again in a minute";
    client->account = account;
    account->clients++;
    control->count++;
    return NULL;
}

static void take_client(struct cf_control *control)
{
    struct client *client = cf_alloc(sizeof *client);
    client->control = control;
    client->timer = (struct cf_timer){.fire = on_timer, .data = client};
    client->next = control->clients;
    (void)uv_pipe_init(cf_loop_uv(control->setup.loop), &client->pipe, 0);
    client->pipe.data = client;
    control->clients = client;
    control->handles++;
    const char *full;
    if (uv_accept((uv_stream_t *)&control->listener, (uv_stream_t *)&client->pipe) != 0 ||
        cf_endpoint_peer(control->endpoint, &client->pipe, &client->peer) != CF_OK)
        close_client(client);
    else if ((full = admit(client)))
        close_saying(client, CF_REFUSED, full);
    else
        go_on(client);
}

/* Paced, since libuv would go on accepting for as long as somebody goes on connecting. */
static void on_connection(uv_stream_t *listener, int status)
{
    struct cf_control *control = listener->data;
    const struct cf_span pace = {1000};
    struct cf_mono now = now_of(control), next = cf_mono_add(control->accepts_since, pace);
    if (status != 0)
        return;
    if (next.us <= now.us) {
        control->accepts_since = now;
        control->accepts = 0;
    }
    if (control->accepts < CF_CONTROL_ACCEPTS) {
        control->accepts++;
        take_client(control);
    } else {
        cf_timer_set(control->setup.loop, &control->accepting, next);
    }
}

static void on_accepting(struct cf_timer *timer)
{
    struct cf_control *control = timer->data;
    on_connection((uv_stream_t *)&control->listener, 0);
}

/* ---- Life ---- */

static void on_listener_closed(uv_handle_t *handle)
{
    release(handle->data);
}

int cf_control_create(const struct cf_control_setup *setup, struct cf_control **ret_control,
                      struct cf_error *err)
{
    struct cf_control *control = cf_alloc(sizeof *control);
    control->setup = *setup;
    control->setup.path = control->setup.subuids = NULL; /* were borrowed */
    control->accepting = (struct cf_timer){.fire = on_accepting, .data = control};
    control->handles = 1;
    control->accounts = cf_accounts_create(setup->subuids, cf_loop_uv(setup->loop), now_of(control));
    (void)uv_pipe_init(cf_loop_uv(setup->loop), &control->listener, 0);
    control->listener.data = control;
    int code = cf_endpoint_open(setup->path, &control->listener, &control->endpoint, err);
    int status = code ? 0 : uv_listen((uv_stream_t *)&control->listener, CF_CONTROL_CLIENTS, on_connection);
    if (status != 0)
        code = cf_error_set(err, CF_FAILED, "cannot listen at %s: %s", setup->path, uv_strerror(status));
    if (code)
        cf_control_destroy(control);
    else
        *ret_control = control;
    return code;
}

void cf_control_set_administrators(struct cf_control *control, const int64_t *gids, size_t count)
{
    cf_endpoint_set_administrators(control->endpoint, gids, count);
}

void cf_control_destroy(struct cf_control *control)
{
    if (!control)
        return;
    cf_endpoint_close(control->endpoint);
    control->endpoint = NULL;
    cf_timer_stop(control->setup.loop, &control->accepting);
    while (control->clients)
        close_client(control->clients);
    uv_close((uv_handle_t *)&control->listener, on_listener_closed);
}
