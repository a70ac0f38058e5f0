#include "wts/utf16.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <winsock2.h> /* and windows.h with it, as libuv wants it */

char *cf_utf8_of_field(const wchar_t *text, size_t size)
{
    size_t length = text ? wcsnlen(text, size) : 0;
    if (!length)
        return NULL;
    int bytes = WideCharToMultiByte(CP_UTF8, 0, text, (int)length, NULL, 0, NULL, NULL);
    char *out = cf_alloc((size_t)bytes + 1);
    (void)WideCharToMultiByte(CP_UTF8, 0, text, (int)length, out, bytes, NULL, NULL);
    return out;
}

char *cf_utf8_of(const wchar_t *text)
{
    return cf_utf8_of_field(text, text ? wcslen(text) : 0);
}

wchar_t *cf_utf16_of(const char *text)
{
    int length = MultiByteToWideChar(CP_UTF8, 0, text ? text : "", -1, NULL, 0);
    wchar_t *out = cf_alloc((size_t)length * sizeof *out);
    (void)MultiByteToWideChar(CP_UTF8, 0, text ? text : "", -1, out, length);
    return out;
}
