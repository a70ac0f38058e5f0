/* Text for people, wrapped to 80 columns. */
#ifndef CF_PROGRAM_PARAGRAPH_H
#define CF_PROGRAM_PARAGRAPH_H

#include <stddef.h>
#include <stdio.h>

/* Writes `text` from column `at` on, its further lines indented by `indent`; ends the last line. */
void cf_paragraph(const char *text, size_t at, size_t indent, FILE *out);

/* The same for a new line, indented, its further lines by two more; printf's format, made safe to display. */
void cf_line(FILE *out, size_t indent, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* One line of any length, made safe to display. */
void cf_say(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
