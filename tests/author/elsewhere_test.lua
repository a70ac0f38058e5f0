-- A wait for input of another session than the run's own.

test("input of another session ends the wait at once", function (host)
  local bob = host:logon("bob")
  host:load("elsewhere.lua")
  local ana = host:logon("ana")
  host:advance(10 * minute)
  ana:input()
  host:advance(1 * minute)
  expect(#ana.notices):is(0)
  bob:input()
  host:advance(1 * second)
  expect(ana.notices):reads { "bob is back" }
end)

test("without any, it is over when its time is", function (host)
  host:logon("bob")
  host:load("elsewhere.lua")
  local ana = host:logon("ana")
  ana:input { every = 5 * minute, during = 2 * hour }
  expect(#host:journal()):is(0)
end)
