/*
 * Made and run when curfew is built. curfew-pages FOLDER DATE: writes manual pages, completion, and links by
 * which Windows' commands are called into the folder, as they are installed. curfew-pages words: prints the
 * table's texts for xgettext.
 */
#include "pages/pages.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define IN(folder, name) place(path, sizeof path, folder, name)

static const char *root;

static void fail(const char *path)
{
    perror(path);
    exit(1);
}

/* FOLDER/folder/name, where a folder is made. */
static const char *place(char *path, size_t size, const char *folder, const char *name)
{
    uv_fs_t request;
    (void)snprintf(path, size, "%s/%s", root, folder);
    (void)uv_fs_mkdir(NULL, &request, path, 0755, NULL);
    uv_fs_req_cleanup(&request);
    (void)snprintf(path, size, "%s/%s/%s", root, folder, name);
    return path;
}

static FILE *begin(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        fail(path);
    return file;
}

static void end(FILE *file)
{
    if (fclose(file) != 0)
        fail("the folder");
}

static void make_link(const char *folder, const char *name, const char *to)
{
    char path[4096];
    uv_fs_t request;
    (void)uv_fs_unlink(NULL, &request, IN(folder, name), NULL);
    uv_fs_req_cleanup(&request);
    if (uv_fs_symlink(NULL, &request, to, path, 0, NULL) < 0)
        fail(path);
    uv_fs_req_cleanup(&request);
}

/* The page of a verb under all its names, and links by which shells find it. */
static void make_verb(const struct cf_verb *verb, const char *date)
{
    char path[4096], name[CF_PAGE_NAME], own[CF_PAGE_NAME + 2], other[CF_PAGE_NAME + 8];
    const char *each;
    (void)snprintf(own, sizeof own, "%s.1", cf_page_name(verb, verb->name, name));
    FILE *page = begin(IN("man1", own));
    cf_page_verb(verb, date, page);
    end(page);
    for (size_t which = 0; (each = cf_verb_name(verb, which)); which++) {
        (void)snprintf(other, sizeof other, "%s.1", cf_page_name(verb, each, name));
        if (which > 0)
            make_link("man1", other, own);
        if (!cf_verb_linked(verb, each))
            continue;
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(each, " "), each);
        make_link("bin", name, "curfew");
        (void)snprintf(other, sizeof other, "%s.1", name);
        if (strchr(each, ' '))
            make_link("man1", other, "curfew.1"); /* names every second word that there is */
        make_link("bash", name, "curfew");
        (void)snprintf(other, sizeof other, "%s.fish", name);
        make_link("fish", other, "curfew.fish");
    }
}

static void make_completion(const struct cf_shell *shell, const char *folder, const char *name)
{
    char path[4096];
    FILE *file = begin(IN(folder, name));
    cf_completion(shell, file);
    end(file);
}

int main(int argc, char **argv)
{
    char path[4096];
    if (argc == 2 && strcmp(argv[1], "words") == 0) {
        cf_page_words(stdout);
        return 0;
    }
    if (argc != 3)
        return 2;
    root = argv[1];
    FILE *file = begin(IN("man1", "curfew.1"));
    cf_page_program(argv[2], file);
    end(file);
    make_completion(&cf_shell_bash, "bash", "curfew");
    make_completion(&cf_shell_zsh, "zsh", "_curfew");
    make_completion(&cf_shell_fish, "fish", "curfew.fish");
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++)
        make_verb(*verb, argv[2]);
    return 0;
}
