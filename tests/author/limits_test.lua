-- How many may go at once, and who is next: turns, shares, and how much a run may ask for.

local function run(host, way, entry)
  entry = entry or {}
  entry.way = way
  host:load("actions.lua", entry)
end

local function journal(host, filter) return expect(host:journal(filter)) end

local function people(host, count, fields)
  local all = {}
  for i = 1, count do all[i] = host:logon("user" .. i, fields and fields(i)) end
  return all
end

local function logoffs(host)
  local times = {}
  for _, line in ipairs(host:journal { what = "logoff" }) do times[#times + 1] = line:match("%S+") end
  return table.concat(times, " ")
end

-- ---- Turns and shares ----

test("what runs once for a session waits for its turn, for five minutes at the most", function (host)
  host:configure { limits = { logoffs_per_minute = 1 } }
  run(host, "newcomer")
  people(host, 10)
  host:advance(20 * minute)
  expect(logoffs(host)):is("12:00 13:00 14:00 15:00 16:00 17:00")
  expect(#host:journal { what = "refused" }):is(4)
  expect(host:journal { what = "refused" }[1]):contains("too many sessions are to be ended at once")
end)

test("so it does without a warning", function (host)
  host:configure { limits = { logoffs_per_minute = 1 } }
  run(host, "newcomer_unwarned", { unwarned = true })
  people(host, 3)
  host:advance(20 * minute)
  expect(logoffs(host)):is("10:00 11:00 12:00")
end)

test("and so does a session's own run about another session", function (host)
  host:configure { limits = { logoffs_per_minute = 1 } }
  run(host, "neighbour")
  people(host, 16, function (i) return { desktop = "desk" .. i // 2 } end)
  host:advance(13 * minute)
  expect(#host:journal { what = "refused" } > 0):is(true)
end)

test("a logoff takes one place of its minute, the one that it was announced for", function (host)
  host:configure { limits = { logoffs_per_minute = 2 } }
  host:fault("hanging", 1000)
  run(host, "timed", { only = { users = "ana" } })
  run(host, "silent", { name = "silent", only = { users = "bea" }, unwarned = true })
  host:logon("ana")
  host:advance(2 * minute + 5 * second)
  host:logon("bea")
  host:advance(11 * minute)
  expect(logoffs(host)):is("12:00 12:05")
end)

test("who is called to take a place goes, however long a reading takes", function (host)
  host:configure { limits = { logoffs_per_minute = 1 } }
  run(host, "hearing")
  host:fault("latency", 2000000)
  host:advance(59 * second)
  people(host, 3)
  host:advance(1 * hour)
  expect(#host:journal { what = "logoff" }):is(3)
end)

test("a session's own run gives way, and begins afresh when there is a place", function (host)
  host:configure { limits = { logoffs_per_minute = 1 } }
  run(host, "silent", { unwarned = true })
  people(host, 3)
  host:advance(1 * hour)
  expect(logoffs(host)):is("10:00 21:00 32:00")
end)

test("who types keeps their place in the queue of a policy that goes by time alone", function (host)
  host:configure { limits = { logoffs_per_minute = 1 } }
  run(host, "timed")
  local all = people(host, 2)
  host:advance(10 * minute + 30 * second)
  for i = 1, 2 do all[i]:lock() all[i]:unlock() end
  host:advance(30 * minute)
  expect(logoffs(host)):is("12:00 23:00")
end)

test("who comes back leaves their place to whoever asks next", function (host)
  host:configure { limits = { logoffs_per_minute = 1 } }
  run(host, "hearing")
  local ana = host:logon("ana")
  host:advance(40 * second)
  host:logon("bea")
  host:advance(9 * minute + 40 * second)     -- ana's end is announced for 12:00, bea's would be 12:40
  ana:input()
  host:advance(1 * minute)
  journal(host, { what = "warn" }):reads {
    "10:00  warn    You will be logged off in 2 minutes.", "10:40  warn    You will be logged off in 2 minutes.",
  }
end)

test("a second warning of the same end takes no second place", function (host)
  host:configure { limits = { logoffs_per_minute = 1 } }
  host:load("../../policies/session-limit.lua", { limit = "1h", warnings = { "5m", "2m" } })
  local ana = host:logon("ana")
  host:advance(1 * hour)
  expect(ana.gone):is(true)
end)

test("locks take no turns", function (host)
  host:configure { limits = { logoffs_per_minute = 1 } }
  run(host, "locking")
  people(host, 3)
  host:advance(10 * minute)
  journal(host):reads { "10:00  lock    it is time", "10:00  lock    it is time", "10:00  lock    it is time" }
end)

test("vetoes are asked again after a wait for a turn", function (host)
  host:configure { limits = { logoffs_per_minute = 1 } }
  run(host, "newcomer")
  run(host, "veto", { name = "veto" })
  host:logon("zoe"):logoff()
  local all = people(host, 3)
  host:advance(13 * minute + 30 * second)
  expect(all[2].gone):is(true)
  all[3]:lock()
  host:advance(5 * minute)
  expect(all[3].gone):is(false)
end)

test("two runs of one policy count a session once", function (host)
  host:configure { limits = { share = 0.5 } }
  run(host, "twice", { unwarned = true })
  local ana = host:logon("ana")
  people(host, 9)
  host:advance(13 * minute)
  expect(ana.gone):is(true)
  expect(host:journal { what = "refused" }):reads {
    "10:00  refused  another run of its policy is about to end it",
  }
end)

-- Of ten, six are to go within minutes, ana first: she waits until it is known that no more than five will.
local function share(host)
  host:configure { limits = { share = 0.5 } }
  run(host, "idle", { only = { users = { "ana", "user*" } } })
  run(host, "veto", { name = "veto" })
  local ana = host:logon("ana")
  for i = 1, 4 do host:logon("guest" .. i) end
  host:advance(90 * second)
  local others = people(host, 5)
  host:advance(10 * minute + 40 * second)
  expect(#host:journal { what = "logoff" }):is(0)
  expect(#ana.notices):is(1)
  return ana, others
end

test("who comes back while their logoff waits for its share is told at once that they stay", function (host)
  local ana = share(host)
  ana:input()
  host:advance(1 * second)
  expect(#ana.notices):is(0)
  journal(host, { what = "stays" }):reads { "12:10  stays   there was activity" }
end)

test("vetoes are asked again after a wait for the share", function (host)
  local ana, others = share(host)
  ana:lock()
  host:advance(20 * second)
  others[1]:input()
  others[2]:input()
  host:advance(30 * second)
  expect(ana.gone):is(false)
  journal(host, { what = "spared" }):reads { "12:30  spared  veto: it is locked" }
end)

test("a logoff that waits for its share goes as soon as others have come back", function (host)
  local ana, others = share(host)
  others[1]:input()
  others[2]:input()
  host:advance(1 * second)
  expect(ana.gone):is(true)
end)

-- Four of ten are to go, of whom half may: unless four others are leaving already, who do not count.
for _, others in ipairs { { closing = false, gone = 4 }, { closing = true, gone = 0 } } do
  test("who is leaving belongs to no whole of which a share may go: " .. others.gone .. " go", function (host)
    host:configure { limits = { share = 0.5 } }
    run(host, "timed", { only = { users = "user*" } })
    for i = 1, 6 do host:logon("guest" .. i, { closing = i <= 4 and others.closing }) end
    people(host, 4)
    host:advance(30 * minute)
    expect(#host:journal { what = "logoff" }):is(others.gone)
  end)
end

-- ---- How often ----

for way, what in pairs { chatty = "tell", eager = "refused" } do
  test(way .. ": so often, and no more", function (host)
    run(host, way)
    host:logon("ana")
    host:advance(30 * second)
    expect(#host:journal { what = what }):is(60)
    expect(host:journal { what = "failed" }[1]):contains("wait in between")
  end)
end
