/* Files for tests, in a folder of their own that is gone afterwards. */
#ifndef TESTS_AUTHOR_FILES_H
#define TESTS_AUTHOR_FILES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 16, PATH_ROOM = 256 };

static char folder[PATH_ROOM];
static char files[FILES][PATH_ROOM];
static size_t file_count;

static void make_folder(void)
{
    strcpy(folder, "/tmp/curfew-author-XXXXXX");
    assert_non_null(mkdtemp(folder));
}

/* Writes `text` and returns the path, which stays until drop_folder. */
static const char *make_file(const char *name, const char *text, size_t length)
{
    assert_true(file_count < FILES);
    char *path = files[file_count++];
    snprintf(path, PATH_ROOM, "%.100s/%.100s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void drop_folder(void)
{
    for (size_t i = 0; i < file_count; i++)
        unlink(files[i]);
    file_count = 0;
    rmdir(folder);
}

#endif
