/* What is made of the table of verbs when curfew is built: manual pages, completion, words to translate. */
#ifndef CF_PAGES_PAGES_H
#define CF_PAGES_PAGES_H

#include "program/program.h"

#include <stdio.h>

enum { CF_PAGE_NAME = 64 };

/* What the page of a verb is called under that name of it: "curfew-run", and "query-process" of Windows'
 * commands. */
const char *cf_page_name(const struct cf_verb *verb, const char *name, char out[CF_PAGE_NAME]);

/* The manual page of the program, or of one verb. `date`: of the build, "2026-03-02". */
void cf_page_program(const char *date, FILE *out);
void cf_page_verb(const struct cf_verb *verb, const char *date, FILE *out);

/* Completion of curfew and of the commands that are links to it, for a shell. */
struct cf_shell;
extern const struct cf_shell cf_shell_bash, cf_shell_zsh, cf_shell_fish;
void cf_completion(const struct cf_shell *shell, FILE *out);

/* Every text of the table as C that xgettext reads. */
void cf_page_words(FILE *out);

#endif
