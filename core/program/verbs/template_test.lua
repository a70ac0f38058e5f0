-- Run by `curfew test`, under a virtual clock, on a simulated host.

test("@NAME@ warns, and locks at the limit", function (host)
  host:load("@NAME@.lua", { limit = "20m" })
  local ana = host:logon("ana")

  host:advance(20 * minute)

  expect(ana.locked):is(true)
  expect(host:journal { session = ana }):reads {
    "19:00  warn    Nobody seems to be here: this session locks in 1 minute.",
    "20:00  lock    idle for 20 minutes",
  }
end)

test("@NAME@ leaves alone whoever is there", function (host)
  host:load("@NAME@.lua", { limit = "20m" })
  local ana = host:logon("ana")

  ana:input { every = 10 * minute, during = 3 * hour }

  expect(ana.locked):is(false)
  expect(host:journal()):reads {}
end)
