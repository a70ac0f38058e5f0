/* What the words of scenarios and of tests have in common: their Lua state, and the reading of their
 * arguments. */
#ifndef CF_AUTHOR_VOCABULARY_H
#define CF_AUTHOR_VOCABULARY_H

#include "bindings/state/state.h"
#include "sim/scenario.h"

#include <lauxlib.h>

/* Where the clocks of scenarios and tests start that say nothing else: Monday 2026-03-02 08:00 UTC. */
#define CF_VOCABULARY_START ((struct cf_instant){INT64_C(1772438400000000)})

/* Who was logged on so far, as they were asked for; labels are the places in this list. {0} is empty. */
struct cf_people {
    struct cf_session **records;
    size_t count;
    struct cf_session *draft; /* being read: finished here if that fails */
};

void cf_people_finish(struct cf_people *people);

/* Our own files in Lua. */
extern const char cf_embedded_people_lua[], cf_embedded_scenario_lua[], cf_embedded_tester_lua[],
    cf_embedded_expect_lua[];
extern const size_t cf_embedded_people_lua_size, cf_embedded_scenario_lua_size, cf_embedded_tester_lua_size,
    cf_embedded_expect_lua_size;

/*
 * Inside cf_lua_protect. Pushes a new table of globals, then a table of the primitives in `core` and those
 * that every vocabulary has (misuse, pace), then the methods of people (people.lua), which rest on core.act
 * and core.advance.
 */
void cf_vocabulary_push(lua_State *L, const luaL_Reg *core);

/* Runs one of them with the globals at `globals` for its own, and the top `arguments` values; leaves
 * `results`. */
void cf_vocabulary_prelude(lua_State *L, int globals, const char *text, size_t size, int arguments,
                           int results);

/* Pushes the file's chunk, which sees the globals at `globals`, locked. */
void cf_vocabulary_load(lua_State *L, int globals, const char *path);

/* cf_lua_protect, whose error names the file in every case. */
int cf_vocabulary_protect(struct cf_lua *lua, lua_CFunction fn, const char *path, void *data,
                          struct cf_error *err);

/* The functions below throw with the line of the author's file. */

/* The argument, a text that is not empty: "logon wants a user's name, not nil". */
const char *cf_vocabulary_text(lua_State *L, int index, const char *what, const char *wanted);

/* The field called so; throws, naming a near one, where there is none. */
enum cf_field cf_vocabulary_field(lua_State *L, const char *name);

/* logon(user, fields): adds the person and returns the label. */
uint32_t cf_vocabulary_logon(lua_State *L, struct cf_people *people);

/* An event out of act(label, what, argument, text). `text` is borrowed from the stack. */
struct cf_event cf_vocabulary_act(lua_State *L);

/* An event out of host(what, argument, text), where the host's clock was stepped by `stepped` so far. */
struct cf_event cf_vocabulary_host(lua_State *L, struct cf_span stepped);

/* starts(when, zone): outputs are written last. */
void cf_vocabulary_start(lua_State *L, struct cf_instant *ret_start, const struct cf_zone **ret_zone);

/* advance(span), where `past` went by already. */
struct cf_span cf_vocabulary_advance(lua_State *L, struct cf_span past);

/* advance_to(when): the next such time of day ("19:00") after `now`, or an instant that is not past. */
struct cf_instant cf_vocabulary_next(lua_State *L, const struct cf_zone *zone, struct cf_instant now);

#endif
