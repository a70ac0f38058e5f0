/*
 * fuzz_NAME ROUNDS FOLDER: the target on every file of its corpus, and on so many inputs that chance makes of
 * them, the same each time. For compilers without libFuzzer, and for short runs.
 */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>

enum { LONGEST = 64 * 1024, FILES = 10000 };

static struct input {
    uint8_t *bytes;
    size_t length;
} corpus[FILES];

static size_t files;

/* splitmix64 */
static uint64_t chance(void)
{
    static uint64_t state = 20261122;
    uint64_t z = (state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static size_t below(size_t bound)
{
    return (size_t)(chance() % bound);
}

static int take_file(const char *folder, const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    struct input *input = &corpus[files];
    input->bytes = malloc(LONGEST);
    if (!file || !input->bytes) {
        perror(path);
        return -1;
    }
    input->length = fread(input->bytes, 1, LONGEST, file);
    (void)fclose(file);
    files++;
    return 0;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* In order of their names, so that chance finds the same everywhere. */
static int take_corpus(const char *path)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_visible, alphasort), code = count < 0 ? -1 : 0;
    for (int i = 0; i < count; i++) {
        if (code == 0 && files < FILES)
            code = take_file(path, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return code;
}

/* In memory that ends where the input does, so that reading beyond it is noticed. */
static void run(const uint8_t *bytes, size_t length)
{
    uint8_t *input = malloc(length);
    if (length && input)
        memcpy(input, bytes, length);
    (void)LLVMFuzzerTestOneInput(input, length);
    free(input);
}

/* Part of one input in the middle of another. */
static size_t cross(uint8_t *out, const struct input *a, const struct input *b)
{
    size_t head = below(a->length + 1), from = below(b->length + 1), length = below(b->length - from + 1);
    size_t tail = below(a->length - head + 1);
    memcpy(out, a->bytes, head);
    memcpy(out + head, b->bytes + from, length);
    memcpy(out + head + length, a->bytes + a->length - tail, tail);
    return head + length + tail;
}

static size_t damage(uint8_t *bytes, size_t length)
{
    for (size_t times = below(6); times > 0 && length > 0; times--) {
        size_t at = below(length), run = below(length - at) % 16;
        switch (below(4)) {
        case 0: bytes[at] = (uint8_t)chance(); break;
        case 1: bytes[at] ^= (uint8_t)(1u << below(8)); break;
        case 2: /* twice */
            if (length + run > LONGEST)
                break;
            memmove(bytes + at + run, bytes + at, length - at);
            length += run;
            break;
        default: /* out */ memmove(bytes + at, bytes + at + run, length - at - run); length -= run;
        }
    }
    return length;
}

int main(int argc, char **argv)
{
    static uint8_t bytes[2 * LONGEST];
    long rounds = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    if (rounds <= 0 || take_corpus(argv[2]) != 0 || files == 0) {
        (void)fputs("usage: fuzz_NAME ROUNDS CORPUS\n", stderr);
        return 2;
    }
    for (size_t i = 0; i < files; i++)
        run(corpus[i].bytes, corpus[i].length);
    for (long i = 0; i < rounds; i++) {
        size_t length = cross(bytes, &corpus[below(files)], &corpus[below(files)]);
        length = damage(bytes, length < LONGEST ? length : LONGEST);
        run(bytes, length);
    }
    printf("%zu files, %ld inputs made of them\n[  PASSED  ] 1 test(s).\n", files,
           rounds); /* counted as cmocka's */
    for (size_t i = 0; i < files; i++)
        free(corpus[i].bytes);
    return 0;
}
