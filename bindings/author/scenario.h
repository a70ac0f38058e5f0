/* Scenario files: Lua that says what people do, run once, out of which comes a list of timed events. */
#ifndef CF_AUTHOR_SCENARIO_H
#define CF_AUTHOR_SCENARIO_H

#include "sim/scenario.h"

/*
 * Compiles the file (its words: docs/testing-policies.md). The scenario starts where the file says, else on
 * Monday 2026-03-02 08:00 UTC, has that zone, and ends where the file's time stood at its end. CF_POLICY,
 * with file and line where there is one, if the file cannot be read, is wrong or contradicts itself.
 */
int cf_lua_scenario(const char *path, struct cf_scenario **ret_scenario, struct cf_error *err);

#endif
