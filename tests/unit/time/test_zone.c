/* Zones: beside the C library's over all of tzdata, by hand where that helps to understand, and against bad
 * files. */
#include "time/zone.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define FOLDER "/usr/share/zoneinfo/"

enum { ZONES = 2000, YEAR_SECONDS = 31556952, WEEK_SECONDS = 7 * 86400 };

static const int64_t year_1900 = -INT64_C(2208988800), year_2038 = INT64_C(2145916800);

static char *names[ZONES];
static size_t name_count;

/* Any file that begins as zones do, but no symbolic link to one, and no copy under posix/ or right/. */
static int collect(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)place;
    const char *name = path + strlen(FOLDER);
    char magic[4] = "";
    if (kind != FTW_F || strncmp(name, "posix/", 6) == 0 || strncmp(name, "right/", 6) == 0 ||
        strchr(name, '.'))
        return 0;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(magic, 1, sizeof magic, file);
    (void)fclose(file);
    if (size == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0) {
        assert_true(name_count < ZONES);
        names[name_count++] = strdup(name);
    }
    return 0;
}

static int collect_names(void **state)
{
    (void)state;
    return nftw(FOLDER, collect, 16, FTW_PHYS);
}

static int release(void **state)
{
    (void)state;
    for (size_t i = 0; i < name_count; i++)
        free(names[i]);
    cf_zones_release();
    unsetenv("TZ");
    return 0;
}

static const struct cf_zone *zone_called(const char *name)
{
    const struct cf_zone *zone = NULL;
    struct cf_error err = {0};
    if (cf_zone_get(name, &zone, &err) < 0)
        fail_msg("%s", err.text);
    return zone;
}

/* Offset, abbreviation and civil time, as the C library has them. */
static void compare_with_library(const struct cf_zone *zone, int64_t utc)
{
    time_t time = (time_t)utc;
    struct tm tm;
    assert_non_null(localtime_r(&time, &tm));
    const char *abbreviation;
    int32_t offset = cf_zone_offset(zone, utc, &abbreviation);
    struct cf_civil civil = cf_zone_civil(zone, utc * 1000000);
    if (offset != tm.tm_gmtoff || strcmp(abbreviation, tm.tm_zone) != 0 ||
        civil.date.year != tm.tm_year + 1900 || civil.date.month != tm.tm_mon + 1 ||
        civil.date.day != tm.tm_mday || civil.hour != tm.tm_hour || civil.minute != tm.tm_min ||
        civil.second != tm.tm_sec)
        fail_msg("%s at %lld: %d %s, the C library has %ld %s", cf_zone_name(zone), (long long)utc, offset,
                 abbreviation, tm.tm_gmtoff, tm.tm_zone);
}

/* Every instant that shows `local`, found by trying each offset in force within a day and two hours. */
static void check_local(const struct cf_zone *zone, int64_t local)
{
    int64_t first = 0, second = 0, reach = 26 * 3600;
    unsigned found = 0;
    int64_t at = local - reach, next;
    do {
        int64_t utc = local - cf_zone_offset(zone, at, NULL);
        bool more = cf_zone_next_change(zone, at, &next) && next <= local + reach;
        if (utc >= at && (!more || utc < next)) {
            first = found++ ? first : utc;
            second = utc;
        }
        at = more ? next : INT64_MAX;
    } while (at != INT64_MAX);

    int64_t ret_first, ret_second;
    enum cf_local_kind kind = cf_zone_utc_of_local(zone, local, &ret_first, &ret_second);
    if (found) {
        assert_int_equal(kind, found == 1 ? CF_LOCAL_ONCE : CF_LOCAL_FOLD);
        assert_int_equal(ret_first, first);
        assert_int_equal(ret_second, second);
    } else {
        assert_int_equal(kind, CF_LOCAL_GAP);
        assert_int_equal(ret_first, ret_second);
        /* What it maps to lies behind the jump by as much as the local time lies in the gap. */
        int64_t before = local - ret_first, jump;
        int64_t gap = cf_zone_offset(zone, ret_first, NULL) - before;
        assert_true(gap > 0);
        assert_true(cf_zone_next_change(zone, ret_first - gap, &jump));
        assert_true(jump <= ret_first);
        assert_int_equal(cf_zone_offset(zone, jump - 1, NULL), before);
    }
}

static void check_change(const struct cf_zone *zone, int64_t change)
{
    for (int64_t by = -1; by <= 1; by++)
        compare_with_library(zone, change + by);
    int64_t before = change + cf_zone_offset(zone, change - 1, NULL);
    int64_t after = change + cf_zone_offset(zone, change, NULL);
    assert_int_not_equal(before, after);
    for (int64_t by = -1; by <= 1; by++) {
        check_local(zone, before + by);
        check_local(zone, after + by);
        check_local(zone, (before + after) / 2 + by);
    }
}

