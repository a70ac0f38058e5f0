/*
 * The registry: every session of a host as last reported, found by key or identity, and the events that
 * follow from comparing what is reported with what was known.
 *
 * A key is the engine's own name for one session's whole life: 64 bits, never reused, 0 is none. Entries and
 * their records are valid until the session's `gone` event has been handled.
 */
#ifndef CF_SESSION_REGISTRY_H
#define CF_SESSION_REGISTRY_H

#include "session/session.h"

typedef uint64_t cf_session_key;

struct cf_registry;

enum cf_session_change { CF_SESSION_ADDED, CF_SESSION_CHANGED, CF_SESSION_GONE };

/* One listener: the engine. `fields`: what changed (ADDED: all that is known). GONE: the record still stands.
 */
typedef void cf_registry_listener(void *data, enum cf_session_change change, cf_session_key key,
                                  uint64_t fields);

/* `clock` dates the signs of life that come without a time (unlock, reconnect). Both are borrowed. */
struct cf_registry *cf_registry_create(const struct cf_clock *clock, cf_registry_listener *listener,
                                       void *data);
void cf_registry_destroy(struct cf_registry *registry); /* no events; NULL is fine */

/* What a back end's sink reports. A seen session whose birth differs from the one known under its id replaces
 * it: GONE for the old, ADDED for the new. An unknown birth is completed once, when it becomes known. */
void cf_registry_listing(struct cf_registry *registry, bool done);
void cf_registry_seen(struct cf_registry *registry, const struct cf_session *session, uint64_t fields);
void cf_registry_gone(struct cf_registry *registry, const struct cf_identity *identity);

/* The answer to a question about the session `key`: the same as seen(), but found at once. */
void cf_registry_read(struct cf_registry *registry, cf_session_key key, const struct cf_session *session,
                      uint64_t fields);

/* The record, or NULL once the session has ended. */
const struct cf_session *cf_registry_get(const struct cf_registry *registry, cf_session_key key);

/* 0 where there is none. */
cf_session_key cf_registry_find(const struct cf_registry *registry, const struct cf_identity *identity);

/*
 * The latest sign of life that the registry has seen: input, unlock, reconnect, or what cf_registry_touch
 * or cf_registry_vouch said. It never goes back, and no later reading makes the record's last input look
 * older than it. Unknown while none is known.
 */
struct cf_mono cf_registry_life(const struct cf_registry *registry, cf_session_key key);

/* The same without what was only said (cf_registry_vouch). */
struct cf_mono cf_registry_shown(const struct cf_registry *registry, cf_session_key key);

/* A sign of life from elsewhere: an answer on the screen. CHANGED is reported. */
void cf_registry_touch(struct cf_registry *registry, cf_session_key key, struct cf_mono at);

/* The same where somebody only says that they are there, which a script can do as well: `stay`. */
void cf_registry_vouch(struct cf_registry *registry, cf_session_key key, struct cf_mono at);

/* The sessions in order of their coming; start with 0, ends with 0. Safe while sessions come and go. */
cf_session_key cf_registry_next(const struct cf_registry *registry, cf_session_key after);
size_t cf_registry_count(const struct cf_registry *registry);

/* A word of the owner's for each session: the engine hangs its tasks here. NULL at first; cleared before GONE
 * ends. */
void **cf_registry_slot(struct cf_registry *registry, cf_session_key key);

#endif
