/* bindings/meta.lua declares every word there is. */
#include "../unit.h"

#include "base/text.h"
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

#include <stdio.h>
#include <string.h>

static struct cf_buffer meta;

static int read_meta(void **state)
{
    (void)state;
    FILE *file = fopen("bindings/meta.lua", "rb");
    assert_non_null(file);
    char block[4096];
    for (size_t size; (size = fread(block, 1, sizeof block, file)) > 0;)
        cf_buffer_add(&meta, block, size);
    fclose(file);
    return 0;
}

static int drop_meta(void **state)
{
    (void)state;
    cf_buffer_finish(&meta);
    return 0;
}

static void assert_declared(const char *before, const char *name, const char *behind)
{
    char wanted[100];
    snprintf(wanted, sizeof wanted, "\n%s%s%s", before, name, behind);
    if (!strstr(meta.data, wanted))
        fail_msg("bindings/meta.lua lacks: %s", wanted + 1);
}

/* The functions of the table on top. */
static void check_library(lua_State *L, const char *library)
{
    char before[64];
    snprintf(before, sizeof before, "function %s.", library);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        assert_declared(before, lua_tostring(L, -2), "(");
}

static int check_globals(lua_State *L)
{
    static const char *const libraries[] = {"sessions", "clock", "calendar", "store"};
    lua_newtable(L);
    cf_lua_add_sessions(L);
    cf_lua_add_clock(L);
    cf_lua_add_leads(L);
    cf_lua_add_calendar(L);
    cf_lua_add_store(L);
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        lua_getfield(L, -1, libraries[i]);
        check_library(L, libraries[i]);
        lua_pop(L, 1);
    }
    lua_newtable(L);
    cf_lua_add_option(L);
    cf_lua_add_require(L);
    cf_lua_add_clock(L);
    cf_lua_add_leads(L);
    lua_pushnil(L);
    lua_setfield(L, -2, "clock");
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        assert_declared("function ", lua_tostring(L, -2), "(");
    lua_newtable(L);
    cf_lua_add_units(L);
    cf_lua_add_host(L);
    lua_pushnil(L);
    lua_setfield(L, -2, "log");
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        assert_declared("", lua_tostring(L, -2), " = ");
    return 0;
}

static void test_globals(void **state)
{
    (void)state;
    struct cf_lua_script script = {0};
    struct cf_error err = {0};
    assert_int_equal(cf_lua_open(&script.lua, CF_LUA_MEMORY, CF_LUA_BUDGET, &err), 0);
    script.lua.owner = &script;
    if (cf_lua_protect(&script.lua, check_globals, NULL, &err) < 0)
        fail_msg("%s", err.text);
    cf_lua_close(&script.lua);
}

static void test_session(void **state)
{
    (void)state;
    for (int i = 0; cf_lua_session_methods[i].name; i++)
        assert_declared("function session:", cf_lua_session_methods[i].name, "(");
    for (int field = 0; field < CF_FIELD_COUNT; field++)
        if (field != CF_FIELD_CPU)
            assert_declared("---@field ", cf_fields[field].name, " ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_globals),
        cmocka_unit_test(test_session),
    };
    return cmocka_run_group_tests(tests, read_meta, drop_meta);
}
