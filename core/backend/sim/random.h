/* A small seeded generator of whole numbers (splitmix64), the same on every machine: no floating point. */
#ifndef CF_SIM_RANDOM_H
#define CF_SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct cf_random {
    uint64_t state;
};

static inline uint64_t cf_random_next(struct cf_random *random)
{
    uint64_t word = random->state += UINT64_C(0x9E3779B97F4A7C15);
    word = (word ^ (word >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94D049BB133111EB);
    return word ^ (word >> 31);
}

/* A generator of its own for each pair of a seed and a number. */
static inline struct cf_random cf_random_of(uint64_t seed, uint64_t number)
{
    struct cf_random random = {seed};
    random.state = cf_random_next(&random) ^ number;
    random.state = cf_random_next(&random);
    return random;
}

/* 0 to bound - 1. */
static inline uint32_t cf_random_below(struct cf_random *random, uint32_t bound)
{
    return (uint32_t)(((cf_random_next(random) >> 32) * bound) >> 32);
}

/* low to high, both included. */
static inline uint32_t cf_random_between(struct cf_random *random, uint32_t low, uint32_t high)
{
    return low + cf_random_below(random, high - low + 1);
}

/* True so many times in a thousand. Nothing is drawn where that is never. */
static inline bool cf_random_chance(struct cf_random *random, unsigned per_thousand)
{
    return per_thousand && cf_random_below(random, 1000) < per_thousand;
}

#endif
