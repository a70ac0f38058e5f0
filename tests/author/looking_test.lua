-- Whatever the way in which a policy reads a session: it reads how it is at that moment, and input ends a wait.

local function run(host, way, options)
  options = options or {}
  options.way = way
  host:load("looking.lua", options)
end

for _, way in ipairs { "looking", "looking_once", "every", "on" } do
  test(way .. ": whoever types every ten seconds is left alone", function (host)
    run(host, way)
    local ana = host:logon("ana")
    ana:input { every = 10 * second, during = 1 * hour }
    expect(ana.gone):is(false)
    expect(#host:journal()):is(0)
  end)

  test(way .. ": whoever leaves is warned, and logged off", function (host)
    run(host, way)
    local ana = host:logon("ana")
    host:advance(10 * minute)
    expect(#ana.notices):is(1)
    host:advance(3 * minute)
    expect(ana.gone):is(true)
  end)

  test(way .. ": a key behind the warning is enough", function (host)
    run(host, way)
    local ana = host:logon("ana")
    host:advance(10 * minute + 59 * second)
    ana:input()
    host:advance(1 * minute + 30 * second)
    expect(ana.gone):is(false)
  end)
end

test("looking: the last look is the one before the logoff", function (host)
  run(host, "looking_once")
  local ana = host:logon("ana")
  host:advance(11 * minute)
  ana:input()
  host:advance(1 * minute)
  expect(host:journal { session = ana, all = true }):reads {
    "10:00  warn    You will be logged off in 2 minutes.",
    "12:00  refused  there was activity",
    "12:00  stays   there was activity",
  }
end)

test("looking: a text says how long the session has been idle by now", function (host)
  run(host, "looking")
  local ana = host:logon("ana")
  host:advance(3 * minute + 20 * second)
  ana:input()
  host:advance(8 * minute + 40 * second)
  expect(host:journal { session = ana }):reads {
    "10:00  warn    You will be logged off in 2 minutes.",
    "12:00  logoff  idle for 8 minutes 40 seconds",
  }
end)

test("every: one of two who types is left alone, and the other is not", function (host)
  run(host, "every")
  local ana, bea = host:logon("ana"), host:logon("bea")
  ana:input { every = 10 * second, during = 30 * minute }
  expect(ana.gone):is(false)
  expect(bea.gone):is(true)
end)

test("a veto over idle time protects whoever types", function (host)
  run(host, "veto")
  host:load("../../policies/session-limit.lua", { limit = "1h" })
  local ana = host:logon("ana")
  ana:input { every = 9 * minute, during = 3 * hour }
  expect(ana.gone):is(false)
  host:advance(2 * hour)
  expect(ana.gone):is(true)
end)

test("a veto over an idle time that nobody knows holds", function (host)
  run(host, "veto")
  host:load("../../policies/session-limit.lua", { limit = "1h" })
  local ana = host:logon("ana", { idle = "unknown" })
  host:advance(3 * hour)
  expect(ana.gone):is(false)
end)

test("a condition that input makes true ends the wait with the key", function (host)
  run(host, "asking")
  local ana = host:logon("ana")
  host:advance(11 * minute + 3 * second)
  ana:input()
  host:advance(1 * second)
  expect(#ana.notices):is(0)
  host:advance(2 * minute)
  expect(host:journal { session = ana, all = true }):reads {
    "10:00  warn    You will be logged off in 2 minutes.",
    "11:03  stays   there was activity",
  }
end)

test("a wait for somebody to come back ends with the key", function (host)
  run(host, "returning")
  local ana = host:logon("ana")
  host:advance(25 * minute + 7 * second)
  expect(ana.locked):is(false)
  ana:input()
  host:advance(1 * second)
  expect(ana.locked):is(true)
end)

test("at a calendar's edge the session is read", function (host)
  host:starts("2026-03-02 08:30")
  run(host, "closing")
  local ana = host:logon("ana")
  host:advance(29 * minute)
  ana:input()
  host:advance(1 * minute)
  expect(host:journal { session = ana }):reads { "30:00  lock    in use after hours" }
end)

test("a countdown that asks nobody ends with a key all the same", function (host)
  run(host, "deaf")
  local ana = host:logon("ana")
  host:advance(10 * minute + 30 * second)
  ana:input()
  host:advance(1 * second)
  expect(#ana.notices):is(0)
  host:advance(3 * minute)
  expect(host:journal { session = ana, all = true }):reads {
    "10:00  warn    You will be logged off in 2 minutes.",
    "10:30  stays   there was activity",
  }
end)

test("output is no sign of life, and can be waited for", function (host)
  run(host, "output")
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(9 * minute)
  ana:prints()
  host:advance(2 * minute)
  expect(#ana.notices):is(0)
  expect(#bea.notices):is(1)
  bea:prints()
  host:advance(1 * minute)
  expect(host:journal { session = bea, all = true }):reads {
    "10:00  warn    You will be logged off in 2 minutes.",
    "11:00  stays   there was output",
  }
  host:advance(10 * minute)
  expect(host:journal { session = ana }):reads {
    "19:00  warn    You will be logged off in 2 minutes.",
    "21:00  logoff  idle and quiet",
  }
end)

test("what cannot wait is told so", function (host)
  run(host, "replacing")
  local ana = host:logon("ana")
  host:advance(2 * second)
  expect(ana.locked):is(false)
  local line = host:journal { what = "failed" }[1] or ""
  expect(line:find("session.idle has to be asked of the host", 1, true) ~= nil):is(true)
end)

test("sorting by a field reads it", function (host)
  run(host, "sorting")
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(1 * minute)
  bea:input()
  host:advance(1 * minute)
  expect(ana.locked):is(false)
  expect(bea.locked):is(true)
end)

test("who looked before the warning ends nobody who typed since, whatever the reason reads", function (host)
  run(host, "printing")
  local ana = host:logon("ana")
  host:advance(11 * minute)
  ana:input()
  host:advance(1 * minute)
  expect(host:journal { session = ana, what = "refused" }):reads { "12:00  refused  there was activity" }
end)

-- A reading that fails says neither that somebody is there nor that nobody is.

for _, way in ipairs { "looking", "asking", "deaf" } do
  test(way .. ": a host that does not answer at the end ends nobody who has typed", function (host)
    run(host, way)
    local ana = host:logon("ana")
    host:advance(11 * minute)
    host:fault("failing", 1000)
    ana:input()
    host:advance(2 * minute)
    host:fault("failing", 0)
    host:advance(3 * minute)
    expect(ana.gone):is(false)
  end)
end

test("idle: one failed reading at the end of a pause is not an answer", function (host)
  host:load("../../policies/idle.lua", { limit = "6m", warnings = { "5m" } })
  host:fault("untold", 1000)
  local ana = host:logon("ana")
  host:advance(2 * minute + 56 * second)
  host:fault("failing", 1000)
  ana:input()
  host:advance(3 * minute + 6 * second)
  host:fault("failing", 0)
  host:advance(1 * minute)
  expect(ana.gone):is(false)
end)

test("idle: somebody back after ten seconds is told so at once", function (host)
  host:load("../../policies/idle.lua")
  local ana = host:logon("ana")
  host:advance(25 * minute + 10 * second)
  ana:input()
  host:advance(1 * second)
  expect(#ana.notices):is(0)
  expect(host:journal { session = ana, what = "stays" }):reads { "25:10  stays   there was activity" }
end)

test("idle: where input cannot be told, it is seen within five seconds of the pace", function (host)
  host:fault("untold", 1000)
  host:load("../../policies/idle.lua")
  local ana = host:logon("ana")
  host:advance(25 * minute + 11 * second)
  ana:input()
  host:advance(5 * second)
  expect(#ana.notices):is(0)
end)

test("a countdown that rests on the hours ends when they begin, by the clock as it is set", function (host)
  host:starts("2026-03-02 07:50")
  run(host, "until_hours")
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(5 * minute)
  host:step(4 * second)
  host:advance(4 * minute + 55 * second)
  expect(#ana.notices):is(1)
  host:advance(2 * second)
  expect(#ana.notices):is(0)
  expect(host:journal { session = bea, all = true }):reads {
    "00:00  warn    You will be logged off in 2 minutes.",
    "09:56  stays   the time for it is over",
  }
end)

test("a look that was cut short leaves the next run nothing that others have read", function (host)
  host:load("looking.lua", { way = "in_turn", stay = "2h" })
  host:load("looking.lua", { name = "others", way = "every" })
  host:fault("latency", 2000000)
  local ana = host:logon("ana")
  host:advance(1 * second)                   -- in the middle of the look
  ana:stay(2 * minute)
  host:advance(6 * minute + 45 * second)     -- read at 6:00, and next at 7:00
  ana:input()
  host:advance(30 * second)                  -- looked at from 7:01 on
  expect(ana.locked):is(true)
end)
