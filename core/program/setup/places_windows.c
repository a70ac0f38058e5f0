#include "program/setup/places.h"

#include "base/wide_windows.h"

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
/* the above comes first */
#include <objbase.h>
#include <shlobj.h>

enum { PATH = 4 * MAX_PATH };

/* Asked of Windows, not of the environment, which is whoever's who calls. */
static const char *in_program_data(const char *name, char path[PATH])
{
    static const GUID program_data = {
        0x62AB5D82, 0xFDC1, 0x4DC3, {0xA9, 0xDD, 0x07, 0x0D, 0x1D, 0x49, 0x5D, 0x97}};
    wchar_t *wide = NULL;
    if (path[0])
        return path;
    char *folder = SHGetKnownFolderPath(&program_data, 0, NULL, &wide) == S_OK
                       ? cf_narrow(wide)
                       : cf_narrow(L"C:\\ProgramData");
    CoTaskMemFree(wide);
    (void)snprintf(path, PATH, "%s\\curfew%s", folder, name);
    free(folder);
    return path;
}

const char *cf_usual_config(void)
{
    static char path[PATH];
    return in_program_data("\\curfew.lua", path);
}

const char *cf_usual_state(void)
{
    static char path[PATH];
    return in_program_data("\\state", path);
}
