-- The way of a warning, a lock, a disconnect or a logoff, step by step: what stops it, and what does not.

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

-- ---- Warnings ----

test("who could do without a warning, and gave one, needs no more", function (host)
  run(host, "either")
  local ana = host:logon("ana")
  host:advance(12 * minute)
  expect(ana.gone):is(true)
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
