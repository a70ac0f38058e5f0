/* Scenario files: what was read is printed so that it is read as the same again. */
#include "base/text.h"
#include "fuzz.h"
#include "sim/scenario.h"

static int add_line(void *data, const char *text, size_t length)
{
    cf_buffer_add(data, text, length);
    cf_buffer_add(data, "\n", 1);
    return 0;
}

/* False: it was refused. */
static bool print(const void *data, size_t size, struct cf_buffer *printed)
{
    struct cf_scenario *scenario;
    struct cf_error err = {0};
    const char *path = fuzz_file(data, size);
    if (cf_scenario_read(path, &scenario, &err) != 0) {
        fuzz_check(err.code == CF_POLICY && strncmp(err.text, path, strlen(path)) == 0);
        return false;
    }
    fuzz_check(cf_scenario_print(scenario, add_line, printed) == 0);
    cf_scenario_destroy(scenario);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cf_buffer first = {0}, again = {0};
    if (print(data, size, &first)) {
        fuzz_check(print(first.data, first.length, &again));
        fuzz_check(strcmp(first.data, again.data) == 0);
    }
    cf_buffer_finish(&first);
    cf_buffer_finish(&again);
    return 0;
}
