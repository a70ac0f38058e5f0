-- A countdown goes on for as long as what it rests on holds, as it is by then.

local function run(host, way, options)
  options = options or {}
  options.way = way
  host:load("countdowns.lua", options)
end

local function stays(host)
  return host:journal { what = "stays" }
end

test("what does not hold by what was read long ago is read afresh, each time", function (host)
  host:fault("untold", 1000)
  run(host, "chatter")
  local ana = host:logon("ana")
  for _ = 1, 5 do
    ana:prints()
    host:advance(10 * minute)
  end
  expect(host:journal { all = true }):reads {
    "10:00  warn    You will be logged off in 40 minutes.",
    "49:00  warn    You will be logged off in 1 minute.",
    "50:00  logoff  the time is up",
    "50:00  ended",
  }
end)

test("it ends at the first moment at which it holds for nobody", function (host)
  host:fault("untold", 1000)
  run(host, "chatter")
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(11 * minute)
  bea:prints()
  host:advance(14 * minute)
  expect(#ana.notices):is(1)
  host:advance(10 * minute)
  expect(stays(host)):reads { "26:00  stays   the time for it is over" }
end)

test("who comes in the middle of a reading is looked at after it", function (host)
  host:fault("untold", 1000)
  run(host, "chatter")
  local ana = host:logon("ana")
  host:advance(14 * minute + 59 * second)
  host:fault("latency", 2000000)
  host:advance(2 * second)
  host:logon("bea")
  host:advance(10 * minute)
  expect(#ana.notices):is(1)
end)

test("what holds is not read again because of what else has changed", function (host)
  run(host, "without_bea")
  local ana = host:logon("ana")
  host:advance(20 * minute)
  host:fault("failing", 1000)
  host:logon("cyd")
  host:advance(1 * second)
  host:fault("failing", 0)
  host:advance(1 * minute)
  expect(#ana.notices):is(1)
  host:logon("bea")
  host:advance(1 * second)
  expect(#ana.notices):is(0)
end)

test("who has come since counts like all others", function (host)
  run(host, "unlocked")
  local ana = host:logon("ana")
  host:advance(11 * minute)
  local bea = host:logon("bea")
  host:advance(1 * minute)
  expect(#ana.notices):is(1)
  bea:lock()
  host:advance(1 * second)
  expect(#ana.notices):is(0)
end)

test("what it has come to rest on is heard of", function (host)
  run(host, "either")
  local ana = host:logon("ana")
  host:advance(12 * minute)
  ana:lock()
  host:advance(1 * minute)
  expect(#ana.notices):is(1)
  ana:input()
  host:advance(1 * second)
  expect(#ana.notices):is(0)
end)

test("without a notice there is none", function (host)
  run(host, "closed")
  host:logon("ana")
  host:advance(40 * minute)
  expect(#host:journal { what = "tell" }):is(1)
end)
