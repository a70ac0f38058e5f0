#include "base/trust.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS = 40 }; /* on one way, as many as Linux follows */

static int check_one(const char *path, const struct stat *st, struct cf_error *err)
{
    bool others_write = !S_ISLNK(st->st_mode) && (st->st_mode & (S_IWGRP | S_IWOTH));
    bool sticky = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return cf_error_set(
            err, CF_REFUSED,
            "%s belongs to uid %lld, who could make curfew do anything; give it to root: chown root %s", path,
            (long long)st->st_uid, path);
    if (others_write && !sticky)
        return cf_error_set(
            err, CF_REFUSED,
            "%s can be written by others, who could make curfew do anything; say: chmod go-w %s", path, path);
    return CF_OK;
}

/* Replaces the link that ends at `end` by what it says; the rest of the way stays. */
static int follow(char path[PATH_MAX], size_t end, struct cf_error *err)
{
    char way[PATH_MAX], target[PATH_MAX];
    char rest = path[end];
    path[end] = '\0';
    ssize_t length = readlink(path, target, sizeof target - 1);
    size_t folder = (size_t)(strrchr(path, '/') - path) + 1;
    path[end] = rest;
    if (length < 0)
        return cf_error_set(err, CF_REFUSED, "%s: %s", path, strerror(errno));
    target[length] = '\0';
    int used =
        snprintf(way, sizeof way, "%.*s%s%s", target[0] == '/' ? 0 : (int)folder, path, target, path + end);
    if (used >= (int)sizeof way)
        return cf_error_set(err, CF_REFUSED, "%s: the way to it is too long", path);
    memcpy(path, way, (size_t)used + 1);
    return CF_OK;
}

/* Walks from the root on; at a link, again from the root along where it leads. */
static int walk(char path[PATH_MAX], struct cf_error *err)
{
    int links = 0;
    size_t end = 1;
    for (;;) {
        struct stat st;
        char rest = path[end];
        path[end] = '\0';
        int code = lstat(path, &st) == 0 ? check_one(path, &st, err)
                                         : cf_error_set(err, CF_REFUSED, "%s: %s", path, strerror(errno));
        path[end] = rest;
        if (code)
            return code;
        if (S_ISLNK(st.st_mode)) {
            if (++links > LINKS)
                return cf_error_set(err, CF_REFUSED, "%s: too many links", path);
            if ((code = follow(path, end, err)) != CF_OK)
                return code;
            end = 1;
            continue;
        }
        end += strspn(path + end, "/");
        if (!path[end])
            return CF_OK;
        end += strcspn(path + end, "/");
    }
}

int cf_trust_file(const char *path, struct cf_error *err)
{
    char way[PATH_MAX], here[PATH_MAX];
    if (path[0] == '/')
        here[0] = '\0';
    else if (!getcwd(here, sizeof here))
        return cf_error_set(err, CF_REFUSED, "%s: %s", path, strerror(errno));
    if (snprintf(way, sizeof way, "%s%s%s", here, here[0] ? "/" : "", path) >= (int)sizeof way)
        return cf_error_set(err, CF_REFUSED, "%s: the way to it is too long", path);
    return walk(way, err);
}
