-- `curfew stay`: how long it puts a logoff off, and when its cap is whole again.

local function run(host, cap)
  host:load("decisions.lua", { way = "early", stay = cap })
end

local function extensions(host) return expect(host:journal { what = "extend" }) end

test("a cap is used up by the time that has passed, not by the time that was asked for", function (host)
  run(host, "1h")
  local ana = host:logon("ana")
  host:advance(5 * minute)
  ana:stay(40 * minute)
  host:advance(5 * minute)
  ana:stay(40 * minute)
  host:advance(10 * minute)
  ana:stay()
  host:advance(50 * minute)
  ana:stay()
  extensions(host):reads {
    "05:00  extend  the user stays for 40 minutes",
    "10:00  extend  the user stays for 40 minutes",
    "20:00  extend  the user stays for 45 minutes",
    "1:10:00  extend  the user asked to stay: a sign of life, but no more time",
  }
end)

-- Says `stay` when the cap is used up, a second before a day has passed, and then.
local function stays_a_day_later(host, idle, input)
  run(host, "1h")
  local ana = host:logon("ana", { idle = idle })
  host:advance(5 * minute)
  ana:stay(1 * hour)
  host:advance(2 * hour)
  if input then ana:input() end
  host:advance(22 * hour - 1 * second)
  ana:stay()
  host:advance(1 * second)
  ana:stay()
end

local none = "  extend  the user asked to stay: no sign of life any more, "
             .. "as nobody has used the session for limits.stay"

test("after a day a cap is whole again", function (host)
  stays_a_day_later(host, nil, true)
  extensions(host):reads {
    "05:00  extend  the user stays for 1 hour",
    "24:04:59  extend  the user asked to stay: a sign of life, but no more time",
    "24:05:00  extend  the user stays for 1 hour",
  }
end)

test("but not where nobody was there since", function (host)
  stays_a_day_later(host)
  extensions(host):reads { "05:00  extend  the user stays for 1 hour", "24:04:59" .. none, "24:05:00" .. none }
end)

test("where nobody knows whether somebody was, it is", function (host)
  stays_a_day_later(host, "unknown")
  extensions(host):reads {
    "05:00  extend  the user stays for 1 hour", "24:04:59" .. none, "24:05:00  extend  the user stays for 1 hour",
  }
end)

test("a cap that is whole again takes nothing back", function (host)
  run(host, "2d")
  local ana = host:logon("ana")
  host:advance(5 * minute)
  ana:stay(30 * hour)
  host:advance(25 * hour)
  ana:input()
  ana:stay(1 * hour)           -- of which five hours were granted before
  host:advance(1 * hour)
  ana:stay(48 * hour)          -- of which one was used since
  extensions(host):reads {
    "05:00  extend  the user stays for 1 day 6 hours",
    "25:05:00  extend  the user stays for 5 hours",
    "26:05:00  extend  the user stays for 1 day 23 hours",
  }
end)

test("who has warned grants it, and no other policy", function (host)
  host:load("decisions.lua", { name = "sweep", way = "sweep" })
  host:load("decisions.lua", { name = "other", way = "timed", only = { users = "nobody" }, stay = "2h" })
  local ana = host:logon("ana")
  host:advance(1 * hour + 11 * minute)
  ana:stay()
  extensions(host):reads {
    "1:11:00  extend  the user asked to stay: a sign of life, but no more time",
  }
end)

test("where no time is granted, it is a sign of life all the same", function (host)
  host:load("actions.lua", { way = "hearing" })
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(11 * minute)
  ana:stay()
  host:advance(2 * minute)
  expect(ana.gone):is(false)
  expect(bea.gone):is(true)
  expect(host:journal { session = ana, what = "stays" }):reads { "11:00  stays   there was activity" }
end)

test("each policy grants what its own entry says", function (host)
  host:load("../../policies/session-limit.lua", { name = "little", limit = "2h", warnings = { "5m" }, stay = "30m" })
  host:load("../../policies/session-limit.lua", { name = "much", limit = "2h", warnings = { "5m" }, stay = "90m" })
  local ana = host:logon("ana")
  host:advance(1 * hour + 56 * minute)
  ana:stay()
  host:advance(25 * minute)
  expect(host:journal { what = "warn", policy = "much" }):reads {
    "1:55:00  warn    A session may last 2 hours: this one ends in 5 minutes.",
  }
  host:advance(4 * minute)
  expect(ana.gone):is(false)
  host:advance(7 * minute)
  expect(host:journal { what = "logoff" }[1]):contains("2:31:00")
end)

test("a policy that grants nothing goes on", function (host)
  host:load("../../policies/session-limit.lua", { limit = "2h", warnings = { "5m" } })
  host:load("../../policies/session-limit.lua", { name = "other", limit = "2h", warnings = { "5m" }, stay = "90m" })
  local ana = host:logon("ana")
  host:advance(1 * hour + 56 * minute)
  ana:stay()
  host:advance(4 * minute)
  expect(ana.gone):is(true)
end)

test("a word is a sign of life for a while, and then only once something else has been one", function (host)
  host:configure { limits = { stay = "1h" } }
  host:load("../../policies/idle.lua", { limit = "30m" })
  local ana, bea = host:logon("ana"), host:logon("bea")
  for i = 1, 6 do
    host:advance(20 * minute)
    if not ana.gone then ana:stay() end
    if i == 3 then bea:input() end
    bea:stay()
  end
  expect(host:journal { session = ana, what = "logoff" }):reads { "1:30:00  logoff  idle for 30 minutes" }
  expect(bea.gone):is(false)
end)
