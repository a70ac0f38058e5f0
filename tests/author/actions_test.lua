-- The way of a warning, a lock, a disconnect or a logoff, step by step: what stops it, and what does not.

local function run(host, way, entry)
  entry = entry or {}
  entry.way = way
  host:load("actions.lua", entry)
end

local function journal(host, filter) return expect(host:journal(filter)) end

-- ---- Who has gone ----

-- Ana, who logs off so long after both have logged on, to a slow host; Bea is ended.
local function leaves(host, after)
  host:fault("latency", 2000000)
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(after)
  ana:logoff()
  host:advance(30 * minute)
  expect(bea.gone):is(true)
  return ana
end

test("a session that ends while vetoes of it are asked is let be, and its run goes on", function (host)
  run(host, "sweep")
  run(host, "slow_veto", { name = "slow" })
  run(host, "veto", { name = "veto" })
  local ana = leaves(host, 1 * hour + 10 * minute + 1 * second)
  journal(host, { session = ana }):reads {}
end)

test("a session that ends while its warning is on its way is let be, and its run goes on", function (host)
  run(host, "sweep")
  leaves(host, 1 * hour + 10 * minute + 1 * second)
end)

test("a session that ends while its warning waits for its turn is let be, and its run goes on", function (host)
  run(host, "sweep")
  host:load("../../policies/session-limit.lua", { limit = "99m59s", warnings = { "30m" }, only = { users = "ana" } })
  local ana = leaves(host, 1 * hour + 10 * minute + 0.5 * second)   -- the other's is on its way for half a second yet
  journal(host, { session = ana, policy = "actions" }):reads {}
end)

test("a session that ends while it is read once more is let be, and its run goes on", function (host)
  run(host, "sweep")
  local ana = leaves(host, 1 * hour + 12 * minute + 3 * second)
  journal(host, { session = ana }):reads { "1:10:00  warn    You will be logged off in 2 minutes." }
end)

test("a logoff that rests on a session which has ended is refused", function (host)
  run(host, "together", { only = { users = "ana" } })
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(11 * minute)
  bea:logoff()
  host:advance(2 * minute)
  expect(ana.gone):is(false)
end)

test("so it is where nobody was warned of it", function (host)
  run(host, "together_unwarned", { only = { users = "ana" }, unwarned = true })
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(11 * minute)
  bea:logoff()
  host:advance(2 * minute)
  expect(ana.gone):is(false)
  journal(host):reads { "12:00  refused  a session that the decision rested on has ended" }
end)

-- ---- Staying, and what is protected ----

test("who has asked to stay can be told things", function (host)
  run(host, "bell", { stay = "2h" })
  local ana = host:logon("ana")
  host:advance(30 * minute)
  ana:stay(1 * hour)
  host:advance(31 * minute)
  journal(host, { what = "tell" }):reads { "1:00:00  tell    It strikes." }
end)

test("who is protected is told nothing", function (host)
  host:configure { protect = { users = "ana" } }
  run(host, "bell")
  host:logon("ana")
  host:advance(1 * hour)
  journal(host):reads { "1:00:00  refused  the configuration protects the session" }
end)

