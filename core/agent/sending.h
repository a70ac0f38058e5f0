/* A line on its way out, of either end. */
#ifndef CF_AGENT_SENDING_H
#define CF_AGENT_SENDING_H

#include "base/text.h"

#include <uv.h>

/* Takes the text over, and frees it once it is written. That nobody reads it any more is told by reading. */
void cf_agent_send(uv_stream_t *stream, struct cf_buffer text);

#endif
