/* Lines that are no requests, each with the code of its answer. Whoever sends them is answered and stays. */
#ifndef CF_TESTS_CONTROL_MALFORMED_H
#define CF_TESTS_CONTROL_MALFORMED_H

#include <stdbool.h>
#include <stddef.h>

struct malformed {
    const char *bytes;
    size_t length;
    int code;
    bool has_id; /* its answer carries the 7 */
};

extern const struct malformed malformed[];
extern const size_t malformed_count;

/* These are requests as such, which no engine, or not this one, does. */
extern const struct malformed strange[];
extern const size_t strange_count;

#endif
