#include "imports.h"

#include <string.h>
#include <winsock2.h> /* and windows.h with it */

static char *program(void)
{
    return (char *)GetModuleHandleW(NULL);
}

static const IMAGE_NT_HEADERS *headers(void)
{
    return (const void *)(program() + ((const IMAGE_DOS_HEADER *)(void *)program())->e_lfanew);
}

static void put(void **slot, void (*by)(void))
{
    DWORD before;
    if (!VirtualProtect(slot, sizeof *slot, PAGE_READWRITE, &before))
        return;
    memcpy(slot, &by, sizeof *slot);
    (void)VirtualProtect(slot, sizeof *slot, before, &before);
}

/* The program's table of imported functions, as the PE format has it. */
void imports_replace(const struct import *imports, size_t count)
{
    char *base = program();
    DWORD at = headers()->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
    for (const IMAGE_IMPORT_DESCRIPTOR *dll = (const void *)(base + at); at && dll->Name; dll++) {
        const IMAGE_THUNK_DATA *names = (const void *)(base + dll->OriginalFirstThunk);
        void **slots = (void **)(void *)(base + dll->FirstThunk);
        for (size_t i = 0; names[i].u1.AddressOfData; i++) {
            if (IMAGE_SNAP_BY_ORDINAL(names[i].u1.Ordinal))
                continue;
            const IMAGE_IMPORT_BY_NAME *name = (const void *)(base + names[i].u1.AddressOfData);
            for (size_t j = 0; j < count; j++)
                if (strcmp((const char *)name->Name, imports[j].name) == 0)
                    put(&slots[i], imports[j].by);
        }
    }
}

bool imports_replace_pointer(void (*before)(void), void (*by)(void))
{
    bool found = false;
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers());
    for (WORD i = 0; i < headers()->FileHeader.NumberOfSections; i++, section++) {
        if (!(section->Characteristics & IMAGE_SCN_MEM_WRITE))
            continue;
        void **slots = (void **)(void *)(program() + section->VirtualAddress);
        for (size_t j = 0; j < section->Misc.VirtualSize / sizeof *slots; j++)
            if (memcmp(&slots[j], &before, sizeof before) == 0) {
                put(&slots[j], by);
                found = true;
            }
    }
    return found;
}
