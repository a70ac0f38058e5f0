-- What a notice is to its run, to others, and to whoever reads it.

local function run(host, way, options)
  options = options or {}
  options.way = way
  host:load("notices.lua", options)
end

test("only a yes is an answer", function (host)
  run(host, "asking")
  local ana, bea = host:logon("ana"), host:logon("bea")
  host:advance(10 * second)
  ana:answer(false)
  bea:answer()
  host:advance(2 * minute)
  expect(ana.locked):is(false)
  expect(bea.locked):is(true)
end)

test("what was shown to nobody is answered by nobody", function (host)
  run(host, "asking", { dry_run = true })
  host:logon("ana")
  host:advance(2 * minute)
  expect(host:journal { what = "lock" }):reads {}
end)

test("no run closes another's notice", function (host)
  run(host, "handed")
  local ana = host:logon("ana")
  host:logon("bea")
  host:advance(2 * minute)
  expect(#ana.notices):is(1)
end)

test("what stood on a screen that has gone can be closed", function (host)
  run(host, "elsewhere")
  local bea = host:logon("bea")
  host:logon("ana")
  host:advance(30 * second)
  expect(#bea.notices):is(1)
  bea:logoff()
  host:advance(1 * minute)
  expect(#host:journal { what = "tell" }):is(1)
end)

test("a run that nobody has heard of ends by no sign of life", function (host)
  run(host, "unheard")
  host:fault("undelivered", 1000)
  local ana = host:logon("ana")
  host:advance(10 * minute + 30 * second)
  ana:input()
  host:advance(2 * minute)
  expect(host:journal { what = "refused" }):reads { "12:00  refused  there was activity" }
end)

test("what announces an end within the second is shown", function (host)
  run(host, "late")
  local ana = host:logon("ana")
  host:advance(1 * second)
  expect(ana.locked):is(true)
end)

test("what is taken back leaves its minute to others", function (host)
  host:configure { limits = { logoffs_per_minute = 1 } }
  run(host, "withdrawn")
  host:logon("ana")
  host:advance(1 * minute + 1 * second)
  local bea = host:logon("bea")
  host:advance(1 * second)
  expect(#bea.notices):is(1)
  local cyd = host:logon("cyd")
  host:advance(1 * second)
  expect(#cyd.notices):is(0)
end)
