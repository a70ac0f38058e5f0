/* What a file of data gives twice: Lua keeps the last, and says nothing. */
#include "bindings/data.h"
#include "bindings/json.h"

#include "base/text.h"
#include "bindings/state/tokens.h"

#include <string.h>

enum { KEY = 256, DEPTH = CF_LUA_DATA_DEPTH + 16 };

struct reading {
    struct cf_tokens tokens;
    const char *file;
    json_t *keys[DEPTH]; /* of each table that is open, by name its line */
    int depth;
    struct cf_error *err;
    int code;
};

static void note(struct reading *reading, const char *key, int line)
{
    json_t *keys = reading->keys[reading->depth];
    const json_t *before = json_object_get(keys, key);
    struct cf_error own = {0};
    if (!before) {
        (void)json_object_set_new(keys, key, json_integer(line));
        return;
    }
    reading->code = cf_error_set(
        &own, CF_POLICY, "%s:%d: %s is given a second time; line %d gives it already: take one of them out",
        reading->file, line, key, (int)json_integer_value(before));
    cf_error_add(reading->err, &own);
}

static void enter(struct reading *reading)
{
    if (reading->depth + 1 < DEPTH)
        reading->keys[++reading->depth] = json_object();
}

static void leave(struct reading *reading)
{
    if (reading->depth > 0)
        json_decref(reading->keys[reading->depth--]);
}

enum { LAST = 5 }; /* tokens that a key takes: , [ "key" ] = */

/* Whether the last tokens, the latest at 0, give a key: the place of its name, else 0. */
static int place_of_key(const struct reading *reading, const struct cf_token last[LAST])
{
    bool bracketed = cf_token_is(&last[1], "]") && cf_token_is(&last[3], "[");
    int key = bracketed ? 2 : last[1].kind == CF_TOKEN_NAME ? 1 : 0;
    const struct cf_token *starter = &last[bracketed ? 4 : 2];
    bool begins = cf_token_is(starter, "{") || cf_token_is(starter, ",") || cf_token_is(starter, ";");
    return cf_token_is(&last[0], "=") && (begins || reading->depth == 0) ? key : 0;
}

static void read_all(struct reading *reading)
{
    struct cf_token last[LAST] = {0};
    char key[KEY];
    while (memmove(&last[1], &last[0], (LAST - 1) * sizeof last[0]),
           cf_tokens_next(&reading->tokens, &last[0])) {
        int place = place_of_key(reading, last);
        if (place) {
            (void)cf_token_value(&last[place], key, sizeof key);
            note(reading, key, last[place].line);
        }
        if (cf_token_is(&last[0], "{"))
            enter(reading);
        else if (cf_token_is(&last[0], "}"))
            leave(reading);
    }
}

int cf_lua_doubles(const char *path, struct cf_error *err)
{
    struct reading reading = {.file = cf_path_file(path), .err = err, .keys = {json_object()}};
    cf_tokens_open(&reading.tokens, path);
    read_all(&reading);
    while (reading.depth > 0)
        leave(&reading);
    json_decref(reading.keys[0]);
    cf_tokens_close(&reading.tokens);
    return reading.code;
}
