/* A piece of Lua in a state of its own, and the text it returns. */
#ifndef CF_TESTS_BINDINGS_SNIPPET_H
#define CF_TESTS_BINDINGS_SNIPPET_H

#include "../unit.h"

#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

struct snippet {
    const char *text;
    size_t length;
    size_t memory; /* 0: the usual */
    int budget;    /* 0: the usual */
    int code;
    struct cf_error err;
    char out[256];
    struct cf_lua lua;
};

void snippet_run(struct snippet *snippet);

/* `wanted` begins with "!": the error contains the rest. Else it is what the text returns. */
void snippet_check(const char *text, const char *wanted);

#endif
