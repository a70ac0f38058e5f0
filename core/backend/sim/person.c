#include "sim/person.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A kind of session with what its records say. "%u" stands for a number of its own. */
struct desk {
    const char *type, *name, *service, *desktop, *seat;
    bool client;
};

static const struct desk desks[] = {
    {"x11", ":%u", "lightdm", "xfce", "seat%u", false},
    {"rdp", "rdp-tcp#%u", "xrdp-sesman", "xfce", NULL, true},
    {"x11", ":%u", "x2go", "mate", NULL, true},
    {"tty", "pts/%u", "sshd", NULL, NULL, false},
};

static const char *const first_names[] = {
    "ana",   "ben",   "carla", "dora", "emil",  "fatima", "george", "hanna", "ivan",  "julia",  "kofi",
    "lena",  "mara",  "nils",  "olga", "pedro", "quinn",  "rosa",   "sven",  "tania", "uwe",    "vera",
    "willi", "xenia", "yusuf", "zoe",  "amir",  "bruna",  "chen",   "deniz", "elif",  "felipe",
};

enum { NAMES = sizeof first_names / sizeof *first_names };

static const char *const languages[] = {"en_US", "pt_BR", "de_DE"};
static const char *const groups[] = {"staff", "students", "operators"};

/* How many of a hundred people have each of those. */
struct shares {
    size_t count;
    uint32_t people[4];
};

static const struct shares desk_shares = {4, {12, 46, 14, 28}}, language_shares = {3, {50, 30, 20}},
                           group_shares = {3, {60, 34, 6}};

/* The index of the share drawn. */
static size_t choose(const struct shares *shares, struct cf_random *random)
{
    uint32_t drawn = cf_random_below(random, 100);
    size_t i = 0;
    for (; i + 1 < shares->count && drawn >= shares->people[i]; i++)
        drawn -= shares->people[i];
    return i;
}

static void set_numbered(struct cf_session *record, enum cf_field field, const char *format, uint32_t number)
{
    struct cf_buffer text = {0};
    for (; format && *format; format++) {
        if (format[0] == '%' && format[1] == 'u') {
            cf_buffer_printf(&text, "%" PRIu32, number);
            format++;
        } else {
            cf_buffer_add(&text, format, 1);
        }
    }
    cf_session_set_string(record, field, text.data);
    cf_buffer_finish(&text);
}

static void name_user(struct cf_session *record, uint32_t label)
{
    char user[24];
    if (label < NAMES)
        (void)snprintf(user, sizeof user, "%s", first_names[label]);
    else
        (void)snprintf(user, sizeof user, "%s%" PRIu32, first_names[label % NAMES], label / NAMES + 1);
    cf_session_set_string(record, CF_FIELD_USER, user);
    record->uid = 1001 + (int64_t)label;
}

static void seat_at(struct cf_session *record, const struct desk *desk, uint32_t label)
{
    cf_session_set_string(record, CF_FIELD_TYPE, desk->type);
    cf_session_set_string(record, CF_FIELD_SERVICE, desk->service);
    cf_session_set_string(record, CF_FIELD_DESKTOP, desk->desktop);
    set_numbered(record, CF_FIELD_NAME, desk->name, label);
    set_numbered(record, CF_FIELD_SEAT, desk->seat, label);
    record->console = cf_tri_of(desk->seat);
    record->remote = cf_tri_of(!desk->seat);
    if (desk->client)
        set_numbered(record, CF_FIELD_CLIENT, "pc-%u", label);
    if (!desk->seat) {
        char address[24];
        (void)snprintf(address, sizeof address, "10.%u.%u.%u", (unsigned)(label >> 16 & 255),
                       (unsigned)(label >> 8 & 255), (unsigned)(label & 255));
        cf_session_set_string(record, CF_FIELD_REMOTE_HOST, address);
    }
}

/* Root works at the machine itself. */
static void make_root(struct cf_session *record, uint32_t label)
{
    static const struct desk console = {"tty", "tty%u", "login", NULL, "seat%u", false};
    static const char *const group[] = {"root", NULL};
    cf_session_set_string(record, CF_FIELD_USER, "root");
    cf_session_set_list(record, CF_FIELD_GROUPS, group);
    record->uid = 0;
    seat_at(record, &console, label);
}

static void make_record(struct cf_session *record, uint32_t label, struct cf_random *random)
{
    cf_session_init(record);
    cf_session_set_string(record, CF_FIELD_CLASS, "user");
    cf_session_set_string(record, CF_FIELD_LANGUAGE, languages[choose(&language_shares, random)]);
    const struct desk *desk = &desks[choose(&desk_shares, random)];
    const char *const belongs[] = {"users", groups[choose(&group_shares, random)], NULL};
    if (cf_random_chance(random, 20)) {
        make_root(record, label);
    } else {
        name_user(record, label);
        cf_session_set_list(record, CF_FIELD_GROUPS, belongs);
        seat_at(record, desk, label);
    }
    bool known = !cf_random_chance(random, 60);
    cf_session_set_string(record, CF_FIELD_IDLE_SOURCE, known ? "sim" : "unknown");
}

void cf_person_init(struct cf_person *person, uint32_t label, uint64_t seed)
{
    enum { MINUTE_MS = 60000 };
    struct cf_random random = cf_random_of(seed, label);
    *person = (struct cf_person){.seed = cf_random_next(&random)};
    make_record(&person->record, label, &random);
    person->terminal = cf_text_equal(person->record.type, "tty");
    person->remote_desktop = cf_text_equal(person->record.type, "rdp");
    person->works_jobs = !person->remote_desktop && cf_random_chance(&random, 300);
    person->arrives_ms = cf_random_between(&random, 225, 330) * MINUTE_MS; /* 7:45 to 9:30 */
    person->leaves_ms = cf_random_between(&random, 750, 870) * MINUTE_MS;  /* 16:30 to 18:30 */
    person->forgets = (uint16_t)cf_random_between(&random, 20, 500);
}

void cf_person_finish(struct cf_person *person)
{
    cf_session_finish(&person->record);
}
