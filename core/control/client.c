#include "control/client.h"

#include "base/i18n.h"
#include "control/connection.h"

enum { CHUNK = 64 * 1024 };

static int receive_line(struct cf_connection *connection, const char *path, struct cf_buffer *line,
                        struct cf_error *err)
{
    char chunk[CHUNK];
    while (!line->length || line->data[line->length - 1] != '\n') {
        size_t length;
        int code = cf_connection_receive(connection, chunk, sizeof chunk, &length, err);
        if (code != CF_OK)
            return code;
        cf_buffer_add(line, chunk, length);
        if (line->length > CF_CONTROL_REPLY)
            return cf_error_set(err, CF_FAILED, _("%s: the answer is longer than %d MiB"), path,
                                CF_CONTROL_REPLY >> 20);
    }
    return CF_OK;
}

int cf_control_ask(const char *path, struct cf_span limit, const char *verb, const char *const *words,
                   json_t **ret_result, struct cf_error *err)
{
    struct cf_exchange exchange = {.path = path};
    cf_clock_init_system(&exchange.clock);
    exchange.deadline = cf_mono_add(cf_clock_now(&exchange.clock), limit);
    struct cf_connection *connection;
    int code = cf_connection_open(&exchange, &connection, err);
    if (code != CF_OK)
        return code;
    struct cf_buffer line = {0};
    cf_control_request_write(&line, 1, verb, words);
    code = cf_connection_send(connection, line.data, line.length, err);
    cf_buffer_clear(&line);
    if (code == CF_OK)
        code = receive_line(connection, path, &line, err);
    if (code == CF_OK)
        code = cf_control_reply_read(line.data, line.length, ret_result, err);
    cf_buffer_finish(&line);
    cf_connection_close(connection);
    return code;
}
