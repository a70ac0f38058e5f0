-- Run by `curfew test`, under a virtual clock, on a simulated host.

local function student(host)
  return host:logon("ana", { groups = { "students" } })
end

test("the allowance ends the session, after warnings", function (host)
  host:starts("2026-03-02 08:00")
  host:load("daily-allowance.lua", { allowance = "2h" })
  local ana = student(host)

  host:advance(2 * hour + 1 * minute) -- a minute counts once it is over

  expect(host:journal { session = ana }):reads {
    "1:46:00  warn    Your 2 hours of today are nearly used up: you will be logged off in 15 minutes.",
    "1:56:00  warn    Your 2 hours of today are nearly used up: you will be logged off in 5 minutes.",
    "2:00:00  warn    Your 2 hours of today are nearly used up: you will be logged off in 1 minute.",
    "2:01:00  logoff  used 2 hours today",
  }
end)

test("sessions of one day add up, and two at a time count once", function (host)
  host:starts("2026-03-02 08:00")
  host:load("daily-allowance.lua", { allowance = "4h" })
  local first, second = student(host), student(host)
  host:advance(3 * hour)
  first:logoff()
  second:logoff()
  host:advance(1 * hour)

  local third = student(host)
  host:advance(60 * minute)
  expect(third.gone):is(false)
  host:advance(1 * minute)

  expect(third.gone):is(true)
end)

test("time spent disconnected does not count", function (host)
  host:starts("2026-03-02 08:00")
  host:load("daily-allowance.lua", { allowance = "2h" })
  local ana = host:logon("ana", { groups = { "students" }, type = "rdp" })
  host:advance(1 * hour)
  ana:disconnect()
  host:advance(5 * hour)
  ana:reconnect()

  host:advance(60 * minute)
  expect(ana.gone):is(false)
  host:advance(1 * minute)
  expect(ana.gone):is(true)
end)

test("midnight gives a new allowance", function (host)
  host:starts("2026-03-02 22:30")
  host:load("daily-allowance.lua", { allowance = "2h" })
  local ana = student(host)

  host:advance(3 * hour)
  expect(ana.gone):is(false)
  host:advance(31 * minute)

  expect(ana.gone):is(true)
end)

test("others have no allowance to use up", function (host)
  host:load("daily-allowance.lua", { allowance = "2h" })
  local ana = host:logon("ana", { groups = { "staff" } })

  host:advance(23 * hour)

  expect(ana.gone):is(false)
end)

test("who logs on again has what is left, and two minutes where that is nothing", function (host)
  host:starts("2026-03-02 08:00")
  host:load("daily-allowance.lua", { allowance = "2h" })
  local first = student(host)
  host:advance(1 * hour + 53 * minute)
  first:logoff()
  local again = student(host)
  host:advance(7 * minute - 1 * second)
  expect(again.gone):is(false)
  host:advance(1 * second)
  expect(again.gone):is(true)

  local third = student(host)
  host:advance(2 * minute)
  expect(third.gone):is(true)
  expect(host:journal { session = third }):reads {
    "2:00:00  warn    Your 2 hours of today are nearly used up: you will be logged off in 2 minutes.",
    "2:01:00  warn    Your 2 hours of today are nearly used up: you will be logged off in 1 minute.",
    "2:02:00  logoff  used 2 hours today",
  }
end)
