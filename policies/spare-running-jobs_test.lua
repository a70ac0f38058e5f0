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