static void test_agrees_with_library(void **state)
{
    (void)state;
    size_t changes = 0;
    assert_true(name_count > 300);
    for (size_t i = 0; i < name_count; i++) {
        const struct cf_zone *zone = zone_called(names[i]);
        setenv("TZ", names[i], 1);
        tzset();
        int64_t at = INT64_MIN, next;
        for (; cf_zone_next_change(zone, at, &next) && next < year_2038; at = next, changes++) {
            assert_true(next > at);
            check_change(zone, next);
        }
        /* What next_change does not report, be it a name alone, would last for a week somewhere. */
        for (int64_t week = year_1900; week < year_2038; week += WEEK_SECONDS)
            compare_with_library(zone, week);
        for (int64_t far = year_2038; far < year_2038 + 600 * (int64_t)YEAR_SECONDS; far += YEAR_SECONDS / 3)
            compare_with_library(zone, far);
    }
    print_message("%zu zones, %zu changes\n", name_count, changes);
}

/* A rule's cycle of 400 years has no seam. */
static void test_far_future(void **state)
{
    (void)state;
    const struct cf_zone *zone = zone_called("Europe/Berlin");
    setenv("TZ", "Europe/Berlin", 1);
    tzset();
    int64_t at, next;
    assert_true(cf_zone_next_change(zone, year_2038, &at));
    for (int i = 0; i < 4000; i++, at = next) {
        assert_true(cf_zone_next_change(zone, at, &next));
        assert_in_range(next - at, 20 * WEEK_SECONDS, 32 * WEEK_SECONDS);
        check_change(zone, next);
    }
    assert_false(cf_zone_next_change(zone, INT64_MAX, &next));
    (void)cf_zone_offset(zone, INT64_MIN, NULL);
}

/* A version 2 file with no types of its own use but "LMT", whose footer is `rule`. */
static int zone_of_rule(const char *rule, struct cf_zone **ret_zone, struct cf_error *err)
{
    static const uint8_t magic[] = {'T', 'Z', 'i', 'f', '2'};
    uint8_t bytes[512] = {0};
    size_t size = 0;
    for (int block = 0; block < 2; block++) {
        memcpy(bytes + size, magic, sizeof magic);
        bytes[size + 39] = 1; /* types */
        bytes[size + 43] = 4; /* letters */
        memcpy(bytes + size + 44 + 6, "LMT", 4);
        size += 44 + 6 + 4;
    }
    size += (size_t)snprintf((char *)bytes + size, sizeof bytes - size, "\n%s\n", rule);
    return cf_zone_parse("Test/Rule", bytes, size, ret_zone, err);
}

static void test_rules(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "CET-1CEST,M3.5.0,M10.5.0/3",           "EST5EDT,M3.2.0,M11.1.0",
        "IST-1GMT0,M10.5.0,M3.5.0/1",           /* Dublin: winter is the exception */
        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",      /* Nuuk: the day before */
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", /* Lord Howe: half an hour */
        "IST-2IDT,M3.4.4/26,M10.5.0",           /* Jerusalem: the day after */
        "AAA3BBB,J60/0,J300/24:30:15",          "AAA3BBB,59/0,299/-24:30:15",
        "AAA-3BBB-4:15:30,20/0,J355/23",        "<A+1>-12:34:56<B-1>,100,200",
        "EET-2EEST,M4.5.5/0,M10.5.4/24", /* Cairo */
        "AAA0BBB,M2.5.1/167,M9.1.1/-167",
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct cf_zone *zone;
        struct cf_error err = {0};
        if (zone_of_rule(rules[i], &zone, &err) < 0)
            fail_msg("%s", err.text);
        setenv("TZ", rules[i], 1);
        tzset();
        for (int64_t at = 0, end = year_2038, next; at < end; at = next) {
            assert_true(cf_zone_next_change(zone, at, &next));
            check_change(zone, next);
        }
        for (int64_t week = 0; week < year_2038; week += WEEK_SECONDS)
            compare_with_library(zone, week);
        cf_zone_destroy(zone);
    }
}

static void test_summer_all_year(void **state)
{
    (void)state;
    struct cf_zone *zone;
    int64_t change;
    assert_int_equal(zone_of_rule("EST5EDT,0/0,J365/25", &zone, NULL), CF_OK);
    for (int64_t day = 0; day < year_2038; day += 86400)
        assert_int_equal(cf_zone_offset(zone, day + 5 * 3600, NULL), -4 * 3600);
    assert_false(cf_zone_next_change(zone, 0, &change));
    cf_zone_destroy(zone);
}

static void test_bad_rules(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "x",
        "CET",
        "CE-1",
        "CET-1CEST",
        "CET-1CEST,M3.5.0",
        "CET-25",
        "CET-1:60",
        "CET-1CEST,M3.5.0,M10.5.0/168",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,J0,J365",
        "CET-1CEST,J1,J366",
        "CET-1CEST,0,366",
        "<CET-1",
        "<C!T>-1",
        "CET-1CEST,M3.5.0,M10.5.0 ",
        "CET-99999999999999999999",
        "C1T-1",
        "CET-1CEST,M3.5,M10.5.0",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ0",
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct cf_zone *zone;
        struct cf_error err = {0};
        if (zone_of_rule(rules[i], &zone, &err) != CF_FAILED)
            fail_msg("\"%s\" was read", rules[i]);
        assert_non_null(strstr(err.text, "Test/Rule"));
    }
}

