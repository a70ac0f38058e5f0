/* Deadlines in order: a 4-ary heap of timers by (key_us, sequence). It borrows the timers and keeps their
 * `place`. */
#ifndef CF_TIME_HEAP_H
#define CF_TIME_HEAP_H

#include "time/loop.h"

/* A place in the heap: what it sorts by stands in it, so that sifting stays within the array. */
struct cf_slot {
    int64_t key_us;
    uint64_t sequence;
    struct cf_timer *timer;
};

struct cf_heap {
    struct cf_slot *slots;
    size_t count;
};

void cf_heap_finish(struct cf_heap *heap);

static inline struct cf_timer *cf_heap_first(const struct cf_heap *heap)
{
    return heap->count ? heap->slots[0].timer : NULL;
}

static inline bool cf_timer_before(const struct cf_timer *a, const struct cf_timer *b)
{
    return a->key_us != b->key_us ? a->key_us < b->key_us : a->sequence < b->sequence;
}

/* Puts it in, or where it is in already, in its new place. */
void cf_heap_put(struct cf_heap *heap, struct cf_timer *timer);

/* It is in. */
void cf_heap_take(struct cf_heap *heap, struct cf_timer *timer);

/* Sorts anew after any of the keys have changed. */
void cf_heap_sort(struct cf_heap *heap);

#endif
