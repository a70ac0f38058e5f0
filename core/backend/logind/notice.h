/* A notice as lines for a terminal. */
#ifndef CF_LOGIND_NOTICE_H
#define CF_LOGIND_NOTICE_H

#include "base/text.h"

/*
 * A bell, the title (NULL: none), the text, and of the button's label `ask` (NULL: none) that it cannot be
 * pressed here; wrapped to 79 columns, safe to display, cut after 2,000 bytes. The caller finishes the
 * buffer.
 */
void cf_notice_lines(struct cf_buffer *out, const char *title, const char *text, const char *ask);

#endif
