/* The Lua host: policies as Lua files, an implementation of engine/policy_host.h. */
#ifndef CF_BINDINGS_LUA_HOST_H
#define CF_BINDINGS_LUA_HOST_H

#include "engine/policy_host.h"

extern const struct cf_policy_host_ops cf_lua_host_ops;

/* The bytes that each policy loaded from now on may hold, and the instructions of each of its calls;
 * CF_LUA_MEMORY and CF_LUA_BUDGET at first. */
void cf_lua_host_set_memory(struct cf_policy_host *host, size_t bytes);
void cf_lua_host_set_budget(struct cf_policy_host *host, int instructions);

/* For tests: how many requests for memory each policy loaded from now on is refused, from which on; 0: none.
 * Lua asks twice before it gives up. */
void cf_lua_host_set_refusals(struct cf_policy_host *host, uint64_t from, uint64_t count);

/* Tells each text that a file of translations beside the policy has and no policy of its folder says. */
void cf_lua_stray_translations(const char *policy,
                               void (*tell)(void *data, const char *file, const char *text), void *data);

#endif
