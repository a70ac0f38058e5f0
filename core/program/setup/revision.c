#include "program/setup/revision.h"

#include "base/file.h"
#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 4096, MOST_BYTES = 16 << 20 };

static void add_text(uint64_t *hash, const char *text)
{
    *hash = cf_hash_bytes(*hash, text, strlen(text) + 1);
}

static void add_file(uint64_t *hash, const char *path)
{
    char piece[PIECE];
    FILE *file = cf_file_open(path, NULL);
    size_t length, all = 0;
    while (file && all < MOST_BYTES && (length = fread(piece, 1, sizeof piece, file)) > 0) {
        *hash = cf_hash_bytes(*hash, piece, length);
        all += length;
    }
    add_text(hash, file ? "." : "?");
    if (file)
        (void)fclose(file);
}

void cf_revision_take(struct cf_config *config)
{
    uint64_t hash = CF_HASH_NONE;
    if (config->path)
        add_file(&hash, config->path);
    for (size_t i = 0; i < config->policy_count; i++) {
        const struct cf_policy_config *policy = &config->policies[i];
        char *options = json_dumps(policy->options, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
        add_text(&hash, policy->name);
        add_text(&hash, options ? options : "");
        add_file(&hash, policy->path);
        free(options);
    }
    (void)snprintf(config->revision, sizeof config->revision, "%016" PRIx64, hash);
}
