/* Text: a growing buffer, text that is safe to display, and the small comparisons every layer needs. */
#ifndef CF_BASE_TEXT_H
#define CF_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* A growing string; {0} is empty. `data` is NULL while nothing was ever added, not even an
 * empty text, else ends in NUL. */
struct cf_buffer {
    char *data;
    size_t length, room;
};

void cf_buffer_finish(struct cf_buffer *buffer);
void cf_buffer_clear(struct cf_buffer *buffer);
void cf_buffer_add(struct cf_buffer *buffer, const char *text, size_t length);
void cf_buffer_puts(struct cf_buffer *buffer, const char *text);
void cf_buffer_printf(struct cf_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Copies `text` into out[size], always ending in NUL, with all replaced that could move a cursor, start an
 * escape sequence, reorder a line or pass unseen: C0 and C1 controls and DEL, line and paragraph separators,
 * bidirectional controls, and characters without a width become "?", bytes that are not UTF-8 become U+FFFD.
 * Tabs become blanks. What joins or varies the character before it stays behind one that can be joined:
 * scripts and emoji need that, Latin names do not. Returns the length.
 */
size_t cf_text_safe(const char *text, char *out, size_t size);

/* The same on one line, a line feed being a blank. The caller's. */
char *cf_text_line(const char *text);

/* Adds `text` (NULL: null) as a JSON string with its quotes. What cf_text_safe replaces is escaped, so that
 * nothing is lost; invalid UTF-8 becomes U+FFFD. */
void cf_buffer_json(struct cf_buffer *buffer, const char *text);

/* Adds `text` (NULL: nothing) as a cell of CSV (RFC 4180), made safe, on one line, and behind a "'" where a
 * spreadsheet would take it for a formula. */
void cf_buffer_csv(struct cf_buffer *buffer, const char *text);

/* Adds `text`, made safe, as a label's value in Prometheus' text format, with its quotes. */
void cf_buffer_label(struct cf_buffer *buffer, const char *text);

/* Whether `pattern`, in which "*" stands for any run and "?" for any one character, matches all of `text`. */
bool cf_text_matches(const char *pattern, const char *text);

/* Equality in which NULL equals only NULL. */
bool cf_text_equal(const char *a, const char *b);

/* The last part of a path, after any folder: the path itself where it names none. */
const char *cf_path_file(const char *path);

/* How many letters must be added, dropped or changed to make one of the other; words beyond 63 letters are
 * far. */
unsigned cf_text_distance(const char *a, const char *b);

/* Remembers the word nearest to `wanted` seen so far; start with {.wanted = …}. For "did you mean". */
struct cf_near {
    const char *wanted, *word; /* word: NULL while none is near enough to be meant */
    unsigned distance;
};
void cf_near_try(struct cf_near *near, const char *word);

/* The characters among so many bytes: columns, for nearly all scripts. */
size_t cf_utf8_columns(const char *text, size_t length);

/* The bytes of the first `most` characters, or of all. `text` ends in NUL, and is UTF-8. */
size_t cf_utf8_bytes(const char *text, size_t most);

/* Adds `text`, which is UTF-8, in a column of so many characters: filled up with blanks, or cut and ended
 * with `mark`. NULL: it is never cut. */
void cf_buffer_cell(struct cf_buffer *buffer, const char *text, size_t width, const char *mark);

/* Length of one UTF-8 character at `text`, 0 where it is none. `text` ends in NUL. */
size_t cf_utf8_length(const char *text);

#endif
