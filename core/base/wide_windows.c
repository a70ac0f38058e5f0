#include "base/wide_windows.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

wchar_t *cf_wide(const char *text)
{
    int length = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    wchar_t *wide = cf_alloc((size_t)(length + 1) * sizeof *wide);
    (void)MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, length);
    return wide;
}

char *cf_narrow(const wchar_t *text)
{
    int length = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
    char *narrow = cf_alloc((size_t)length + 1);
    (void)WideCharToMultiByte(CP_UTF8, 0, text, -1, narrow, length, NULL, NULL);
    return narrow;
}

char *cf_windows_error(unsigned long number)
{
    wchar_t text[512];
    DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, number, 0,
                                  text, sizeof text / sizeof *text, NULL);
    while (length > 0 && wcschr(L"\r\n .", text[length - 1]))
        length--;
    text[length] = L'\0';
    if (length > 0)
        return cf_narrow(text);
    char *plain = cf_alloc(32);
    (void)snprintf(plain, 32, "error %lu", number);
    return plain;
}
