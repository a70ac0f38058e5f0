/*
 * Selectors: which sessions are meant. Every condition must hold; each is a field with the values it may
 * have. Text values may hold "*" and "?" (user = "svc-*"). A field may be named in the plural (users, groups,
 * hosts).
 */
#ifndef CF_SESSION_SELECTOR_H
#define CF_SESSION_SELECTOR_H

#include "session/session.h"

struct cf_selector;

/* An empty selector, which selects every session. */
struct cf_selector *cf_selector_create(void);
void cf_selector_destroy(struct cf_selector *selector); /* NULL is fine */

/* Adds a condition. `field` is a field's name, its plural, or "host"/"id". CF_USAGE names the field and a
 * near one; or it is a field that nobody tells of when it changes, such as programs. */
int cf_selector_add_text(struct cf_selector *selector, const char *field, const char *const *patterns,
                         struct cf_error *err);
int cf_selector_add_flag(struct cf_selector *selector, const char *field, bool value, struct cf_error *err);

/* CF_TRI_UNKNOWN when a field it needs is unknown and no other condition fails. A NULL selector selects all.
 */
enum cf_tri cf_selector_match(const struct cf_selector *selector, const struct cf_session *session);

/* The same as a disjunction: whether any one condition holds. NULL or empty: none does. For `except` and
 * `protect`. */
enum cf_tri cf_selector_match_any(const struct cf_selector *selector, const struct cf_session *session);

/* How much there is to compare for one session, in steps of some nanoseconds. */
size_t cf_selector_weight(const struct cf_selector *selector);

/* The fields it looks at, so that it is asked again when they change. */
uint64_t cf_selector_fields(const struct cf_selector *selector);

/* Calls `fn` with each text that it wants of a session's field. NULL is fine. */
void cf_selector_each_text(const struct cf_selector *selector,
                           void (*fn)(void *data, enum cf_field field, const char *text), void *data);

/* Sets the record's fields so that the selector selects it, as far as it can. */
void cf_selector_fit(const struct cf_selector *selector, struct cf_session *session);

#endif
