/*
 * Users and groups that the configuration names: whom the host does not know, and the numbers of the
 * administrators' groups. Asked of the host's name service on a thread of its own, since that may go over the
 * network, and hang.
 */
#ifndef CF_PROGRAM_NAMES_H
#define CF_PROGRAM_NAMES_H

#include "engine/engine.h"

#include <uv.h>

#define CF_NAMES_PATIENCE cf_seconds(5)

enum cf_name_found { CF_NAME_FOUND, CF_NAME_MISSING, CF_NAME_UNKNOWN };

/* The host's answer, with the uid or gid of what is found; replaced in tests. May block. */
typedef enum cf_name_found cf_name_look_up(const char *name, bool group, int64_t *ret_id);
enum cf_name_found cf_name_on_host(const char *name, bool group, int64_t *ret_id);

/* Tells of each such name, with a near one: "protect.users: there is no user 'anna' on this host; did you
 * mean 'ana'?" */
typedef void cf_names_tell(void *data, const char *text);

/* Waits for the answer for at most so long, then tells that there was none. Of the engine, the selectors of
 * its policies; it may be NULL. */
void cf_names_check(const struct cf_config *config, const struct cf_engine *engine, cf_name_look_up *look_up,
                    struct cf_span patience, cf_names_tell *tell, void *data);

/* The same beside a loop: each is told when its answer is there, however late. */
struct cf_names_setup {
    struct cf_loop *loop;
    const struct cf_config *config; /* as `engine`, needed for the call only */
    const struct cf_engine *engine;
    bool simulated; /* only administrators are this host's */
    cf_name_look_up *look_up;
    cf_names_tell *tell;
    void (*tell_administrators)(void *data, const int64_t *gids, size_t count); /* once; or NULL */
    void *data;
};

struct cf_names;
struct cf_names *cf_names_start(const struct cf_names_setup *setup);

/* NULL is fine; whoever hangs is left behind. Run the loop afterwards. */
void cf_names_stop(struct cf_names *names);

#endif
