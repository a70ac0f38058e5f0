-- What a decision goes through before it is an act: guards, vetoes, `stay`, the warning, the rows of the journal.

local function run(host, way, entry)
  entry = entry or {}
  entry.way = way
  host:load("decisions.lua", entry)
end

-- ---- Unknown protects ----

-- Nobody knows what ana sits at, and so whether she is meant; of bea, who sits at `client`, it is known.
local function ends_bea_alone(host, client)
  local ana, bea = host:logon("ana"), host:logon("bea", { client = client })
  host:advance(1 * hour)
  expect(ana.gone):is(false)
  expect(bea.gone):is(true)
end

test("protection that cannot be decided protects", function (host)
  host:configure { protect = { client = "lab-*" } }
  run(host, "timed")
  ends_bea_alone(host, "office-1")
end)

test("whom an entry's `only` may mean is not meant", function (host)
  run(host, "timed", { only = { client = "lab-*" } })
  ends_bea_alone(host, "lab-1")
end)

test("whom a veto may mean, it holds for", function (host)
  run(host, "timed")
  run(host, "veto_for_some", { name = "lab" })
  ends_bea_alone(host, "office-1")
end)

-- ---- Vetoes ----

test("a veto that lifted has its whole time when it holds again", function (host)
  run(host, "timed")
  run(host, "veto", { name = "veto" })
  local ana = host:logon("ana")
  ana:lock()
  host:advance(35 * minute)    -- held at 10:00
  ana:unlock()
  host:advance(3 * minute)     -- asked, and lifted: ten minutes more
  ana:lock()
  host:advance(20 * minute)
  expect(#host:journal { what = "warn" }):is(0)
  expect(ana.gone):is(false)
end)

test("an entry overrides the policies that it names, and no other", function (host)
  run(host, "timed", { over = { "another" } })
  run(host, "veto", { name = "veto" })
  run(host, "early", { name = "another", only = { users = "nobody" } })
  local ana = host:logon("ana")
  ana:lock()
  host:advance(30 * minute)
  expect(#host:journal { what = "warn" }):is(0)
end)

for _, way in ipairs { "veto_that_acts", "veto_that_waits" } do
  test(way .. ": a veto only looks and answers", function (host)
    run(host, "timed")
    run(host, way, { name = "veto" })
    local ana = host:logon("ana")
    host:advance(20 * minute)
    expect(ana.locked):is(false)
    expect(ana.gone):is(false)
    expect(host:journal { what = "failed" }[1]):contains("looks and answers")
  end)
end

test("a lock asks no veto", function (host)
  run(host, "locking")
  run(host, "veto_for_some", { name = "lab" })
  local ana = host:logon("ana", { client = "lab-1" })
  host:advance(11 * minute)
  expect(ana.locked):is(true)
end)

test("each veto is asked, whichever before it let go", function (host)
  run(host, "timed")
  run(host, "two_vetoes", { name = "two" })
  run(host, "veto", { name = "veto" })
  local ana, bea = host:logon("ana", { client = "office-1" }), host:logon("bea", { client = "lab-1" })
  local cyd = host:logon("cyd", { client = "office-2" })
  ana:lock()
  host:advance(30 * minute)
  expect(ana.gone):is(false)
  expect(bea.gone):is(false)
  expect(cyd.gone):is(true)
  expect(host:journal { what = "failed" }):reads {}   -- none is asked about whom it does not mean
end)

test("a policy that was set aside still protects, and does nothing else", function (host)
  run(host, "timed")
  run(host, "failing", { name = "failing" })
  local ana = host:logon("ana", { client = "office-1" })
  host:advance(5 * minute)
  host:logon("bea", { client = "lab-1" })
  expect(#host:journal { what = "failed" }):is(4)     -- three runs, and that it was set aside
  host:advance(30 * minute)
  expect(#host:journal { what = "failed" }):is(4)
  expect(ana.gone):is(true)
  expect(host:journal { what = "spared" }):reads {
    "15:00  spared  failing: it is set aside, and what it protects stays protected",
  }
end)

test("who leaves while a veto of them is asked holds nobody up", function (host)
  run(host, "sweep")
  run(host, "slow_veto", { name = "slow" })
  host:fault("latency", 2000000)
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(1 * hour + 11 * minute + 3 * second)   -- held at 1:10:02, asked again a minute later
  ana:logoff()
  host:advance(30 * minute)
  expect(bea.gone):is(true)
end)

test("a veto that is asked ahead of time has the same limit as one that counts", function (host)
  run(host, "long_veto")
  host:fault("latency", 2000000)
  for i = 1, 10 do host:logon("user" .. i) end
  host:logon("ana")
  host:advance(1 * minute)
  expect(host:journal { what = "failed" }):reads {}
end)

-- ---- Staying ----

test("`stay` holds for runs that are no session's own", function (host)
  run(host, "sweep", { stay = "2h" })
  local ana = host:logon("ana")
  host:advance(1 * hour + 11 * minute)
  ana:stay(1 * hour)
  host:advance(5 * minute)
  expect(ana.gone):is(false)
  expect(host:journal { what = "refused" }):reads { "1:12:00  refused  its user asked to stay" }
end)

test("`stay` comes too late while the session is being logged off", function (host)
  run(host, "timed", { stay = "2h" })
  host:fault("hanging", 1000)
  local ana = host:logon("ana")
  host:advance(12 * minute + 1 * second)
  expect(#host:journal { what = "logoff" }):is(1)
  expect(function () ana:stay(1 * hour) end):fails("too late")
end)

for _, yes in ipairs { true, false } do
  test("an answer is a sign of life: " .. tostring(yes), function (host)
    run(host, "hearing")
    local ana = host:logon("ana")
    host:advance(11 * minute)
    ana:answer(yes)
    host:advance(2 * minute)
    expect(ana.gone):is(false)
  end)
end

-- ---- Warnings ----

test("who disconnects in the middle of a run is warned", function (host)
  run(host, "silent")
  local ana, bea = host:logon("ana"), host:logon("bea")
  bea:disconnect()
  run(host, "silent", { name = "later" })    -- its run finds bea disconnected
  host:advance(5 * minute)
  ana:disconnect()
  host:advance(6 * minute)
  expect(ana.gone):is(false)
  expect(bea.gone):is(true)
end)

test("what is being ended is shown nothing more", function (host)
  run(host, "early", { name = "early" })
  run(host, "timed", { name = "timed" })
  host:fault("hanging", 1000)
  host:logon("ana")
  host:advance(12 * minute + 1 * second)
  expect(#host:journal { what = "logoff" }):is(1)
  host:advance(10 * second)
  expect(#host:journal { what = "refused" }):is(0)
end)

-- ---- Others whom it rests on ----

test("whoever else a run rests on is read before it acts", function (host)
  run(host, "together", { only = { users = "ana" } })
  host:fault("untold", 1000)
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(12 * minute + 1 * second)
  expect(#ana.notices):is(1)
  bea:input()
  host:advance(1 * minute)
  expect(ana.gone):is(false)
  expect(host:journal { what = "refused" }):reads { "12:03  refused  other sessions that it rests on have changed" }
end)

-- ---- Dry runs ----

test("a dry run refuses nobody at the door", function (host)
  run(host, "door", { mode = "dry" })
  host:advance(2 * hour)
  expect(#host:journal { what = "door" }):is(1) -- the second time it is so already
  expect(host:logon("ana").gone):is(false)
end)
