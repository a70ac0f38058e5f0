/* uthash, whose own way out where there is no memory says nothing; and a number that stands for bytes. */
#ifndef CF_BASE_HASH_H
#define CF_BASE_HASH_H

#include "base/memory.h"

#include <stddef.h>
#include <stdint.h>

#define uthash_malloc(size) cf_alloc(size)
#include <uthash.h>

#define CF_HASH_NONE UINT64_C(0xcbf29ce484222325)

/* FNV-1a, of what `hash` stands for and these: nobody is to be kept from making two alike, only nobody does
 * so by mistake. */
static inline uint64_t cf_hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    for (const unsigned char *c = bytes; length--; c++)
        hash = (hash ^ *c) * UINT64_C(0x100000001b3);
    return hash;
}

#endif