static size_t read_file(const char *name, uint8_t *bytes, size_t room)
{
    char path[256];
    (void)snprintf(path, sizeof path, FOLDER "%s", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, room, file);
    (void)fclose(file);
    return size;
}

/* Asks everything of a zone that may be nonsense; the sanitizers judge. */
static void use(const struct cf_zone *zone)
{
    int64_t at = INT64_MIN, next, first, second;
    for (int i = 0; i < 50 && cf_zone_next_change(zone, at, &next); i++, at = next) {
        assert_true(next > at);
        if (next > -(INT64_C(1) << 60))
            (void)cf_zone_utc_of_local(zone, next, &first, &second);
    }
    const char *abbreviation;
    (void)cf_zone_offset(zone, INT64_MAX, &abbreviation);
    assert_true(strlen(abbreviation) < 4096);
    (void)cf_zone_civil(zone, INT64_MAX - 1);
    (void)cf_zone_civil(zone, INT64_MIN + 1);
}

static void test_damaged_files(void **state)
{
    (void)state;
    static uint8_t bytes[8192], damaged[8192];
    uint64_t random = 1;
    const char *const files[] = {"Europe/Berlin", "America/Sao_Paulo", "UTC", "Africa/Casablanca"};
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        size_t size = read_file(files[f], bytes, sizeof bytes);
        struct cf_zone *zone;
        for (size_t cut = 0; cut < size; cut++)
            if (cf_zone_parse("Test/Cut", bytes, cut, &zone, NULL) == CF_OK)
                cf_zone_destroy(zone);
        for (int i = 0; i < 3000; i++) {
            memcpy(damaged, bytes, size);
            for (int j = 0; j <= i % 4; j++) {
                random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                size_t region = i % 2 ? size + 1 : 100; /* headers matter more than their share */
                damaged[(random >> 33) % region] = (uint8_t)(random >> 20);
            }
            if (cf_zone_parse("Test/Damaged", damaged, size, &zone, NULL) == CF_OK) {
                use(zone);
                cf_zone_destroy(zone);
            }
        }
    }
    struct cf_zone *zone;
    struct cf_error err;
    assert_int_equal(cf_zone_parse("Test/Text", (const uint8_t *)"nonsense", 8, &zone, &err), CF_FAILED);
    assert_string_equal(err.text, "the time zone \"Test/Text\" cannot be read: it is not a time zone file");
}

static void test_names(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "Europe/Berln",
        "../zoneinfo/UTC",
        "/usr/share/zoneinfo/UTC",
        "Europe/../UTC",
        "Europe",
        "zone.tab",
        "Europe\\Berlin",
        "C:UTC",
        "tzdata.zi",
        "Europe/Berlin ",
        "./UTC",
        "europe/ber\nlin",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const struct cf_zone *zone = NULL;
        struct cf_error err = {0};
        if (cf_zone_get(wrong[i], &zone, &err) != CF_USAGE)
            fail_msg("\"%s\" is taken for a zone", wrong[i]);
        assert_null(zone);
        assert_non_null(strstr(err.text, "there is no time zone"));
    }
    char longer[5000];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    const struct cf_zone *zone;
    assert_int_equal(cf_zone_get(longer, &zone, NULL), CF_USAGE);
    assert_ptr_equal(zone_called("Europe/Berlin"), zone_called("Europe/Berlin"));
    assert_ptr_equal(zone_called("UTC"), cf_zone_utc());
    assert_string_equal(cf_zone_name(zone_called("Asia/Tokyo")), "Asia/Tokyo");
}

static void test_local_zone(void **state)
{
    (void)state;
    const struct {
        const char *tz;
        int32_t winter, summer; /* offsets in January and July 2026 */
    } rows[] = {
        {"Europe/Berlin", 3600, 7200},
        {":Europe/Berlin", 3600, 7200},
        {"/usr/share/zoneinfo/Asia/Tokyo", 32400, 32400},
        {"CET-1CEST,M3.5.0,M10.5.0/3", 3600, 7200},
        {"<-03>3", -10800, -10800},
        {"", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cf_zones_release();
        setenv("TZ", rows[i].tz, 1);
        const struct cf_zone *zone = zone_called(i % 2 ? "local" : NULL);
        assert_int_equal(cf_zone_offset(zone, INT64_C(1767225600), NULL), rows[i].winter);
        assert_int_equal(cf_zone_offset(zone, INT64_C(1782864000), NULL), rows[i].summer);
    }
    cf_zones_release();
    setenv("TZ", "Nowhere/At_All", 1);
    const struct cf_zone *zone;
    struct cf_error err = {0};
    assert_int_equal(cf_zone_get(NULL, &zone, &err), CF_USAGE);
    assert_non_null(strstr(err.text, "Nowhere/At_All"));
    unsetenv("TZ");
    assert_non_null(zone_called("local"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_library),
        cmocka_unit_test(test_far_future),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_summer_all_year),
        cmocka_unit_test(test_bad_rules),
        cmocka_unit_test(test_damaged_files),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_local_zone),
    };
    return cmocka_run_group_tests_name("zone", tests, collect_names, release);
}
