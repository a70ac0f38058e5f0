/* The program's start on Windows, which has the command line in UTF-16; from here on words are UTF-8. */
#include "base/memory.h"
#include "base/wide_windows.h"
#include "program/program.h"

#include <stdlib.h>
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
    int status = cf_program_main(count, words);
    /* what a name points into is the program's own, and goes with the process */
    free(words);
    return status;
}
