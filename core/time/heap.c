#include "time/heap.h"

#include "base/memory.h"

#include <stdlib.h>

enum { WIDTH = 4 };

static bool before(const struct cf_slot *a, const struct cf_slot *b)
{
    return a->key_us != b->key_us ? a->key_us < b->key_us : a->sequence < b->sequence;
}

static struct cf_slot slot_of(struct cf_timer *timer)
{
    return (struct cf_slot){timer->key_us, timer->sequence, timer};
}

static void put(struct cf_heap *heap, size_t index, struct cf_slot slot)
{
    heap->slots[index] = slot;
    slot.timer->place = index + 1;
}

static void rise(struct cf_heap *heap, size_t index, struct cf_slot slot)
{
    while (index > 0) {
        size_t parent = (index - 1) / WIDTH;
        if (!before(&slot, &heap->slots[parent]))
            break;
        put(heap, index, heap->slots[parent]);
        index = parent;
    }
    put(heap, index, slot);
}

static void sink(struct cf_heap *heap, size_t index, struct cf_slot slot)
{
    for (;;) {
        size_t child = index * WIDTH + 1, least = child;
        if (child >= heap->count)
            break;
        for (size_t i = child + 1; i < heap->count && i < child + WIDTH; i++)
            if (before(&heap->slots[i], &heap->slots[least]))
                least = i;
        if (!before(&heap->slots[least], &slot))
            break;
        put(heap, index, heap->slots[least]);
        index = least;
    }
    put(heap, index, slot);
}

static void settle(struct cf_heap *heap, size_t index, struct cf_slot slot)
{
    if (index > 0 && before(&slot, &heap->slots[(index - 1) / WIDTH]))
        rise(heap, index, slot);
    else
        sink(heap, index, slot);
}

void cf_heap_put(struct cf_heap *heap, struct cf_timer *timer)
{
    if (timer->place) {
        settle(heap, timer->place - 1, slot_of(timer));
        return;
    }
    heap->slots = cf_grow(heap->slots, heap->count, sizeof *heap->slots);
    rise(heap, heap->count++, slot_of(timer));
}

void cf_heap_take(struct cf_heap *heap, struct cf_timer *timer)
{
    size_t index = timer->place - 1;
    struct cf_slot last = heap->slots[--heap->count];
    timer->place = 0;
    if (index < heap->count)
        settle(heap, index, last);
}

void cf_heap_sort(struct cf_heap *heap)
{
    for (size_t i = heap->count; i-- > 0;)
        sink(heap, i, slot_of(heap->slots[i].timer));
}

void cf_heap_finish(struct cf_heap *heap)
{
    free(heap->slots);
    *heap = (struct cf_heap){0};
}
