-- Run by `curfew test`, under a virtual clock, on a simulated host.

local function both(host, options)
  host:load("spare-running-jobs.lua", options)
  host:load("idle.lua", { limit = "30m" })
end

test("whoever runs one of the programs is neither warned nor logged off, all night long", function (host)
  both(host)
  local ana = host:logon("ana")
  ana:runs("make")

  host:advance(12 * hour)

  expect(ana.gone):is(false)
  expect(host:journal { session = ana }):reads {
    "25:00  spared  spare-running-jobs: make is running",
  }
end)

test("when the program ends, the countdown begins afresh", function (host)
  both(host, { cpu = 100 })
  local ana = host:logon("ana")
  ana:runs("make")
  host:advance(1 * hour)

  ana:stops("make")
  host:advance(20 * minute)

  expect(ana.gone):is(true)
  expect(#host:journal { session = ana, what = "warn" }):is(2)
end)

test("other programs spare nobody", function (host)
  both(host, { programs = "rsync", cpu = 100 })
  local ana = host:logon("ana")
  ana:runs("make")

  host:advance(1 * hour)

  expect(ana.gone):is(true)
end)

test("a busy processor spares, whatever the program is called", function (host)
  both(host, { programs = "rsync" })
  local ana = host:logon("ana")
  ana:runs("simulation")

  host:advance(3 * hour)

  expect(ana.gone):is(false)
end)

test("beside idle: adds nothing to a limit, from the first session on", function (host)
  host:load("spare-running-jobs.lua")
  host:load("idle.lua", { limit = "30m" })
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(7 * minute)
  bea:input()

  host:advance(30 * minute)

  expect(host:journal { session = ana }):reads {
    "25:00  warn    No activity: you will be logged off in 5 minutes.",
    "29:00  warn    No activity: you will be logged off in 1 minute.",
    "30:00  logoff  idle for 30 minutes",
  }
  expect(host:journal { session = bea }):reads {
    "32:00  warn    No activity: you will be logged off in 5 minutes.",
    "36:00  warn    No activity: you will be logged off in 1 minute.",
    "37:00  logoff  idle for 30 minutes",
  }
end)

test("beside idle: a job of the last five minutes counts, an older one does not", function (host)
  host:load("spare-running-jobs.lua", { programs = { "matlab" } })
  host:load("idle.lua", { limit = "30m" })
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(10 * minute)
  bea:runs("sort")
  host:advance(9 * minute + 50 * second)
  bea:stops("sort")
  host:advance(10 * second)
  ana:runs("sort")
  host:advance(4 * minute)
  ana:stops("sort")
  host:advance(6 * minute)

  expect(bea.gone):is(true)
  expect(ana.gone):is(false)
end)

test("beside idle: who logged on just now has used no more than since then", function (host)
  host:load("spare-running-jobs.lua")
  host:load("idle.lua", { limit = "6m", warnings = { "5m" } })
  local ana, bea = host:logon("ana"), host:logon("bea")
  bea:runs("sort")
  host:advance(6 * minute)

  expect(host:journal { session = ana }):reads {
    "01:00  warn    No activity: you will be logged off in 5 minutes.",
    "06:00  logoff  idle for 6 minutes",
  }
  expect(bea.gone):is(false)
end)
