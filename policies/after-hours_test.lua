-- Run by `curfew test`, under a virtual clock, on a simulated host. 2026-03-02 is a Monday.

test("warns 30, 5 and 1 minutes before closing, then empties the building", function (host)
  host:starts("2026-03-02 08:00")
  host:load("after-hours.lua")
  local ana = host:logon("ana")

  host:advance_to("19:00")

  expect(host:journal { session = ana }):reads {
    "10:30:00  warn    We are closing: this session ends in 30 minutes.",
    "10:55:00  warn    We are closing: this session ends in 5 minutes.",
    "10:59:00  warn    We are closing: this session ends in 1 minute.",
    "11:00:00  logoff  outside office hours",
  }
end)

test("a logon five minutes before opening has the whole day", function (host)
  host:starts("2026-03-02 07:25")
  host:load("after-hours.lua")
  local ana = host:logon("ana")

  host:advance_to("18:29")

  expect(host:journal { session = ana }):reads {}
  host:advance_to("19:00")
  expect(ana.gone):is(true)
end)

test("a logon five minutes before closing has its grace", function (host)
  host:starts("2026-03-02 18:55")
  host:load("after-hours.lua")
  local ana = host:logon("ana")

  host:advance_to("19:05")

  expect(host:journal { session = ana }):reads {
    "00:00  warn    We are closing: this session ends in 10 minutes.",
    "05:00  warn    We are closing: this session ends in 5 minutes.",
    "09:00  warn    We are closing: this session ends in 1 minute.",
    "10:00  logoff  outside office hours",
  }
end)

