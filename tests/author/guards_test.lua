-- What keeps a run from ending somebody whom a fresh reading shows to be there, guard by guard.

local function run(host, way, options)
  options = options or {}
  options.way = way
  host:load("looking.lua", options)
end

test("input behind the last look, though nobody looked before the warning", function (host)
  run(host, "late_look")
  local ana = host:logon("ana")
  host:advance(12 * minute + 10 * second)
  ana:input()
  host:advance(20 * second)
  expect(ana.gone):is(false)
  expect(host:journal { what = "refused" }):reads { "12:30  refused  there was activity" }
end)

test("input before the last look counts for nothing where nobody looked before the warning", function (host)
  run(host, "late_look")
  local ana = host:logon("ana")
  host:advance(10 * minute + 30 * second)
  ana:input()
  host:advance(2 * minute)
  expect(ana.gone):is(true)
end)

test("output behind the last look at it", function (host)
  run(host, "late_look_at_output")
  local ana = host:logon("ana")
  host:advance(12 * minute + 10 * second)
  ana:prints()
  host:advance(20 * second)
  expect(ana.gone):is(false)
  expect(host:journal { what = "refused" }):reads { "12:30  refused  there was output" }
end)

test("one failed look makes nobody unknown", function (host)
  run(host, "unseen")
  host:fault("latency", 1000000)
  local ana = host:logon("ana")
  host:advance(1 * minute + 0.5 * second)
  host:fault("failing", 1000)   -- the look, and nothing else
  host:advance(1 * second)
  host:fault("failing", 0)
  host:advance(2 * minute + 10 * second)
  expect(ana.gone):is(false)
  expect(#host:journal { what = "warn" }):is(0)
end)

test("a condition about idle time ends nobody of whom that is unknown", function (host)
  run(host, "hearing")
  local ana = host:logon("ana", { idle = "unknown" })
  host:advance(3 * minute)
  expect(ana.gone):is(false)
  expect(host:journal { what = "refused" }):reads { "03:00  refused  nobody knows whether the session is in use" }
end)

test("a wait for activity has no answer where idle time is unknown", function (host)
  run(host, "active")
  local ana = host:logon("ana", { idle = "unknown" })
  host:advance(3 * minute)
  expect(ana.gone):is(false)
  expect(host:journal { session = ana, all = true }):reads {
    "01:00  warn    You will be logged off in 2 minutes.",
    "03:00  stays   nobody knows whether the session is in use",
  }
end)

for _, way in ipairs { "hearing", "active" } do
  test(way .. ": a reading that fails at the end is asked for again", function (host)
    run(host, way)
    host:fault("untold", 1000)
    local ana = host:logon("ana")
    host:advance(1 * minute + 1 * second)
    host:fault("failing", 1000)
    host:advance(1 * minute + 30 * second)
    ana:input()
    host:advance(32 * second)
    host:fault("failing", 0)
    host:advance(10 * second)
    expect(ana.gone):is(false)
    expect(#host:journal { what = "refused" }):is(0)
    expect(host:journal { what = "stays" }):reads { "03:05  stays   there was activity" }
  end)
end

test("who comes back to a session that hangs in its logoff is not forced, whoever looked", function (host)
  run(host, "looking")
  host:fault("hanging", 1000)
  local ana = host:logon("ana")
  host:advance(12 * minute + 2 * second)
  expect(#host:journal { what = "logoff" }):is(1)
  ana:input()
  host:advance(5 * minute)
  expect(ana.gone):is(false)
  expect(#host:journal { what = "force" }):is(1)
end)

test("without a last reading, nobody is ended by a run that looked", function (host)
  run(host, "looking")
  host:fault("latency", 1000000)
  local ana = host:logon("ana")
  host:advance(12 * minute + 3.5 * second)   -- the look at 10:01, the warning at 10:02, the last look at 12:03
  host:fault("failing", 1000)
  host:advance(1 * second)
  host:fault("failing", 0)
  expect(ana.gone):is(false)
  expect(host:journal { what = "refused" }):reads { "12:04  refused  the session could not be read once more" }
end)

test("all that a run rests on is read before it acts", function (host)
  run(host, "output")
  host:fault("untold", 1000)
  local ana = host:logon("ana")
  host:advance(1 * second)
  ana:prints()
  host:advance(12 * minute - 1 * second)     -- warned at 10:01, read every five seconds from there on
  ana:prints()
  host:advance(2 * second)
  expect(ana.gone):is(false)
  expect(host:journal { session = ana }):reads {
    "10:01  warn    You will be logged off in 2 minutes.", "12:01  refused  there was output",
  }
end)

test("a veto whose reading fails holds", function (host)
  run(host, "veto")
  host:load("../../policies/session-limit.lua", { limit = "1h", warnings = { "2m" } })
  host:fault("latency", 1000000)
  local ana = host:logon("ana")
  host:advance(59 * minute)
  ana:input()
  host:advance(1 * minute + 0.5 * second)
  for _ = 1, 2 do                            -- asked at 1:00:00 and again at 1:00:02, when the promised end has come
    host:fault("failing", 1000)
    host:advance(1 * second)
    host:fault("failing", 0)
    host:advance(1 * second)
  end
  host:advance(5 * second)
  expect(ana.gone):is(false)
end)

test("a warning that waited behind another's is not shown to who is back", function (host)
  host:load("../../policies/idle.lua", { limit = "11m", warnings = { "90s" } })
  run(host, "looking")
  local ana = host:logon("ana")
  host:advance(10 * minute + 20 * second)
  expect(#ana.notices):is(1)
  ana:input()
  host:advance(1 * second)
  expect(#ana.notices):is(0)
  expect(#host:journal { what = "warn" }):is(1)
end)

test("a session that ends while a script sleeps is no mistake of the script's", function (host)
  run(host, "every")
  local ana = host:logon("ana")
  host:advance(11 * minute)
  ana:logoff()
  host:advance(5 * minute)
  expect(#host:journal { what = "failed" }):is(0)
end)

for _, way in ipairs { "either", "tested" } do
  test(way .. ": who has asked about idle time ends nobody who was active since", function (host)
    run(host, way)
    local ana = host:logon("ana")
    host:advance(1 * minute)
    if way == "either" then ana:lock() end
    host:advance(1 * minute)
    ana:input()
    host:advance(1 * minute)
    expect(ana.gone):is(false)
    expect(host:journal { what = "refused" }):reads { "03:00  refused  there was activity" }
  end)
end

test("a condition about idle time that holds at once counts as well", function (host)
  run(host, "at_once")
  local ana = host:logon("ana")
  host:advance(10 * minute + 30 * second)
  ana:lock()
  ana:input()
  host:advance(1 * minute + 30 * second)
  expect(ana.gone):is(false)
end)

test("what was read a while ago is read again", function (host)
  run(host, "rounds", { name = "rounds", only = { users = "ana" } })
  host:fault("latency", 2000000)
  local ana = host:logon("ana")
  for _ = 1, 5 do host:logon("bea") end
  host:advance(1 * minute + 4 * second)
  ana:input()
  host:advance(30 * second)
  expect(ana.locked):is(true)
end)

test("a countdown whose condition does not hold does not begin", function (host)
  run(host, "conditional")
  local ana, bea, cyd = host:logon("ana"), host:logon("bea"), host:logon("cyd")
  bea:lock()
  host:advance(30 * second)
  expect(#ana.notices):is(0)
  cyd:lock()     -- which the next run is about
  host:advance(1 * second)
  expect(#cyd.notices):is(0)
  host:advance(10 * minute)
  expect(ana.gone):is(false)
  expect(bea.gone):is(true)
end)

test("a countdown ends when its condition does, and is taken back", function (host)
  run(host, "conditional")
  local bea = host:logon("bea")
  bea:lock()
  host:advance(1 * minute + 30 * second)
  expect(#bea.notices):is(1)
  bea:unlock()
  host:advance(1 * second)
  expect(#bea.notices):is(0)
  expect(host:journal { what = "stays" }):reads { "01:30  stays   the session was unlocked" }
end)

test("a ground that holds by what was known long ago is read before it counts", function (host)
  run(host, "branches")
  local ana = host:logon("ana")
  host:advance(14 * minute)
  expect(#ana.notices):is(1)
  ana:input()
  ana:lock()
  host:advance(1 * second)
  expect(#ana.notices):is(0)
  expect(host:journal { what = "stays" }):reads { "14:00  stays   there was activity" }
end)

test("another session's user who comes back is heard of", function (host)
  run(host, "elsewhere", { name = "elsewhere", only = { users = "ana" } })
  local bea = host:logon("bea")
  local ana = host:logon("ana")
  host:advance(3 * minute)
  bea:input()
  host:advance(1 * second)
  expect(ana.locked):is(true)
end)

test("the last moment of a wait is looked at afresh", function (host)
  run(host, "limited")
  host:fault("untold", 1000)
  local ana = host:logon("ana")
  host:advance(3 * minute + 20 * second)     -- read at 3:00, and next at 4:00
  ana:input()
  host:advance(10 * second)
  expect(ana.locked):is(true)
end)

test("processor time over a second is not that of no time at all", function (host)
  run(host, "busy")
  host:load("../../policies/session-limit.lua", { limit = "1h", warnings = { "2m" } })
  host:load("../../policies/session-limit.lua", { name = "again", limit = "1h", warnings = { "2m" } })
  local ana = host:logon("ana")
  host:advance(57 * minute)
  ana:runs("make")
  host:advance(10 * minute)
  expect(ana.gone):is(false)
  expect(#host:journal { what = "warn" }):is(0)
end)
