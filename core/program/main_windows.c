/* The program's start on Windows, which has the command line in UTF-16; from here on words are UTF-8. */
#include "base/memory.h"
#include "base/wide_windows.h"
#include "program/program.h"
#include "wts/inside.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>
/* the above comes first */
#include <shellapi.h>

int main(void)
{
    int count = 0;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
    char **words = cf_alloc(((size_t)count + 1) * sizeof *words);
    for (int i = 0; i < count; i++)
        words[i] = cf_narrow(wide[i]);
    (void)LocalFree(wide);
    bool inside = count == 2 && strcmp(words[1], CF_WTS_INSIDE) == 0; /* a session, for the service */
    int status = inside ? cf_wts_inside_run() : cf_program_main(count, words);
    /* what a name points into is the program's own, and goes with the process */
    free(words);
    return status;
}
