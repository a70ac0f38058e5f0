-- Run by `curfew test`, under a virtual clock, on a simulated host.

test("the older session ends after its grace, the newer stays", function (host)
  host:load("one-session-per-user.lua")
  local first = host:logon("ana")
  host:advance(1 * hour)

  local second = host:logon("ana")
  host:advance(5 * minute)

  expect(host:journal { session = first }):reads {
    "1:00:00  warn    You have logged on again elsewhere: this session ends in 5 minutes.",
    "1:05:00  logoff  logged on again elsewhere",
  }
  expect(second.gone):is(false)
end)

test("of three sessions of one user, the newest stays", function (host)
  host:load("one-session-per-user.lua")
  local first = host:logon("ana")
  host:advance(1 * minute)
  local second = host:logon("ana")
  host:advance(1 * minute)
  local third = host:logon("ana")

  host:advance(10 * minute)

  expect(first.gone):is(true)
  expect(second.gone):is(true)
  expect(third.gone):is(false)
end)

test("where the newer one goes within the grace, the older stays", function (host)
  host:load("one-session-per-user.lua")
  local first = host:logon("ana")
  host:advance(1 * hour)
  local second = host:logon("ana")

  host:advance(2 * minute)
  second:logoff()
  host:advance(1 * hour)

  expect(first.gone):is(false)
end)

test("everybody else is left alone", function (host)
  host:load("one-session-per-user.lua")
  local ana, bea = host:logon("ana"), host:logon("bea")

  host:advance(1 * day)

  expect(ana.gone):is(false)
  expect(bea.gone):is(false)
end)
