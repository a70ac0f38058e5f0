-- A wait ends at the moment at which it is known to be over, and no sooner.

local function run(host, way, options)
  options = options or {}
  options.way = way
  host:load("waits.lua", options)
end

local function told(host)
  return host:journal { what = "tell" }
end

test("what was not read is read first", function (host)
  run(host, "programs")
  run(host, "own_load", { name = "load" })     -- of which vetoes look at the load, from now on
  host:logon("ana")
  host:advance(1 * second)
  expect(told(host)):reads { "00:00  tell    It has come." }
end)

test("a logoff may rest on a list by groups", function (host)
  run(host, "nobody_of_a_group", { unwarned = true })
  local bea, ana = host:logon("bea", { groups = { "staff" } }), host:logon("ana", { groups = { "students" } })
  host:advance(10 * minute)
  expect(ana.gone):is(false)
  bea:logoff()
  host:advance(1 * second)
  expect(ana.gone):is(true)
end)

test("nothing holds by a list of which nobody knows who is on it", function (host)
  run(host, "nobody_of_a_domain")
  host:logon("ana")
  host:advance(1 * hour)
  expect(#told(host)):is(0)
end)

for way, first in pairs { idle = "08:00  tell    It has come.", disconnected = "09:00  tell    It has come." } do
  test(way .. ": a sign of life is no end of a wait for somebody to leave", function (host)
    run(host, way)
    local bea = host:logon("bea")
    host:logon("ana")
    host:advance(3 * minute)
    bea:lock()
    bea:unlock()
    host:advance(6 * minute)
    bea:disconnect()
    host:advance(1 * second)
    expect(told(host)[1]):is(first)
  end)
end

test("who has asked whether another is at work does not end them while they are", function (host)
  run(host, "another")
  local bea = host:logon("bea")
  host:logon("ana")
  host:advance(5 * minute)
  bea:lock()
  host:advance(1 * minute)
  bea:input()
  host:advance(1 * minute)
  expect(host:journal { what = "refused" }):reads { "07:00  refused  there was activity" }
end)

test("one's own life counts from one's own waits on", function (host)
  run(host, "in_turn")
  local bea, ana = host:logon("bea"), host:logon("ana")
  host:advance(2 * minute)
  ana:input()
  host:advance(1 * minute)
  bea:input()
  host:advance(5 * minute + 1 * second)
  expect(told(host)):reads { "08:00  tell    It has come." }
end)

test("who comes in the middle of a reading is waited for, too", function (host)
  host:fault("untold", 1000)
  host:fault("latency", 2000000)
  run(host, "oldest")
  host:logon("ana")
  host:advance(5 * minute + 1 * second)
  host:logon("ana"):prints()
  host:advance(4 * minute)
  expect(#told(host)):is(0)
  host:advance(2 * minute)
  expect(#told(host) > 0):is(true)
end)

test("that others are going to be asked for their load touches nobody's pause", function (host)
  run(host, "briefly")
  run(host, "load", { name = "load" })
  host:logon("ana")
  host:advance(30 * second)
  host:logon("bea")
  host:advance(40 * second)
  expect(told(host)):reads { "00:10  tell    It has come.", "01:00  tell    It has come." }
end)

test("load is sampled ahead of an appointment", function (host)
  host:load("looking.lua", { name = "veto", way = "busy" })
  host:load("../../policies/after-hours.lua")
  host:logon("ana")
  host:advance_to("18:56")
  expect(host:journal { what = "warn" }):reads {
    "10:30:00  warn    We are closing: this session ends in 30 minutes.",
    "10:55:00  warn    We are closing: this session ends in 5 minutes.",
  }
end)

test("a question that cannot be asked ends the run", function (host)
  run(host, "mistaken")
  host:logon("ana")
  host:advance(1 * second)
  expect(#host:journal { what = "failed" }):is(1)
  expect(#told(host)):is(0)
end)

test("a question is put again where its answer may be another one, and not before the session was read", function (host)
  host:fault("untold", 1000)
  run(host, "counted")
  local ana = host:logon("ana")
  host:advance(5 * minute)
  ana:input()
  host:advance(10 * minute)
  expect(told(host)):reads { "15:00  tell    It was asked 2 times." }
end)

test("what no reading could change is not read as the time is up", function (host)
  run(host, "limited")
  host:logon("ana")
  host:advance(9 * minute)
  host:fault("failing", 1000)
  host:advance(1 * minute + 1 * second)
  host:fault("failing", 0)
  host:advance(1 * second)
  expect(told(host)):reads { "10:00  tell    It has come." }
end)

test("where one of two readings fails, both are read again", function (host)
  host:fault("untold", 1000)
  host:fault("latency", 2000000)
  run(host, "both")
  host:logon("bea")
  local ana = host:logon("ana")
  host:advance(5 * minute + 2.5 * second)
  host:fault("failing", 1000)
  host:advance(3 * second)
  host:fault("failing", 0)
  ana:input()
  host:advance(30 * second)
  expect(#told(host)):is(0)
end)

for _, way in ipairs { "idle", "active" } do
  test(way .. ": who leaves in the middle of a reading is not waited for", function (host)
    host:fault("latency", 2000000)
    run(host, way)
    local bea = host:logon("bea")
    host:logon("ana")
    host:advance(5 * minute + 3 * second)
    bea:logoff()
    host:advance(5 * second)
    expect(#told(host)):is(1)
  end)

  test(way .. ": nor is who is not there any more when they are read", function (host)
    run(host, way)
    host:logon("bea")
    local ana = host:logon("ana")
    host:advance(5 * minute - 1 * second)
    host:fault("vanishing", 1000)
    host:advance(1 * second + 1 * second / 2)
    host:fault("vanishing", 0)
    host:advance(1 * second)
    expect(ana.gone or #told(host) == 1):is(true)
  end)
end

test("who waits for somebody else's life does not heed their own user's", function (host)
  run(host, "active")
  local bea, ana = host:logon("bea"), host:logon("ana")
  host:advance(2 * minute)
  ana:input()
  host:advance(1 * minute)
  bea:input()
  host:advance(1 * second)
  expect(ana.locked):is(true)
end)
