/* What every unit test includes: cmocka, in the order it wants, and a small source of repeatable chance. */
#ifndef CF_TESTS_UNIT_H
#define CF_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Whether the address sanitizer is in this build: work takes several times as long, and memory is counted to
 * the byte. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#define IS_SANITIZED __has_feature(address_sanitizer)
#else
#define IS_SANITIZED 0
#endif

#define assert_contains(text, piece)                                                                         \
    do {                                                                                                     \
        const char *told_ = (text), *piece_ = (piece);                                                       \
        if (!strstr(told_, piece_))                                                                          \
            fail_msg("%s is not in: %s", piece_, told_);                                                     \
    } while (0)

/* How many cases a test draws by chance: under sanitizers a third of the usual. */
#define CASES(usual) (IS_SANITIZED ? (usual) / 3 : (usual))

/* splitmix64: the next of a stream that starts at *state. */
static inline uint64_t chance(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* From 0 up to, not including, `below`. */
static inline int64_t pick(uint64_t *state, int64_t below)
{
    return (int64_t)(chance(state) % (uint64_t)below);
}

/* A number from the environment, by which a test is made longer by hand, or begins with a certain case. */
static inline uint64_t setting(const char *name, uint64_t usual)
{
    const char *value = getenv(name);
    return value ? strtoull(value, NULL, 10) : usual;
}

#endif
