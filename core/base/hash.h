/* uthash, whose own way out where there is no memory says nothing. */
#ifndef CF_BASE_HASH_H
#define CF_BASE_HASH_H

#include "base/memory.h"

#define uthash_malloc(size) cf_alloc(size)
#include <uthash.h>

#endif
