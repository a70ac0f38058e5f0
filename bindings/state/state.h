/*
 * A Lua state with limits: bytes by its allocator, instructions by a count hook, libraries by an allow-list.
 * Policies, configurations, scenarios and tests each run in one of these. A script that breaks a limit is
 * stopped: whatever catches the error, the next instruction raises it again.
 *
 * Nothing of Lua is called outside cf_lua_protect() and cf_lua_resume(), so that no error, running out of
 * memory included, can leave this layer other than as a code and a sentence.
 */
#ifndef CF_BINDINGS_STATE_H
#define CF_BINDINGS_STATE_H

#include "base/error.h"
#include "time/zone.h"

#include <lua.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    CF_LUA_MEMORY = 64 << 20,    /* bytes a state may hold */
    CF_LUA_BUDGET = 5 * 1000000, /* instructions one call or one resume may take, so that the loop is not held
                                  * up; what functions in C go through, a step is one more (cf_lua_spend), and
                                  * 64 new bytes are one */
    CF_LUA_ALONE = 20 * 1000000, /* the same, where nobody else waits: a file of tests, a scenario */
    CF_LUA_CLOSING = 1000000,    /* instructions the <close> variables of a cancelled run may take */
    CF_LUA_SLICE = 1000,         /* instructions from one look at the budget to the next */
    CF_LUA_WORK = 1000000, /* µs of processor time that it may take, for single instructions that take long */
    CF_LUA_STRING = 1 << 20, /* bytes of one text */
    CF_LUA_FILE = 4 << 20,   /* bytes a script may have */
    CF_LUA_TEXT_STEP = 32, /* bytes of a text that C goes through for a step of the budget, some times over */
};

/* The limit that a script has broken. */
enum cf_lua_over {
    CF_LUA_WITHIN,
    CF_LUA_OVER_BUDGET,
    CF_LUA_OVER_TIME,
    CF_LUA_OVER_MEMORY,
    CF_LUA_OVER_TEXT
};

struct cf_condition;

/* Every pointer but `L` is borrowed. Lives where its owner put it; threads of the state find it by
 * cf_lua_of(). */
struct cf_lua {
    lua_State *L;       /* the main thread */
    size_t used, limit; /* bytes, those that C holds for the script included; limit is the owner's to set at
                         * any time */
    size_t held;        /* of the bytes, those of C, which no collection goes through */
    int budget;         /* instructions */
    int64_t left;       /* of the budget, in this call */
    int64_t begun;      /* this call, in processor time; below 0: not looked at yet */
    enum cf_lua_over over;       /* in this call */
    bool refused;                /* the last request for memory */
    uint64_t requests, refusals; /* for tests: of those for memory so many are refused, … */
    uint64_t refuse_from;        /* … from this one on, counted from when this was set; 0: none */
    lua_State *running;          /* the thread at work */
    const struct cf_zone *zone;  /* in which instants are printed; UTC at first */
    void *owner;
    struct cf_condition *condition; /* being evaluated (condition.h), NULL: none */
    uint64_t evaluations;           /* so far: tells its values from those of earlier ones */
    bool stood_still;               /* in this call, a span of a session was read that stands still at zero */
    int begins;                     /* the function of a run that is begun, in the registry; 0: none */
    char file[64];                  /* the last part of the path of the file loaded last, for messages */
    char place[80];                 /* "idle.lua:7": where the author's code broke a limit; "": unknown */
};

/* Opens a state without any function. CF_FAILED where the memory does not suffice. */
int cf_lua_open(struct cf_lua *lua, size_t limit, int budget, struct cf_error *err);
void cf_lua_close(struct cf_lua *lua); /* fine where open failed, or was never called on a zeroed one */

struct cf_lua *cf_lua_of(lua_State *L);

/*
 * Calls fn(L) with `data` as its only argument (a light userdata: lua_touserdata(L, 1)), within the budget.
 * Returns 0, or CF_POLICY: then *err holds the script's file, line and message, and a line for each caller
 * above it.
 */
int cf_lua_protect(struct cf_lua *lua, lua_CFunction fn, void *data, struct cf_error *err);

/*
 * Inside cf_lua_protect only: starts or goes on with `thread`, which has its function and arguments on its
 * stack. True: it yielded. False: it returned. An error of the thread is thrown on, with its traceback.
 */
bool cf_lua_resume(lua_State *L, lua_State *thread, int arguments);

/*
 * Inside cf_lua_protect only: pushes the chunk, or throws. In errors a file goes by the last part of its
 * path. A text whose name begins with "@" is the author's, and errors name its lines; with "=" it is ours,
 * and they name the caller.
 */
void cf_lua_load_file(lua_State *L, const char *path);
void cf_lua_load_text(lua_State *L, const char *name, const char *text, size_t length);

/* Inside cf_lua_protect only: ends a thread, closing its <close> variables, so that it can be started anew.
 * False: something failed on the way, and the thread is of no use any more. */
bool cf_lua_end_thread(lua_State *L, lua_State *thread);

/* Throws a sentence behind the file and line of the script that called, however deep in our own Lua the error
 * is. */
_Noreturn void cf_lua_throw(lua_State *L, const char *format, ...);

/* The same where a thread stands that waits, behind the callers of its function. */
_Noreturn void cf_lua_throw_at(lua_State *L, lua_State *thread, const char *text);

/* Charges the budget with what the function `what` ("table.move") is about to go through; throws where that
 * is more than is left. */
void cf_lua_spend(lua_State *L, const char *what, uint64_t steps);

/* The same where nothing may throw: the script is stopped at its next instruction. */
void cf_lua_owe(lua_State *L, uint64_t steps);

/*
 * Charges the state's memory with bytes that the function `what` is about to have C hold for the script;
 * where they would be too many, even once all garbage is collected, throws, and what to do. Whoever frees
 * them gives them back.
 */
void cf_lua_hold(lua_State *L, const char *what, size_t bytes);
bool cf_lua_try_hold(struct cf_lua *lua, size_t bytes); /* where nothing may throw; false: too many */
void cf_lua_give_back(struct cf_lua *lua, size_t bytes);

/* For a function that a script called: the line at which that script stands; 0 where none does. */
int cf_lua_line(lua_State *L);

#endif