for way, before in pairs { sweep = 1 * hour, timed = 0 * hour } do
  test(way .. ": `stay` said during the last reading counts, and nothing was decided", function (host)
    run(host, way, { stay = "2h" })
    host:fault("latency", 2000000)
    local ana = host:logon("ana")
    host:advance(before + 12 * minute + 3 * second)
    ana:stay(1 * hour)
    host:advance(1 * minute)
    expect(ana.gone):is(false)
    expect(#host:journal { what = "logoff" }):is(0)
  end)
end

-- ---- Vetoes ----

test("what is about to be shown again is shown once, whatever comes meanwhile", function (host)
  local limit = "../../policies/session-limit.lua"
  host:load("../../policies/spare-running-jobs.lua", { programs = "make" })
  host:load("../../policies/idle.lua", { limit = "1h", warnings = { "5m" } })
  host:load(limit, { name = "later", limit = "70m", warnings = { "20m" } })
  host:load(limit, { name = "last", limit = "90m", warnings = { "33m" } })
  host:fault("latency", 2000000)
  local ana = host:logon("ana")
  host:advance(57 * minute + 1 * second)   -- its vetoes are asked for the last, …
  ana:input()                              -- … and from here on for the later one, in place of the idle one
  host:advance(1 * minute)
  expect(#host:journal { policy = "later", what = "warn" }):is(2)
end)

test("a message asks no veto", function (host)
  run(host, "bell")
  run(host, "veto", { name = "veto" })
  host:logon("ana", { locked = true })
  host:advance(1 * hour)
  journal(host):reads { "1:00:00  tell    It strikes." }
end)

test("who is back while vetoes are asked is not warned, though what was waited for is so", function (host)
  run(host, "locked_and_idle", { only = { users = "ana" } })
  run(host, "slow_veto", { name = "slow" })
  host:fault("latency", 2000000)
  local ana = host:logon("ana")
  host:logon("bea")
  ana:lock()
  host:advance(10 * minute + 3 * second)   -- the look at 10:02, and then vetoes
  ana:unlock()
  ana:lock()
  host:advance(5 * second)
  journal(host, { all = true }):reads {}
end)

test("what was waited for is over while vetoes are asked: nobody is warned", function (host)
  run(host, "locked", { only = { users = "ana" } })
  run(host, "slow_veto", { name = "slow" })
  host:fault("latency", 2000000)
  local ana = host:logon("ana")
  host:logon("bea")
  ana:lock()
  host:advance(10 * minute + 1 * second)
  ana:unlock()
  host:advance(5 * second)
  journal(host, { all = true }):reads {}
end)

-- ---- Warnings ----

test("who could do without a warning, and gave one, needs no more", function (host)
  run(host, "either")
  local ana = host:logon("ana")
  host:advance(12 * minute)
  expect(ana.gone):is(true)
end)

test("of several who were warned together, who is back stays, and nobody else", function (host)
  run(host, "sweep_idle")
  local ana, bea, cyd = host:logon("ana"), host:logon("bea"), host:logon("cyd")
  host:advance(1 * hour + 1 * minute)
  bea:input()
  host:advance(2 * minute)
  expect(ana.gone):is(true)
  expect(bea.gone):is(false)
  expect(cyd.gone):is(true)
  journal(host, { session = bea, what = "refused" }):reads { "1:02:00  refused  there was activity" }
end)

test("a warning that was closed entitles to nothing", function (host)
  run(host, "closing")
  local ana = host:logon("ana")
  host:advance(11 * minute + 30 * second)
  expect(#ana.notices):is(0)
  host:advance(1 * minute)
  expect(ana.gone):is(false)
  journal(host, { what = "refused" }):reads { "12:00  refused  its warning was taken back" }
  expect(#host:journal { what = "stays" }):is(0)     -- it has been said already
end)

test("only {left} is filled in when a warning is shown", function (host)
  run(host, "quoting")
  local ana = host:logon("ana")
  host:advance(1 * second)
  expect(ana.notices[1]):is("{idle} {le} says: 2 minutes.")
end)

test("a script is told why", function (host)
  run(host, "asking")
  host:logon("ana")
  host:advance(10 * minute)
  journal(host, { what = "lock" }):reads { "10:00  lock    nobody was warned" }
end)

test("what is told besides leaves the warning where it is, until the run has ended", function (host)
  run(host, "talking")
  local ana = host:logon("ana")
  host:advance(10 * minute + 30 * second)
  expect(ana.notices):contains("You will be logged off in 2 minutes.")
  host:advance(1 * minute)
  expect(table.concat(ana.notices)):is("This is {idle}.")   -- which is for reasons, and no template's
end)

test("whom no warning reaches is refused once, in later runs quietly; other runs are told", function (host)
  host:fault("undelivered", 1000)
  run(host, "timed")
  run(host, "silent", { name = "silent" })
  host:logon("ana")
  host:advance(3 * hour)
  expect(#host:journal { policy = "actions", what = "warn" }):is(1)
  expect(#host:journal { policy = "actions", what = "failed" }):is(1)
  journal(host, { policy = "actions", what = "refused" }):reads { "12:00  refused  a warning reached nobody" }
  expect(#host:journal { policy = "silent", what = "refused" }):is(18)
end)

test("messages are tried less and less often, too, and the one that arrives has a row", function (host)
  host:fault("undelivered", 1000)
  run(host, "telling")
  local ana = host:logon("ana")
  host:advance(40 * minute)   -- tried at minutes 0, 1, 3, 7, 15 and 31
  host:fault("undelivered", 0)
  host:advance(20 * minute)
  expect(#ana.notices):is(0)
  expect(#host:journal { what = "tell" }):is(1)
  host:advance(3 * minute + 30 * second)
  expect(ana.notices):contains("Hello.")
  expect(#host:journal { what = "tell" }):is(2)
end)

test("a dry run warns whom no warning reaches", function (host)
  host:fault("undelivered", 1000)
  run(host, "hearing")
  run(host, "sweep", { name = "dry", dry_run = true })
  run(host, "bell", { name = "bell", dry_run = true })
  host:logon("ana")
  host:advance(1 * hour + 13 * minute)
  journal(host, { policy = "bell" }):reads { "1:00:00  tell    It strikes. (dry run)" }
  journal(host, { policy = "dry" }):reads {
    "1:10:00  warn    You will be logged off in 2 minutes. (dry run)",
    "1:12:00  logoff  it is time (dry run)",
  }
end)

-- ---- Readings ----

test("a run that rests on nothing needs no reading", function (host)
  run(host, "timed")
  host:logon("ana")
  host:advance(11 * minute)
  host:fault("failing", 1000)
  host:advance(2 * minute)
  expect(#host:journal { what = "logoff" }):is(1)
  expect(#host:journal { what = "refused" }):is(0)
end)

-- ---- What is so already ----

test("what is so already is neither asked nor journalled, and the run goes on", function (host)
  run(host, "locking")
  local ana, bea = host:logon("ana"), host:logon("bea")
  ana:lock()
  ana:disconnect()
  host:advance(40 * minute)
  journal(host, { session = ana }):reads { "30:00  tell    You are locked out." }
  journal(host, { session = bea }):reads {
    "10:00  lock    it is time", "20:00  disconnect  it is time", "30:00  tell    You are locked out.",
  }
end)

test("a lock that fails is told, and its run goes on", function (host)
  run(host, "locking")
  local ana = host:logon("ana")
  host:advance(9 * minute)
  host:fault("failing", 1000)
  host:advance(2 * minute)
  host:fault("failing", 0)
  host:advance(10 * minute)
  expect(#host:journal { what = "failed" }):is(1)
  expect(ana.locked):is(false)
  expect(ana.disconnected):is(true)
end)
