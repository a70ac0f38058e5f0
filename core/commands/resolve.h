/*
 * Which session a word means, as administrators write them: an id ("12"), a session's name ("pts/3",
 * "rdp-tcp#2"; "console" is that at the machine itself, too), a user's. Names are compared without regard to
 * case; that of a session counts only while it is active.
 */
#ifndef CF_COMMANDS_RESOLVE_H
#define CF_COMMANDS_RESOLVE_H

#include "session/registry.h"

/* Room for "session 12 (ana, pts/3)". */
enum { CF_SESSION_LABEL = 200 };
const char *cf_session_label(const struct cf_session *session, char out[CF_SESSION_LABEL]);

/* A person's, not a login screen's or a service's. */
bool cf_session_of_person(const struct cf_session *session);

/* A service manager's, of which each user has one since systemd 256. */
bool cf_session_of_manager(const struct cf_session *session);

/* Somebody sits at it: neither disconnected nor in the background, nor on its way out. */
bool cf_session_attended(const struct cf_session *session);

/* Its name as listings show it: of people only while they attend it, since it may be another's next. "" where
 * none is. */
const char *cf_session_shown_name(const struct cf_session *session);

/* Whether the word is its id, its name or its user's: for listings, which show all that fit. */
bool cf_session_fits(const struct cf_session *session, const char *word);

/*
 * The one session that is meant. CF_FAILED, with its own sentence each: no such session; a name that several
 * have; a word that is one's id and another's name; a name whose session is not active.
 */
int cf_resolve_one(const struct cf_registry *registry, const char *word, cf_session_key *ret_key,
                   struct cf_error *err);

/* Sessions, each once. {0} is empty; free the keys. */
struct cf_keys {
    cf_session_key *keys;
    size_t count;
};

void cf_keys_add(struct cf_keys *keys, cf_session_key key);

/* All sessions, by their ids: 2, 10, c1, c10. */
void cf_keys_all(const struct cf_registry *registry, struct cf_keys *keys);

/* Adds all that are meant: "*" means every person's, a user's name all of theirs. CF_FAILED as above. */
int cf_resolve_all(const struct cf_registry *registry, const char *word, struct cf_keys *keys,
                   struct cf_error *err);

#endif
