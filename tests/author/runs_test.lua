-- What a run waits for and rests on, how it begins and ends, and what a dry run does.

local function run(host, way, entry)
  entry = entry or {}
  entry.way = way
  host:load("actions.lua", entry)
end

local function journal(host, filter) return expect(host:journal(filter)) end

-- ---- Waits ----

for _, way in ipairs { "for_another", "for_another_to_leave" } do
  test(way .. ": a wait for a session that ends is over", function (host)
    run(host, way, { only = { users = "ana" } })
    local bea, ana = host:logon("bea"), host:logon("ana")
    host:advance(3 * minute)
    bea:logoff()
    host:advance(8 * minute)
    expect(ana.locked):is(true)
  end)
end

test("who waited for another session's idle time heeds that user, and no other", function (host)
  run(host, "when_another_left", { only = { users = { "ana", "cyd" } } })
  local bea, ana = host:logon("bea"), host:logon("ana")
  host:advance(11 * minute)
  ana:input()
  host:advance(1 * minute)
  expect(ana.gone):is(true)
  local cyd = host:logon("cyd")
  host:advance(1 * minute)
  bea:input()
  host:advance(1 * minute)
  expect(cyd.gone):is(false)
end)

test("a countdown without a word ends with its condition, too", function (host)
  run(host, "silent_countdown")
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(7 * minute)
  bea:disconnect()
  bea:reconnect()
  host:advance(4 * minute)
  expect(ana.locked):is(true)
  expect(bea.locked):is(false)
end)

test("who is disconnected cannot be at work, whatever else is unknown", function (host)
  run(host, "nobody_there")
  local ana, bea = host:logon("ana", { idle = "unknown" }), host:logon("bea", { idle = "unknown" })
  ana:disconnect()
  host:advance(3 * minute)
  expect(ana.locked):is(true)
  expect(bea.locked):is(false)
end)

-- ---- What it rests on ----

test("each of what a run rests on is looked at", function (host)
  run(host, "quiet_and_locked")
  host:fault("untold", 1000)
  local ana = host:logon("ana")
  ana:lock()
  host:advance(12 * minute - 1 * second)
  ana:prints()
  host:advance(2 * second)
  expect(#host:journal { what = "logoff" }):is(0)
  expect(ana.gone):is(false)
end)

for _, way in ipairs { "forgetful", "forgetful_look" } do
  test(way .. ": who forgets what it has waited for is stopped by nothing of that", function (host)
    run(host, way)
    local ana = host:logon("ana")
    host:advance(11 * minute)
    ana:input()
    host:advance(1 * minute)
    expect(ana.gone):is(true)
  end)
end

test("who forgets waits for signs of life from then on", function (host)
  run(host, "forgetful_wait")
  local ana = host:logon("ana")
  host:advance(3 * minute)
  ana:lock()
  ana:unlock()
  host:advance(4 * minute)
  expect(ana.locked):is(false)
  journal(host):reads {}                             -- nobody wanted to, either
end)

test("what an earlier run has looked at stops no later one", function (host)
  run(host, "look_once")
  local ana = host:logon("ana")
  host:advance(3 * minute)
  ana:input()
  host:advance(2 * minute)
  expect(ana.gone):is(true)
end)

-- ---- How runs begin and end ----

test("a run that ended with its countdown begins again, where it is a session's own", function (host)
  run(host, "idle", { name = "idle" })
  run(host, "newcomer_idle", { name = "newcomer" })
  host:logon("zoe"):logoff()
  local ana = host:logon("ana")
  host:advance(10 * minute + 30 * second)
  ana:input()
  host:advance(10 * minute + 1 * second)
  expect(#host:journal { policy = "idle", what = "warn" }):is(2)
  expect(#host:journal { policy = "newcomer", what = "warn" }):is(1)
  expect(#host:journal { policy = "newcomer", what = "stays" }):is(1)
end)

test("a run that is over does nothing more", function (host)
  run(host, "parting")
  local ana = host:logon("ana")
  host:advance(10 * minute + 30 * second)
  ana:input()
  host:advance(11 * minute)
  expect(ana.locked):is(false)
  expect(#host:journal { what = "warn" }):is(2)
end)

test("nor does it refuse logons", function (host)
  run(host, "last_refusal")
  local ana = host:logon("ana")
  host:advance(10 * minute + 30 * second)
  ana:input()
  host:advance(1 * minute)
  expect(#host:journal { what = "stays" }):is(1)
  expect(#host:journal { what = "door" }):is(0)
end)

test("a run that ended in the middle of a look leaves the next one nothing old", function (host)
  run(host, "two_looks", { stay = "2h" })
  host:fault("latency", 2000000)
  local ana = host:logon("ana")
  host:advance(1 * second)
  ana:stay(2 * minute)
  host:advance(6 * minute + 50 * second)
  ana:input()
  host:advance(20 * second)
  expect(ana.locked):is(true)
end)

test("while somebody stays nothing begins, but what begins with an event", function (host)
  run(host, "locker", { stay = "2h" })
  local ana = host:logon("ana")
  host:advance(5 * minute)
  ana:stay(1 * hour)
  host:advance(30 * minute)
  ana:lock()
  host:advance(1 * hour)
  journal(host, { session = ana }):reads {
    "05:00  extend  the user stays for 1 hour",
    "35:00  tell    You are locked.",
    "1:15:00  warn    You will be logged off in 2 minutes.",
    "1:17:00  logoff  it is time",
  }
end)

-- ---- Dry runs ----

test("a dry run that would have logged off rests until somebody is there, whatever else happens", function (host)
  run(host, "idle", { dry_run = true })
  local ana = host:logon("ana")
  host:advance(15 * minute)
  ana:disconnect()
  host:advance(1 * hour)
  expect(#host:journal { what = "logoff" }):is(1)
  ana:returns()
  host:advance(15 * minute)
  expect(#host:journal { what = "logoff" }):is(2)
end)

test("so it does whatever is being read as somebody comes back", function (host)
  run(host, "idle", { dry_run = true })
  host:fault("latency", 2000000)
  local all = {}
  for i = 1, 60 do
    all[i] = host:logon("user" .. i)
    host:advance(1 * second)
  end
  host:advance(20 * minute)
  expect(#host:journal { what = "logoff" }):is(60)
  for i = 1, 60 do all[i]:lock() all[i]:unlock() end
  host:advance(20 * minute)
  expect(#host:journal { what = "logoff" }):is(120)
end)

test("and what was being read as it began again changes nothing of it", function (host)
  run(host, "timed", { dry_run = true })
  host:fault("latency", 2000000)
  local ana = host:logon("ana")
  host:advance(22 * minute + 3 * second)   -- it rests from 12:02 on, and looks ten minutes later, until 22:04
  ana:lock()
  ana:unlock()
  host:advance(11 * minute)
  journal(host, { what = "warn" }):reads {
    "10:00  warn    You will be logged off in 2 minutes. (dry run)",
    "32:03  warn    You will be logged off in 2 minutes. (dry run)",
  }
end)

test("a dry run goes on after what it would have locked or disconnected", function (host)
  run(host, "locking", { dry_run = true })
  local ana = host:logon("ana")
  host:advance(40 * minute)
  expect(ana.locked):is(false)
  expect(ana.disconnected):is(false)
  journal(host):reads {
    "10:00  lock    it is time (dry run)", "20:00  disconnect  it is time (dry run)",
    "30:00  tell    You are locked out. (dry run)",
  }
end)
