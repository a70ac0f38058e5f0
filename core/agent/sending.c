#include "agent/sending.h"

#include "base/memory.h"

#include <stdlib.h>

struct line {
    uv_write_t write;
    struct cf_buffer text;
};

static void on_written(uv_write_t *write, int status)
{
    (void)status;
    struct line *line = (struct line *)(void *)write;
    cf_buffer_finish(&line->text);
    free(line);
}

void cf_agent_send(uv_stream_t *stream, struct cf_buffer text)
{
    struct line *line = cf_alloc(sizeof *line);
    line->text = text;
    uv_buf_t buffer = uv_buf_init(text.data, (unsigned)text.length);
    if (uv_write(&line->write, stream, &buffer, 1, on_written) != 0)
        on_written(&line->write, 0);
}
