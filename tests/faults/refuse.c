/*
 * Memory that ends, loaded before a program (LD_PRELOAD): of what any part of it asks for, any library's too,
 * the request CURFEW_REFUSE (1 …) is refused, or each from there on with CURFEW_REFUSE_ALL. Counting begins
 * at once; with CURFEW_REFUSE_LATER, at SIGUSR2. CURFEW_REFUSE_COUNT names a file that gets the count at the
 * end, and behind it the first request of each place in the code that asks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

enum { PLACES = 256, TEXT = PLACES * 8 };

static atomic_bool counting;
static atomic_long requests;
static long first;
static bool all;

static struct {
    _Atomic(void *) caller;
    long request;
} places[PLACES];

/* Threads that meet here at once may note a place twice. */
static void note(void *caller, long request)
{
    for (size_t i = 0; i < PLACES && places[i].caller != caller; i++) {
        void *none = NULL;
        if (atomic_compare_exchange_strong(&places[i].caller, &none, caller)) {
            places[i].request = request;
            return;
        }
    }
}

static bool refused(void *caller)
{
    if (!atomic_load(&counting))
        return false;
    long request = atomic_fetch_add(&requests, 1) + 1;
    note(caller, request);
    bool is = first > 0 && (all ? request >= first : request == first);
    if (is)
        errno = ENOMEM;
    return is;
}

void *malloc(size_t size)
{
    return refused(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return refused(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return refused(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return refused(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **ret_memory, size_t alignment, size_t size)
{
    void *memory = refused(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
    if (memory)
        *ret_memory = memory;
    return memory ? 0 : ENOMEM;
}

static void begin(int signal)
{
    (void)signal;
    atomic_store(&counting, true);
}

__attribute__((constructor)) static void start(void)
{
    const char *text = getenv("CURFEW_REFUSE");
    first = text ? strtol(text, NULL, 10) : 0;
    all = getenv("CURFEW_REFUSE_ALL") != NULL;
    (void)unsetenv("LD_PRELOAD"); /* what it starts has memory */
    if (getenv("CURFEW_REFUSE_LATER"))
        (void)signal(SIGUSR2, begin);
    else
        begin(0);
}

__attribute__((destructor)) static void end(void)
{
    atomic_store(&counting, false);
    const char *path = getenv("CURFEW_REFUSE_COUNT");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    char text[TEXT];
    int length = snprintf(text, sizeof text, "%ld", atomic_load(&requests));
    for (size_t i = 0; i < PLACES && places[i].caller && length < TEXT - 24; i++)
        length += snprintf(text + length, sizeof text - (size_t)length, " %ld", places[i].request);
    if (fd >= 0 && write(fd, text, (size_t)length) == length)
        (void)close(fd);
}
