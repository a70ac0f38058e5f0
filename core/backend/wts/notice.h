/* A notice as a message box: its text, and how long it is shown. */
#ifndef CF_WTS_NOTICE_H
#define CF_WTS_NOTICE_H

#include "backend/backend.h"

#include <stdint.h>

/* As much of a title and a text as a box takes, bytes of UTF-8. */
enum { CF_WTS_TITLE = 200, CF_WTS_TEXT = 2000 };

/* The caller's, safe to display; a question ends in the words of its button, as what Yes means. */
char *cf_wts_notice_title(const char *title, const char *language);
char *cf_wts_notice_text(const char *text, const char *ask);

/* "You stay logged on.": a box cannot be taken back. */
const char *cf_wts_notice_over(const char *language);

/* Whole seconds, at least one; 0 would be for ever. Where nobody said: a minute, as msg has it. */
uint32_t cf_wts_notice_seconds(struct cf_span shown_for);

#endif
