#include "bindings/state/match.h"

#include <ctype.h>
#include <string.h>

enum { DEPTH = 200 }; /* of calls of match() in one another, as in Lua */

static const char *match(struct cf_match *m, const char *at, const char *p);

void cf_match_spend(const struct cf_match *m, size_t steps)
{
    cf_lua_spend(m->L, m->what, steps);
}

void cf_match_malformed(const struct cf_match *m, const char *why)
{
    cf_lua_throw(m->L, "%s: malformed pattern: %s", m->what, why);
}

/* ---- One character ---- */

static bool in_class(int c, int class)
{
    bool in;
    switch (tolower(class)) {
    case 'a': in = isalpha(c); break;
    case 'c': in = iscntrl(c); break;
    case 'd': in = isdigit(c); break;
    case 'g': in = isgraph(c); break;
    case 'l': in = islower(c); break;
    case 'p': in = ispunct(c); break;
    case 's': in = isspace(c); break;
    case 'u': in = isupper(c); break;
    case 'w': in = isalnum(c); break;
    case 'x': in = isxdigit(c); break;
    case 'z': in = c == '\0'; break;
    default: return class == c;
    }
    return in != (isupper(class) != 0);
}

/* `set` is at "[", `close` at its "]". */
static bool in_set(int c, const char *set, const char *close)
{
    bool wanted = set[1] != '^';
    for (const char *p = set + (wanted ? 1 : 2); p < close; p++) {
        if (*p == '%') {
            p++;
            if (in_class(c, (unsigned char)*p))
                return wanted;
        } else if (p[1] == '-' && p + 2 < close) {
            if ((unsigned char)*p <= c && c <= (unsigned char)p[2])
                return wanted;
            p += 2;
        } else if ((unsigned char)*p == c) {
            return wanted;
        }
    }
    return !wanted;
}

/* Behind the single character, class or set at p. */
static const char *item_end(const struct cf_match *m, const char *p)
{
    const char *start = p;
    if (*p == '%') {
        if (p + 1 == m->pattern_end)
            cf_match_malformed(m, "it ends with '%'");
        return p + 2;
    }
    if (*p++ != '[')
        return p;
    if (p < m->pattern_end && *p == '^')
        p++;
    do { /* the first "]" stands for itself */
        if (p >= m->pattern_end)
            cf_match_malformed(m, "a '[' lacks its ']'");
        if (*p++ == '%')
            p++;
    } while (p >= m->pattern_end || *p != ']');
    cf_match_spend(m, (size_t)(p - start) / 8);
    return p + 1;
}

/* Whether the character at `at` is what the item from p to `end` wants. */
static bool is_one(const struct cf_match *m, const char *at, const char *p, const char *end)
{
    cf_match_spend(m, 1 + (size_t)(end - p) / 8);
    if (at == m->text_end)
        return false;
    int c = (unsigned char)*at;
    switch (*p) {
    case '.': return true;
    case '%': return in_class(c, (unsigned char)p[1]);
    case '[': return in_set(c, p, end - 1);
    default: return (unsigned char)*p == c;
    }
}

/* ---- Repetition, captures and the rest ---- */

static const char *longest(struct cf_match *m, const char *at, const char *p, const char *end)
{
    const char *last = at;
    while (is_one(m, last, p, end))
        last++;
    for (; last >= at; last--) {
        const char *found = match(m, last, end + 1);
        if (found)
            return found;
    }
    return NULL;
}

static const char *shortest(struct cf_match *m, const char *at, const char *p, const char *end)
{
    for (;; at++) {
        const char *found = match(m, at, end + 1);
        if (found || !is_one(m, at, p, end))
            return found;
    }
}

static const char *open_capture(struct cf_match *m, const char *at, const char *p, bool place)
{
    if (m->count == CF_MATCH_CAPTURES)
        cf_lua_throw(m->L, "%s: a pattern captures %d pieces at most", m->what, CF_MATCH_CAPTURES);
    m->captures[m->count].start = at;
    m->captures[m->count].end = NULL;
    m->captures[m->count++].place = place;
    const char *found = match(m, at, p);
    if (!found)
        m->count--;
    return found;
}

static const char *close_capture(struct cf_match *m, const char *at, const char *p)
{
    int open = m->count - 1;
    while (open >= 0 && (m->captures[open].place || m->captures[open].end))
        open--;
    if (open < 0)
        cf_match_malformed(m, "a ')' closes nothing");
    m->captures[open].end = at;
    const char *found = match(m, at, p);
    if (!found)
        m->captures[open].end = NULL;
    return found;
}

