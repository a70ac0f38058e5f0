-- A host with settings of its own: what it protects, its limits, a whole configuration.

local console = { console = true, seat = "seat0" }

test("the console is protected, and the policy's part in it is told", function (host)
  host:load("nudge.lua")
  local ana = host:logon("ana", console)
  host:logon("bea")
  host:advance(1 * minute)
  expect(host:protected()):reads { "nudge selects 2 sessions and cannot touch 1: the console is protected" }
  host:advance(1 * hour)
  expect(ana.gone):is(false)
end)

test("a lab frees its console", function (host)
  host:configure { protect = { console = false } }
  host:load("nudge.lua")
  local ana = host:logon("ana", console)
  host:advance(2 * minute)
  expect(ana.gone):is(true)
  expect(host:protected()):reads {}
end)

test("users of the test's own are protected", function (host)
  host:configure { protect = { users = { "ana" } } }
  host:load("nudge.lua")
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(1 * hour)
  expect(ana.gone):is(false)
  expect(bea.gone):is(true)
end)

test("limits hold", function (host)
  host:configure { limits = { notice = "3m" } }
  host:load("nudge.lua")
  local ana = host:logon("ana")
  host:advance(3 * minute + 50 * second)
  expect(ana.gone):is(false)
end)

test("so does the share of all sessions, of all or of one entry", function (host)
  host:configure { limits = { share = 0.2 } }
  host:load("nudge.lua")
  for i = 1, 10 do host:logon("user" .. i) end
  host:advance(1 * hour)
  expect(#host:journal { what = "logoff" }):is(0)
  expect(host:journal { what = "refused" }[1]:match("its share of all sessions")):is("its share of all sessions")
end)

test("a whole configuration is in force as it is, but for its dry run", function (host)
  host:configure("whole.lua")
  local ana, otto, olga = host:logon("ana", console), host:logon("otto"), host:logon("olga")
  host:advance(3 * minute)
  expect(ana.gone):is(true)
  host:advance(1 * hour)
  expect(otto.gone):is(false)
  expect(olga.gone):is(false)
end)

test("mistakes of a configuration are told", function (host)
  expect(function () host:configure { protect = { users = "ana, bob" } } end):fails("a list is written")
end)

test("once, and before everything else", function (host)
  host:logon("ana")
  expect(function () host:configure { limits = { notice = "3m" } } end):fails("before everything else")
end)

test("nobody is protected by what is read once and changes untold", function (host)
  local function protects() host:configure { protect = { programs = { "exam" } } } end
  expect(protects):fails("'programs' is known only when it is asked for")
end)
