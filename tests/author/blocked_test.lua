-- Terminals that take no warning: nobody is ended unwarned, and nobody keeps a session for ever unnoticed.

local function logon(host, options)
  host:load("../../policies/idle.lua", options or { limit = "30m" })
  return host:logon("ana", { type = "tty" })
end

test("whoever has stopped their terminal is not ended, and after an hour somebody is told", function (host)
  local ana = logon(host)
  ana:stop_output()
  host:advance(8 * hour)
  expect(ana.gone):is(false)
  expect(#ana.notices):is(0)
  expect(host:journal { what = "logoff" }):reads {}
  local told = host:journal { what = "unreached" }
  expect(#told):is(1)
  expect(told):contains("warnings have failed to reach it for 1 hour")
  expect(told):contains("its output was stopped (Ctrl-S)")
  expect(#host:journal { what = "warn" } < 18):is(true)
end)

test("whose warning has reached it goes on when its output is started", function (host)
  host:load("../../policies/session-limit.lua", { limit = "70m", warnings = { "20m" } })
  host:load("../../policies/session-limit.lua", { name = "sooner", limit = "63m", warnings = { "5m" } })
  local ana = host:logon("ana", { type = "tty" })
  host:advance(55 * minute)
  ana:stop_output()
  host:advance(4 * minute)
  ana:start_output()
  host:advance(1 * minute)
  expect(#host:journal { policy = "sooner", what = "warn" }):is(2)
  expect(host:journal { policy = "session-limit", what = "stays" }):reads {}
end)

test("it is warned when its output is started, and then has its full time", function (host)
  local ana = logon(host)
  host:advance(20 * minute)
  ana:stop_output()
  host:advance(6 * hour)
  expect(ana.blocked):contains("Ctrl-S")
  local before = #host:journal { what = "warn" }
  ana:start_output()
  expect(ana.blocked):is(nil)
  host:advance(1 * minute)
  expect(#ana.notices):is(1)
  expect(#host:journal { what = "warn" }):is(before + 1)
  host:advance(3 * minute)
  expect(ana.gone):is(false)
  host:advance(2 * minute)
  expect(ana.gone):is(true)
  expect(#host:journal { what = "unreached" }):is(1)
end)

test("who then types stays", function (host)
  local ana = logon(host)
  ana:stop_output()
  host:advance(2 * hour)
  ana:start_output()
  host:advance(2 * minute)
  ana:input()
  host:advance(20 * minute)
  expect(ana.gone):is(false)
  expect(#ana.notices):is(0)
end)

test("a warning that was there before the output was stopped counts", function (host)
  local ana = logon(host, { limit = "30m", warnings = { "5m" } })
  host:advance(26 * minute)
  expect(#ana.notices):is(1)
  ana:stop_output()
  host:advance(4 * minute)
  expect(ana.gone):is(true)
end)

test("one that the output was stopped for in the middle of a countdown spoils it", function (host)
  local ana = logon(host)
  host:advance(26 * minute)
  ana:stop_output()
  host:advance(10 * minute)
  expect(ana.gone):is(false)
end)

-- Whoever stops and starts it all the time, by a program, lets some warnings through, and never all of a countdown.
local function flap(host, ana, span)
  for _ = 1, span / (10 * second) do
    ana:start_output()
    ana:stop_output()
    host:advance(10 * second)
  end
end

test("a terminal that takes every other warning is told of as well", function (host)
  local ana = logon(host)
  ana:stop_output()
  host:advance(30 * minute)
  flap(host, ana, 9 * hour)
  expect(ana.gone):is(false)
  expect(#host:journal { what = "warn" } < 9 * 26):is(true)   -- two for each countdown of five minutes, as for anybody
  expect(#host:journal { what = "unreached" }):is(1)
end)

test("a terminal that is stopped and started all the time is not tried all the time", function (host)
  host:fault("undelivered", 1000)
  local ana = logon(host)
  ana:stop_output()
  host:advance(1 * hour)
  local before = #host:journal { what = "warn" }
  flap(host, ana, 10 * hour)
  expect(ana.gone):is(false)
  expect(#host:journal { what = "warn" } - before <= 10 * 7):is(true)   -- six an hour, and those that are due anyhow
end)

test("who was told of is told of again only after a warning has reached them", function (host)
  local ana = logon(host)
  ana:stop_output()
  host:advance(30 * hour)
  expect(#host:journal { what = "unreached" }):is(1)
  ana:start_output()
  host:advance(2 * minute)
  ana:input()
  ana:stop_output()
  host:advance(5 * hour)
  expect(#host:journal { what = "unreached" }):is(2)
end)

test("a reload or a sleep does not make it anew", function (host)
  local ana = logon(host)
  ana:stop_output()
  for _ = 1, 12 do
    host:advance(20 * minute)
    host:resume(10 * minute)
  end
  expect(#host:journal { what = "unreached" }):is(1)
  expect(ana.gone):is(false)
end)

test("only a terminal's output can be stopped", function (host)
  local bea = host:logon("bea", { type = "rdp" })
  expect(function () bea:stop_output() end):fails("which is no terminal")
end)

test("that a terminal is stopped is no reason to try again", function (host)
  host:fault("undelivered", 1000)
  local ana = logon(host)
  host:advance(40 * minute)
  host:fault("undelivered", 0)
  ana:stop_output()
  while not ana.blocked do host:advance(1 * second) end
  host:advance(1 * minute)
  ana:start_output()
  host:advance(1 * minute)
  expect(#ana.notices):is(1)
end)
