-- Run by `curfew test`, under a virtual clock, on a simulated host.

test("warns before the limit, and ends the session at it, busy or not", function (host)
  host:load("session-limit.lua", { limit = "8h" })
  local ana = host:logon("ana")

  ana:input { every = 5 * minute, during = 8 * hour - 1 * second }
  host:advance(1 * second)

  expect(host:journal { session = ana }):reads {
    "7:30:00  warn    A session may last 8 hours: this one ends in 30 minutes.",
    "7:55:00  warn    A session may last 8 hours: this one ends in 5 minutes.",
    "7:59:00  warn    A session may last 8 hours: this one ends in 1 minute.",
    "8:00:00  logoff  logged on for 8 hours",
  }
end)

test("who is over the limit already has the whole countdown", function (host)
  local ana = host:logon("ana")
  host:advance(20 * hour)
  host:load("session-limit.lua")

  host:advance(29 * minute)
  expect(ana.gone):is(false)
  host:advance(1 * minute)

  expect(ana.gone):is(true)
  expect(#host:journal { session = ana, what = "warn" }):is(3)
end)

test("a resume from sleep in the last minutes gives the countdown anew", function (host)
  host:load("session-limit.lua", { limit = "8h" })
  local ana = host:logon("ana")

  host:advance(8 * hour - 2 * minute)
  host:resume(1 * hour)
  host:advance(29 * minute)
  expect(ana.gone):is(false)

  host:advance(1 * minute)
  expect(ana.gone):is(true)
end)
