/* JSON as curfew prints it: values of jansson's, on one line, with nothing in it that a terminal would act
 * on. */
#ifndef CF_BASE_JSON_H
#define CF_BASE_JSON_H

#include "base/text.h"

#include <jansson.h>
#include <stdio.h>

/* `text`, whatever its bytes; null for NULL. The caller's. */
json_t *cf_json_text(const char *text);

/* A list of texts, which ends in NULL; null for NULL. The caller's. */
json_t *cf_json_list(char *const *items);

/* Adds the value, its texts as cf_buffer_json has them, objects in the order in which they were filled. */
void cf_json_add(struct cf_buffer *out, const json_t *value);

/* A value on a line of its own; both take the reference. */
void cf_json_line(struct cf_buffer *out, json_t *value);
void cf_json_print(FILE *out, json_t *value);

#endif
