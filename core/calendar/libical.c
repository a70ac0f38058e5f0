#include "base/error.h"

#ifdef CF_HAVE_ICAL

#include "calendar/libical.h"

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#define LIBRARY "libical.so.3"
_Static_assert(ICAL_MAJOR_VERSION == 3, "the library that is loaded must be the one of the headers");

struct cf_libical cf_libical;

int cf_libical_load(struct cf_error *err)
{
    static bool loaded;
    static const struct {
        const char *name;
        size_t offset;
    } functions[] = {
#define PLACE(name) {#name, offsetof(struct cf_libical, name)},
        CF_LIBICAL_FUNCTIONS(PLACE)
#undef PLACE
    };
    if (loaded)
        return CF_OK;
    uv_lib_t library;
    int code = uv_dlopen(LIBRARY, &library);
    for (size_t i = 0; code == 0 && i < sizeof functions / sizeof functions[0]; i++)
        code = uv_dlsym(&library, functions[i].name,
                        (void **)(void *)((char *)&cf_libical + functions[i].offset));
    loaded = code == 0;
    if (loaded)
        return CF_OK;
    (void)cf_error_set(err, CF_UNSUPPORTED, "iCalendar cannot be read without %s: %s", LIBRARY,
                       uv_dlerror(&library));
    uv_dlclose(&library);
    return CF_UNSUPPORTED;
}

#endif
