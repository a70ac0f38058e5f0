/* What is made of the table of verbs when curfew is built: manual pages, completion, words to translate. */
#ifndef CF_PAGES_PAGES_H
#define CF_PAGES_PAGES_H

#include "program/program.h"

#include <stdio.h>

enum { CF_PAGE_NAME = 64 };

/* A verb's name as one word: "query-process". */
const char *cf_page_name(const char *name, char out[CF_PAGE_NAME]);

/* The manual page of the program, or of one of Windows' commands. `date`: of the build, "2026-03-02". */
void cf_page_program(const char *date, FILE *out);
void cf_page_windows(const struct cf_verb *verb, const char *date, FILE *out);

void cf_completion_bash(FILE *out);

/* Every text of the table as C that xgettext reads. */
void cf_page_words(FILE *out);

#endif
