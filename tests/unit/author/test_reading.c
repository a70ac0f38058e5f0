/*
 * What a test reads of a session and what a policy reads of it at that instant agree, always: over random
 * histories, to the microsecond. CURFEW_HISTORIES=10000 tries more of them, CURFEW_FIRST=37 begins with that.
 */
#include "../../fixture/folder.h"
#include "../unit.h"

#include "author/tester.h"
#include "base/text.h"

enum { HISTORIES = 100 };

/* Both sides read by this, and print the same. */
static const char reading[] =
    "local us = second / 1000000\n"
    "local fields = { 'idle', 'output', 'age', 'locked', 'locked_for', 'disconnected',\n"
    "                 'disconnected_for', 'active', 'idle_source', 'programs' }\n"
    "local function count(span)\n" /* a span's text is rounded */
    "  local sum = 0\n"
    "  for bit = 45, 0, -1 do\n"
    "    local part = (1 << bit) * us\n"
    "    if span >= part then sum, span = sum + (1 << bit), span - part end\n"
    "  end\n"
    "  return tostring(sum)\n"
    "end\n"
    "local function show(value)\n"
    "  local text = tostring(value)\n"
    "  if type(value) == 'table' then return '(' .. table.concat(value, ' ') .. ')' end\n"
    "  if type(value) ~= 'span' or text == 'an unknown time' then return text end\n"
    "  return count(value)\n"
    "end\n"
    "local function read(session)\n"
    "  local parts = {}\n"
    "  for _, name in ipairs(fields) do\n"
    "    parts[#parts + 1] = name .. '=' .. show(session[name])\n"
    "  end\n"
    "  return table.concat(parts, ' ')\n"
    "end\n";

/* It tells of ana what it reads, when bea locks her screen and each 90 seconds. */
static const char policy[] = "sessions.on('lock', function (session)\n"
                             "  if session.user ~= 'bea' then return end\n"
                             "  for _, other in ipairs(sessions.list { user = 'ana' }) do\n"
                             "    other:tell('asked ' .. read(other))\n"
                             "  end\n"
                             "end)\n"
                             "clock.every(90 * second, function ()\n"
                             "  for _, other in ipairs(sessions.list { user = 'ana' }) do\n"
                             "    other:tell('due ' .. read(other))\n"
                             "  end\n"
                             "end)\n";

/* In each round ana does something or nothing at moments of her own; then both read. */
static const char test[] =
    "local function draw(count)\n"
    "  seed = (seed * 1103515245 + 12345) % 2147483648\n"
    "  return seed // 65536 % count\n"
    "end\n"
    "local function does(ana)\n"
    "  local what = draw(9)\n"
    "  if what < 2 then ana:returns()\n"
    "  elseif what < 4 then ana:prints()\n"
    "  elseif ana.disconnected then if what == 4 then ana:reconnect() end\n"
    "  elseif what == 4 then ana:disconnect()\n"
    "  elseif what == 5 then if ana.locked then ana:unlock() else ana:lock() end\n"
    "  elseif what < 8 then ana:input()\n"
    "  elseif #ana.programs == 0 then ana:runs('make') else ana:stops('make') end\n"
    "end\n"
    "local function last(host, ana)\n"
    "  local lines = host:journal { session = ana, what = 'tell' }\n"
    "  return lines[#lines] or 'nothing'\n"
    "end\n"
    "test('both read the same', function (host)\n"
    "  host:load('reader.lua')\n"
    "  local ana = host:logon('ana', { type = 'rdp', idle = draw(8) == 0 and 'unknown' or nil })\n"
    "  local bea = host:logon('bea', { type = 'rdp' })\n"
    "  if draw(3) == 0 then host:fault('untold', 1000) end\n"
    "  for round = 1, 12 do\n"
    "    local left = 90000000\n"
    "    while draw(3) > 0 do\n"
    "      local pause = 1 + (draw(32768) * 32768 + draw(32768)) % (left // 2)\n"
    "      left = left - pause\n"
    "      host:advance(pause * us)\n"
    "      does(ana)\n"
    "    end\n"
    "    host:advance(left * us)\n"
    "    expect(last(host, ana)):contains('due ' .. read(ana))\n"
    "    if draw(2) == 0 then does(ana) end\n"
    "    bea:lock()\n"
    "    expect(last(host, ana)):contains('asked ' .. read(ana))\n"
    "    bea:unlock()\n"
    "    if draw(8) == 0 then host:step((draw(120) - 60) * minute + second) end\n"
    "  end\n"
    "end)\n";

static void run_history(uint64_t number)
{
    struct cf_buffer text = {0}, shown = {0};
    folder_make();
    cf_buffer_printf(&text, "%s%s", reading, policy);
    (void)folder_write_bytes("reader.lua", text.data, text.length);
    cf_buffer_clear(&text);
    cf_buffer_printf(&text, "local seed = %llu\n%s%s", (unsigned long long)number * 7919 % 2147483648,
                     reading, test);
    const char *path = folder_write_bytes("reader_test.lua", text.data, text.length);
    FILE *out = tmpfile();
    assert_non_null(out);
    unsigned passed = 0, failed = 0;
    struct cf_error err = {0};
    int code = cf_tester_run(&path, 1, NULL, out, &passed, &failed, &err);
    rewind(out);
    char block[4096];
    for (size_t size; (size = fread(block, 1, sizeof block, out)) > 0;)
        cf_buffer_add(&shown, block, size);
    fclose(out);
    folder_drop();
    if (code != 0 || failed || passed != 1)
        fail_msg("history %llu: %s\n%s", (unsigned long long)number, shown.data, err.text);
    cf_buffer_finish(&text);
    cf_buffer_finish(&shown);
}

static void test_both_read_the_same(void **state)
{
    (void)state;
    uint64_t first = setting("CURFEW_FIRST", 1), count = setting("CURFEW_HISTORIES", HISTORIES);
    for (uint64_t number = first; number < first + count; number++)
        run_history(number);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_read_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
