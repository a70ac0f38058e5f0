/* The configuration: Lua as a notation of data, and what it may say. */
#include "base/text.h"
#include "bindings/data.h"
#include "engine/config/config.h"
#include "fuzz.h"

static void check_config(const json_t *value)
{
    struct cf_config config;
    struct cf_error err = {0};
    cf_config_init(&config);
    if (cf_config_parse(&config, "curfew.lua", value, "policies", &err) != 0)
        fuzz_check(err.code == CF_POLICY && strstr(err.text, ": "));
    cf_config_finish(&config);
}

static void check_round_trip(json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY);
    json_t *again = text ? json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
    fuzz_check(again);
    json_decref(again);
    json_decref(value);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *value = NULL, *lines = NULL;
    struct cf_error err = {0};
    const char *path = fuzz_file(data, size), *name = cf_path_file(path);
    if (cf_lua_data(path, &value, &lines, &err) == 0) {
        fuzz_check(json_is_object(value) && json_object_size(value) == json_object_size(lines));
        check_config(value);
        check_round_trip(value);
        json_decref(lines);
    } else {
        fuzz_check(err.code == CF_POLICY && strncmp(err.text, name, strlen(name)) == 0);
    }
    char *text = fuzz_text(data, size);
    if (cf_lua_value(text, &value, &err) == 0)
        check_round_trip(value);
    else
        fuzz_check(err.code == CF_USAGE && err.text[0]);
    free(text);
    return 0;
}