/* %b(): `p` is at the two characters. */
static const char *balance(const struct cf_match *m, const char *at, const char *p)
{
    if (p + 1 >= m->pattern_end)
        cf_match_malformed(m, "%b wants two characters behind it");
    if (at == m->text_end || *at != p[0])
        return NULL;
    size_t depth = 1;
    for (const char *here = at + 1; here < m->text_end; here++) {
        if (*here == p[1]) {
            if (--depth == 0)
                return cf_match_spend(m, (size_t)(here - at)), here + 1;
        } else if (*here == p[0]) {
            depth++;
        }
    }
    cf_match_spend(m, (size_t)(m->text_end - at));
    return NULL;
}

/* %1: what the capture has captured, once more. */
static const char *again(const struct cf_match *m, const char *at, char digit)
{
    int index = digit - '1';
    if (index >= 0 && index < m->count && m->captures[index].place)
        return NULL; /* a position is no text */
    if (index < 0 || index >= m->count || !m->captures[index].end)
        cf_match_malformed(m, "a capture is named before it is closed");
    size_t length = (size_t)(m->captures[index].end - m->captures[index].start);
    cf_match_spend(m, length / 8);
    bool same = (size_t)(m->text_end - at) >= length && memcmp(m->captures[index].start, at, length) == 0;
    return same ? at + length : NULL;
}

/* %f[set]: `set` is at "[". */
static bool at_frontier(const struct cf_match *m, const char *at, const char *set, const char *end)
{
    int before = at == m->text ? '\0' : (unsigned char)at[-1];
    int here = at == m->text_end ? '\0' : (unsigned char)*at;
    return !in_set(before, set, end - 1) && in_set(here, set, end - 1);
}

/* What begins with "%" and is no single character. 1: *at and *p moved on, 0: no match, -1: none of these. */
static int match_special(const struct cf_match *m, const char **at, const char **p)
{
    char kind = *p + 1 < m->pattern_end ? (*p)[1] : '\0';
    if (kind == 'b') {
        *at = balance(m, *at, *p + 2);
        *p += 4;
        return *at != NULL;
    }
    if (kind == 'f') {
        const char *set = *p + 2;
        if (set >= m->pattern_end || *set != '[')
            cf_match_malformed(m, "%f wants a '[' behind it");
        *p = item_end(m, set);
        return at_frontier(m, *at, set, *p);
    }
    if (!isdigit((unsigned char)kind))
        return -1;
    *at = again(m, *at, kind);
    *p += 2;
    return *at != NULL;
}

/* Follows the pattern as far as it leads straight on. True: *found is the outcome. */
static bool match_item(struct cf_match *m, const char **at, const char **p, const char **found)
{
    const char *end = item_end(m, *p);
    switch (end < m->pattern_end ? *end : '\0') {
    case '*': *found = longest(m, *at, *p, end); return true;
    case '+': *found = is_one(m, *at, *p, end) ? longest(m, *at + 1, *p, end) : NULL; return true;
    case '-': *found = shortest(m, *at, *p, end); return true;
    case '?':
        if (is_one(m, *at, *p, end) && (*found = match(m, *at + 1, end + 1)))
            return true;
        *p = end + 1;
        return false;
    default:
        *found = NULL;
        if (!is_one(m, *at, *p, end))
            return true;
        *p = end;
        ++*at;
        return false;
    }
}

/* The end of the match at `at` of the pattern from p on; NULL: none. */
static const char *match(struct cf_match *m, const char *at, const char *p)
{
    if (++m->depth > DEPTH)
        cf_lua_throw(m->L, "%s: this pattern has too many parts", m->what);
    const char *found = NULL;
    for (bool over = false; !over;) {
        cf_match_spend(m, 1);
        int special = p < m->pattern_end && *p == '%' ? match_special(m, &at, &p) : -1;
        if (special >= 0) {
            over = !special;
        } else if (p == m->pattern_end || (*p == '$' && p + 1 == m->pattern_end)) {
            found = p == m->pattern_end || at == m->text_end ? at : NULL;
            over = true;
        } else if (*p == '(') {
            bool place = p + 1 < m->pattern_end && p[1] == ')';
            found = open_capture(m, at, p + 1 + place, place);
            over = true;
        } else if (*p == ')') {
            found = close_capture(m, at, p + 1);
            over = true;
        } else {
            over = match_item(m, &at, &p, &found);
        }
    }
    m->depth--;
    return found;
}

const char *cf_match_begin(struct cf_match *m, const char *at, const char *p)
{
    m->count = m->depth = 0;
    return match(m, at, p);
}
