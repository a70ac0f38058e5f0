#include "allocated.h"

#include "../unit/unit.h"

#if IS_SANITIZED
#include <sanitizer/allocator_interface.h>
#else
#include <malloc.h>
#endif

size_t allocated(void)
{
#if IS_SANITIZED
    return __sanitizer_get_current_allocated_bytes();
#else
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#endif
}
