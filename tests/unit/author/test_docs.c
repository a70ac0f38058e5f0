/* The examples of docs/testing-policies.md: each block of Lua whose first line is "-- NAME.lua" is that file.
 */
#include "../../fixture/folder.h"
#include "../unit.h"

#include "author/scenario.h"
#include "author/tester.h"
#include "time/zone.h"

#include <stdio.h>
#include <string.h>

static char page[65536];

static void read_page(void)
{
    FILE *file = fopen("docs/testing-policies.md", "r");
    assert_non_null(file);
    size_t size = fread(page, 1, sizeof page - 1, file);
    assert_int_equal(fclose(file), 0);
    assert_true(size > 0 && size < sizeof page - 1);
}

/* Writes the next example below *at and moves on; NULL: no more. */
static const char *next_example(const char **at)
{
    static const char fence[] = "\n```lua\n-- ", end[] = "\n```\n";
    const char *begin = strstr(*at, fence);
    if (!begin)
        return NULL;
    begin += strlen(fence);
    const char *stop = strstr(begin, end);
    assert_non_null(stop);
    *at = stop;
    char name[64];
    assert_int_equal(sscanf(begin, "%60s", name), 1);
    const char *text = begin - strlen("-- ");
    return folder_write_bytes(name, text, (size_t)(stop - text) + 1);
}

static int ends_in(const char *path, const char *end)
{
    return strlen(path) >= strlen(end) && strcmp(path + strlen(path) - strlen(end), end) == 0;
}

static void test_examples(void **state)
{
    (void)state;
    read_page();
    folder_make();
    const char *at = page, *tests = NULL, *scenario = NULL;
    for (const char *path; (path = next_example(&at));) {
        if (ends_in(path, "_test.lua"))
            tests = path;
        if (ends_in(path, "day.lua"))
            scenario = path;
    }
    assert_true(tests && scenario);

    struct cf_error err = {0};
    unsigned passed = 0, failed = 0;
    assert_int_equal(cf_tester_run(&tests, 1, NULL, stderr, &passed, &failed, &err), 0);
    assert_int_equal(passed, 2);
    assert_int_equal(failed, 0);

    struct cf_scenario *day = NULL;
    if (cf_lua_scenario(scenario, &day, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(day->length_us, 11 * INT64_C(3600) * 1000000);
    cf_scenario_destroy(day);
    folder_drop();
    cf_zones_release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
