#include "logind/nologin.h"

#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 512, TEXT = 4096, RULES = 1 << 16 };

const char *const cf_nologin_rules[] = {"/etc/pam.d", "/usr/lib/pam.d", NULL};

/* Readable by everybody, whatever the umask: programs that log on as a user read it, too. */
static bool write_whole(int fd, const char *text)
{
    bool good = fchmod(fd, 0644) == 0 && dprintf(fd, "%s\n", text) > 0;
    return close(fd) == 0 && good;
}

int cf_nologin_write(const char *path, const char *text, struct cf_error *err)
{
    char next[PATH], safe[TEXT];
    (void)snprintf(next, sizeof next, "%s.new", path);
    (void)cf_text_safe(text, safe, sizeof safe);
    int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd >= 0 && write_whole(fd, safe) && rename(next, path) == 0)
        return CF_OK;
    int why = errno;
    if (fd >= 0)
        (void)unlink(next);
    return cf_error_set(err, CF_FAILED, "%s cannot be written: %s", path, strerror(why));
}

void cf_nologin_remove(const char *path)
{
    (void)unlink(path);
}

/* ---- Whether anybody reads it ---- */

static bool ends_word(char c)
{
    return c == '\0' || c == ' ' || c == '\t' || c == ']';
}

/* One line of PAM's: type, control, module, arguments. */
static bool rule_reads(const char *line, const char *path)
{
    const char *module = strstr(line + strspn(line, " \t"), "pam_nologin.so");
    const char *argument = module ? strstr(module, "file=") : NULL;
    if (line[strspn(line, " \t")] == '#' || !argument)
        return false;
    argument += strlen("file=");
    return strncmp(argument, path, strlen(path)) == 0 && ends_word(argument[strlen(path)]);
}

static bool file_reads(const char *rules, const char *path)
{
    char *text, *rest;
    size_t size;
    struct cf_error err;
    bool found = false;
    if (cf_file_read(rules, RULES, &text, &size, &err) != CF_OK)
        return false;
    for (const char *line = strtok_r(text, "\n", &rest); line && !found; line = strtok_r(NULL, "\n", &rest))
        found = rule_reads(line, path);
    free(text);
    return found;
}

/* What a package manager or an editor has put aside has a dot or a tilde in its name, and is nobody's rule.
 */
static bool folder_reads(const char *folder, const char *path)
{
    DIR *files = opendir(folder);
    bool found = false;
    for (const struct dirent *file; files && !found && (file = readdir(files)) != NULL;) {
        char rules[PATH];
        if (strpbrk(file->d_name, ".~"))
            continue;
        (void)snprintf(rules, sizeof rules, "%s/%s", folder, file->d_name);
        found = file_reads(rules, path);
    }
    if (files)
        (void)closedir(files);
    return found;
}

bool cf_nologin_is_read(const char *const *folders, const char *path)
{
    bool found = false;
    for (; *folders && !found; folders++)
        found = folder_reads(*folders, path);
    return found;
}

const char *cf_nologin_gap(void)
{
    return cf_nologin_is_read(cf_nologin_rules, CF_NOLOGIN_FILE)
               ? NULL
               : "no rule of PAM reads " CF_NOLOGIN_FILE ", so nobody would be refused: on Debian, "
                 "`pam-auth-update --enable curfew` puts it in force; curfew's docs/service.md has its lines";
}
