#include "memory.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <winsock2.h> /* and windows.h with it */

enum { GIVEN = 0x57545321, TAKEN = 0x21535457, MISUSE_STATUS = 99 };

struct block {
    int mark, type;
    unsigned long count;
    long reserved;
};

static atomic_long left;

void misuse(const char *format, ...)
{
    va_list words;
    va_start(words, format);
    (void)fprintf(stderr, "wtsapi32 misused: ");
    (void)vfprintf(stderr, format, words);
    (void)fprintf(stderr, "\n");
    (void)fflush(NULL);
    va_end(words);
    (void)TerminateProcess(GetCurrentProcess(), MISUSE_STATUS);
    abort();
}

void *memory_give(size_t size, int type, unsigned long count)
{
    struct block *block = calloc(1, sizeof *block + size);
    if (!block)
        abort();
    *block = (struct block){GIVEN, type, count, 0};
    (void)atomic_fetch_add(&left, 1);
    return block + 1;
}

void memory_take(void *memory, int type, unsigned long count)
{
    if (!memory)
        return;
    struct block *block = (struct block *)memory - 1;
    if (block->mark != GIVEN)
        misuse("%s is freed that was never given out, or twice", block->mark == TAKEN ? "a block" : "memory");
    if (block->type != type)
        misuse("a block of type %d is freed as type %d (-1: by WTSFreeMemory)", block->type, type);
    if (type != MEMORY_PLAIN && block->count != count)
        misuse("%lu rows are freed as %lu", block->count, count);
    block->mark = TAKEN; /* and not freed in truth, so that it is found if it comes twice */
    (void)atomic_fetch_sub(&left, 1);
}

long memory_left(void)
{
    return atomic_load(&left);
}