test("a logon at 18:59 has its grace, not a minute", function (host)
  host:starts("2026-03-02 18:59")
  host:load("after-hours.lua")
  local ana = host:logon("ana")

  host:advance(9 * minute + 59 * second)
  expect(ana.gone):is(false)
  host:advance(1 * second)

  expect(ana.gone):is(true)
  expect(#host:journal { session = ana, what = "warn" }):is(3)
end)

test("idle and after hours, two policies on one session: it ends once, by whichever comes first", function (host)
  host:starts("2026-03-02 18:40")
  host:load("after-hours.lua")
  host:load("idle.lua", { limit = "15m" })
  local ana = host:logon("ana")

  host:advance(1 * hour)

  expect(#host:journal { session = ana, what = "logoff" }):is(1)
  expect(host:journal { session = ana, policy = "idle" }):reads {
    "10:00  warn    No activity: you will be logged off in 5 minutes.",
    "14:00  warn    No activity: you will be logged off in 1 minute.",
    "15:00  logoff  idle for 15 minutes",
  }
end)

test("a logon at night has its grace, of any length", function (host)
  host:starts("2026-03-02 23:00")
  host:load("after-hours.lua", { grace = "45m" })
  local ana = host:logon("ana")

  host:advance(45 * minute)

  expect(host:journal { session = ana }):reads {
    "15:00  warn    We are closing: this session ends in 30 minutes.",
    "40:00  warn    We are closing: this session ends in 5 minutes.",
    "44:00  warn    We are closing: this session ends in 1 minute.",
    "45:00  logoff  outside office hours",
  }
end)

test("being busy is no excuse", function (host)
  host:starts("2026-03-02 18:00")
  host:load("after-hours.lua")
  local ana = host:logon("ana")

  ana:input { every = 1 * minute, during = 59 * minute }
  host:advance(1 * minute)

  expect(ana.gone):is(true)
end)

test("hours may cross midnight", function (host)
  host:starts("2026-03-06 21:00") -- a Friday
  host:load("after-hours.lua", { hours = "Fri 20:00-04:00" })
  local ana = host:logon("ana")

  host:advance_to("2026-03-07 03:29")
  expect(host:journal { session = ana }):reads {}

  host:advance_to("2026-03-07 04:00")
  expect(ana.gone):is(true)
end)

test("on a holiday the building is closed, and the day after it is not", function (host)
  host:starts("2026-12-24 12:00")
  host:load("after-hours.lua", { holidays = { "2026-12-25", "05-01" } })
  local ana = host:logon("ana")
  host:advance_to("19:00")
  expect(ana.gone):is(true)

  host:advance_to("2026-12-25 12:00")
  local bea = host:logon("bea")
  host:advance(10 * minute)
  expect(bea.gone):is(true)

  host:advance_to("2026-12-26 09:30") -- a Saturday
  local eva = host:logon("eva")
  host:advance_to("12:59")
  expect(eva.gone):is(false)
end)

--- How long a session lives that begins at `start`, by the clock on the wall of `zone`.
local function life(host, zone, start, hours)
  host:starts(start, zone)
  host:load("after-hours.lua", { hours = hours })
  local ana = host:logon("ana")
  host:advance(1 * day)
  for _, line in ipairs(host:journal { session = ana }) do
    local time = line:match("^(%S+)  logoff")
    if time then return time end
  end
end

test("the night that lacks an hour is shorter: New York", function (host)
  expect(life(host, "America/New_York", "2026-03-07 22:00", "Sat 22:00-04:00")):is("5:00:00")
end)

test("the night that has an hour twice is longer: New York", function (host)
  expect(life(host, "America/New_York", "2026-10-31 22:00", "Sat 22:00-04:00")):is("7:00:00")
end)

test("the night that lacks an hour is shorter: Berlin", function (host)
  expect(life(host, "Europe/Berlin", "2026-03-28 22:00", "Sat 22:00-04:00")):is("5:00:00")
end)

test("the night that has an hour twice is longer: Berlin", function (host)
  expect(life(host, "Europe/Berlin", "2026-10-24 22:00", "Sat 22:00-04:00")):is("7:00:00")
end)

test("closing at 02:30 in the night without a 02:30 is at the jump", function (host)
  expect(life(host, "Europe/Berlin", "2026-03-28 22:00", "Sat 22:00-02:30")):is("4:00:00")
end)

test("closing at 02:30 in the night that has it twice is at the second", function (host)
  expect(life(host, "Europe/Berlin", "2026-10-24 22:00", "Sat 22:00-02:30")):is("5:30:00")
end)

test("a year's end is a day like any other", function (host)
  expect(life(host, "America/Sao_Paulo", "2027-12-31 22:00", "Fri 20:00-04:00")):is("6:00:00")
end)

test("a leap day is a day like any other", function (host)
  expect(life(host, "America/Sao_Paulo", "2028-02-28 22:00", "Mon 20:00-04:00")):is("6:00:00")
end)

test("a countdown is told again after the clock was set", function (host)
  host:starts("2026-03-02 18:00")
  host:load("after-hours.lua")
  local ana = host:logon("ana")

  host:advance_to("18:57")
  host:step(-1 * hour)
  host:advance(10 * minute)
  expect(ana.gone):is(false)

  host:advance_to("19:00")
  expect(ana.gone):is(true)
end)

test("who asks to stay may, for as long as the entry says, and not again that day", function (host)
  host:starts("2026-03-02 18:58")
  host:load("after-hours.lua", { stay = "1h" })
  local ana = host:logon("ana")

  host:advance(3 * minute)
  ana:stay(40 * minute)
  host:advance(45 * minute)
  ana:stay()
  host:advance(25 * minute)
  ana:stay(hour)
  host:advance(hour)

  expect(host:journal { session = ana }):reads {
    "00:00  warn    We are closing: this session ends in 10 minutes.",
    "03:00  extend  the user stays for 40 minutes",
    "43:00  warn    We are closing: this session ends in 10 minutes.",
    "48:00  warn    We are closing: this session ends in 5 minutes.",
    "48:00  extend  the user stays for 20 minutes",
    "1:08:00  warn    We are closing: this session ends in 10 minutes.",
    "1:13:00  warn    We are closing: this session ends in 5 minutes.",
    "1:13:00  extend  the user asked to stay: a sign of life, but no more time",
    "1:17:00  warn    We are closing: this session ends in 1 minute.",
    "1:18:00  logoff  outside office hours",
  }
  expect(ana.gone):is(true)
end)

test("beside idle: the soonest end is on the screen, and the other comes back when it is over", function (host)
  host:starts("2026-03-02 18:10")
  host:load("after-hours.lua")
  host:load("idle.lua", { limit = "30m" })
  local ana, bea = host:logon("ana"), host:logon("bea")

  host:advance(28 * minute)
  expect(ana.notices):reads { "No activity: you will be logged off in 5 minutes." }
  ana:input()
  host:advance(1 * second)
  expect(ana.notices):reads { "We are closing: this session ends in 22 minutes." }
  host:advance_to("19:00")

  expect(host:journal { session = ana }):reads {
    "20:00  warn    We are closing: this session ends in 30 minutes.",
    "25:00  warn    No activity: you will be logged off in 5 minutes.",
    "28:00  warn    We are closing: this session ends in 22 minutes.",
    "45:00  warn    We are closing: this session ends in 5 minutes.",
    "49:00  warn    We are closing: this session ends in 1 minute.",
    "50:00  logoff  outside office hours",
  }
  expect(host:journal { session = bea }):reads {
    "20:00  warn    We are closing: this session ends in 30 minutes.",
    "25:00  warn    No activity: you will be logged off in 5 minutes.",
    "29:00  warn    No activity: you will be logged off in 1 minute.",
    "30:00  logoff  idle for 30 minutes",
  }
end)

test("beside idle: a later end waits until the sooner is over", function (host)
  host:starts("2026-03-02 18:28")
  host:load("idle.lua", { limit = "5m", warnings = "4m" })
  host:load("after-hours.lua")
  local ana = host:logon("ana")

  host:advance(3 * minute)
  expect(ana.notices):reads { "No activity: you will be logged off in 4 minutes." }
  ana:input { every = 30 * second, during = 29 * minute }

  expect(host:journal { session = ana }):reads {
    "01:00  warn    No activity: you will be logged off in 4 minutes.",
    "03:30  warn    We are closing: this session ends in 28 minutes 30 seconds.",
    "27:00  warn    We are closing: this session ends in 5 minutes.",
    "31:00  warn    We are closing: this session ends in 1 minute.",
    "32:00  logoff  outside office hours",
  }
end)

for _, once in ipairs { false, true } do
  test(once and "a grace once a night" or "a grace at each logon, all night long", function (host)
    host:starts("2026-03-02 20:00")
    host:load("after-hours.lua", { once = once })
    local function ends_in(span, after)
      local ana = host:logon("ana")
      host:advance(span - 1 * second)
      expect(ana.gone):is(false)
      host:advance(1 * second)
      expect(ana.gone):is(true)
      host:advance(after)
    end
    ends_in(10 * minute, 1 * minute)
    ends_in(once and 2 * minute or 10 * minute, 3 * hour)
    ends_in(once and 2 * minute or 10 * minute, 0 * minute)
    host:advance_to("2026-03-03 20:00")
    ends_in(10 * minute, 0 * minute)
  end)
end

test("with a grace once a night, who comes back has what is left of it", function (host)
  host:starts("2026-03-02 20:00")
  host:load("after-hours.lua", { once = true })
  local first = host:logon("ana")
  host:advance(3 * minute)
  first:logoff()
  local again = host:logon("ana")
  host:advance(7 * minute - 1 * second)
  expect(again.gone):is(false)
  host:advance(1 * second)
  expect(again.gone):is(true)
end)

for _, by in ipairs { -59, -2, 2, 59 } do
  test("a small step of the clock in the last minute, by " .. by .. " seconds, ends it all the same", function (host)
    host:starts("2026-03-02 18:20")
    host:load("after-hours.lua")
    local ana = host:logon("ana")

    host:advance(39 * minute + 30 * second)
    host:step(by * second)
    host:advance(30 * second - 1 * second)
    expect(ana.gone):is(false)   -- nobody has less than they were promised
    host:advance(by < 0 and (1 - by) * second or 1 * second)

    expect(ana.gone):is(true)
    expect(#host:journal { what = "warn" }):is(3)
    expect(#host:journal { what = "refused" }):is(0)
  end)
end

test("a host that takes its time", function (host)
  host:starts("2026-03-02 18:20")
  host:load("after-hours.lua")
  local ana = host:logon("ana")
  host:fault("latency", 2000000)

  host:advance(40 * minute + 10 * second)

  expect(ana.gone):is(true)
  expect(#host:journal { what = "refused" }):is(0)
end)
