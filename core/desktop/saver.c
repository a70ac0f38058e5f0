#include "desktop/saver.h"

#include <stdint.h>
#include <xcb/xcbext.h>

static xcb_extension_t saver = {"MIT-SCREEN-SAVER", 0};

enum { QUERY_INFO = 1 };

struct request {
    uint8_t major, minor;
    uint16_t length;
    xcb_drawable_t drawable;
};

struct reply {
    uint8_t type, state;
    uint16_t sequence;
    uint32_t length;
    xcb_window_t window;
    uint32_t until_saver_ms, since_input_ms, mask;
};

bool cf_saver_is_there(xcb_connection_t *connection)
{
    const xcb_query_extension_reply_t *extension = xcb_get_extension_data(connection, &saver);
    return extension && extension->present;
}

unsigned cf_saver_ask(xcb_connection_t *connection)
{
    const xcb_protocol_request_t kind = {.count = 1, .ext = &saver, .opcode = QUERY_INFO};
    struct request request = {.drawable = xcb_setup_roots_iterator(xcb_get_setup(connection)).data->root};
    struct iovec parts[] = {
        {0}, {0}, {.iov_base = &request, .iov_len = sizeof request}}; /* xcb takes two for itself */
    return xcb_send_request(connection, XCB_REQUEST_CHECKED, parts + 2, &kind);
}

struct cf_span cf_saver_idle(const void *reply)
{
    const struct reply *read = reply;
    return (struct cf_span){(int64_t)read->since_input_ms * 1000};
}
