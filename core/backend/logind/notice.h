/* A notice as lines for a terminal. */
#ifndef CF_LOGIND_NOTICE_H
#define CF_LOGIND_NOTICE_H

#include "base/text.h"

/*
 * A bell, the title (NULL: none), the text, and of the button's label `ask` (NULL: none), in `language`
 * (NULL: English), that it cannot be pressed here; wrapped to 79 columns, safe to display, cut after 2,000
 * bytes. The caller finishes the buffer.
 */
void cf_notice_lines(struct cf_buffer *out, const char *title, const char *text, const char *ask,
                     const char *language);

/* What follows a notice that is not taken back by anything else: "You stay logged on." */
void cf_notice_over(struct cf_buffer *out, const char *language);

/* The label of a notice's button: `ask`, or, where that is NULL, "I am still here". */
const char *cf_notice_button(const char *ask, const char *language);

#endif
