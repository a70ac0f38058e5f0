/*
 * Lua's patterns as the manual of Lua 5.4 has them (section 6.4.1), with a budget: Lua's own may take longer
 * than the age of the world over forty letters; this pays for each step (cf_lua_spend).
 */
#ifndef CF_BINDINGS_MATCH_H
#define CF_BINDINGS_MATCH_H

#include "bindings/state/state.h"

enum { CF_MATCH_CAPTURES = 32 }; /* as in Lua */

struct cf_match {
    lua_State *L;
    const char *what; /* the function, "string.find", for errors */
    const char *text, *text_end, *pattern, *pattern_end;
    int depth, count; /* count: of captures */
    struct {
        const char *start;
        const char *end; /* NULL: still open; where `place` holds, unused */
        bool place;      /* "()": the position */
    } captures[CF_MATCH_CAPTURES];
};

/* The end of the match at `at` of the pattern from p on (behind its "^"); NULL: there is none. Throws at a
 * pattern that is none. */
const char *cf_match_begin(struct cf_match *m, const char *at, const char *p);

void cf_match_spend(const struct cf_match *m, size_t steps);
_Noreturn void cf_match_malformed(const struct cf_match *m, const char *why);

#endif
