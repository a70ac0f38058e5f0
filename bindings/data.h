/* Lua as a notation for data: configuration files and values on the command line. No function is at hand. */
#ifndef CF_BINDINGS_DATA_H
#define CF_BINDINGS_DATA_H

#include "base/error.h"

#include <jansson.h>

enum {
    CF_LUA_DATA_MEMORY = 16 << 20, /* bytes */
    CF_LUA_DATA_BUDGET = 1000000,  /* instructions */
};

/*
 * Evaluates a file of assignments and returns its globals as an object, keys in order, of values as
 * cf_lua_json has them. ret_lines, if not NULL: an object of the line of each top-level key. CF_POLICY with
 * file and line, or file and path (CF_FAILED: it cannot be read). The caller owns both.
 */
int cf_lua_data(const char *path, json_t **ret_value, json_t **ret_lines, struct cf_error *err);

/*
 * Whether such a file, which Lua has read, gives no key twice in one table: 0, or CF_POLICY with a line for
 * each that it does, added to *err.
 */
int cf_lua_doubles(const char *path, struct cf_error *err);

/* Evaluates a file that returns a table, "return { … }": an object, or an array that is not empty. */
int cf_lua_table(const char *path, json_t **ret_value, struct cf_error *err);

/* The same of a value on the command line: a number, true, false or a {table}; anything else is text.
 * CF_USAGE. */
int cf_lua_value(const char *text, json_t **ret_value, struct cf_error *err);

#endif
