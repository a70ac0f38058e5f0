/* Linked into every program by scripts/mutate: reads what is in force from the environment, before main.
 *
 * CF_MUTANT=N puts the change of that number in force; without it, the program is what it was written to be.
 * CF_MUTANT_SEEN=FILE, a file of as many zeros as there are changes, gets a one for each place that is
 * passed. */
#define _GNU_SOURCE
#include "mutant.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int cf_mutant_in_force = -1;
char *cf_mutant_seen;

__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("CF_MUTANT"), *path = getenv("CF_MUTANT_SEEN");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    struct stat status;

    if (number)
        cf_mutant_in_force = atoi(number);
    if (file < 0)
        return;
    if (fstat(file, &status) == 0) {
        void *seen = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        cf_mutant_seen = seen == MAP_FAILED ? NULL : seen;
    }
    close(file);
}
