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

test("a run that has ended in the middle of a reading is not told of it", function (host)
  host:fault("untold", 1000)
  run(host, "chatter", { stay = "2h" })
  local ana = host:logon("ana")
  host:advance(14 * minute + 59 * second)
  host:fault("latency", 2000000)
  host:advance(2 * second)
  ana:stay(1 * hour)
  host:advance(10 * minute)
  expect(stays(host)):reads { "15:01  stays   the user stays for 1 hour" }
end)

-- At 50:00 it is looked whether ana is there, and then whether she may be logged off, each for two seconds.
for _, look in ipairs { 1, 2 } do
  test("it ends in the middle of look " .. look .. " at its end, too", function (host)
    run(host, "without_bea")
    local ana = host:logon("ana")
    host:advance(50 * minute - 1 * second)
    expect(#ana.notices):is(1)
    host:fault("latency", 2000000)
    host:advance(look * 2 * second)
    host:logon("bea")
    host:advance(0.5 * second)
    expect(#stays(host)):is(1)
    host:advance(1 * minute)
    expect(host:journal { what = "refused" }):reads {}
  end)
end

test("what holds is not read again because of what else has changed", function (host)
  host:fault("untold", 1000)
  run(host, "without_bea")
  local ana = host:logon("ana")
  host:advance(20 * minute + 2 * second)
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

for _, what in ipairs { "without_bea", "young" } do
  test(what .. ": without a word it ends as well, whatever is waited for meanwhile", function (host)
    run(host, "silent_" .. what)
    host:logon("ana")
    host:advance(7 * minute)
    if what == "without_bea" then host:logon("bea"):logoff() end
    host:advance(4 * minute)
    expect(#host:journal { what = "tell" }):is(0)
  end)
end

test("without a word it runs out", function (host)
  run(host, "silent_without_bea")
  host:logon("ana")
  host:advance(11 * minute)
  expect(#host:journal { what = "tell" }):is(1)
end)
