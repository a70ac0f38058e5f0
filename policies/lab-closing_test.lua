-- Run by `curfew test`, under a virtual clock, on a simulated host. 2026-03-02 is a Monday.

local function evening(host)
  host:starts("2026-03-02 21:30")
  host:load("lab-closing.lua")
  return host:logon("ana", { type = "rdp" })
end

test("a quiet session is asked at closing time, and ends where nobody answers", function (host)
  local ana = evening(host)

  host:advance(1 * hour)

  expect(host:journal { session = ana }):reads {
    "30:00  warn    The lab is closed: this session ends in 2 minutes. Do you need it for longer?",
    "32:00  logoff  the lab is closed",
  }
end)

test("whoever answers has a respite, and is asked again", function (host)
  local ana = evening(host)
  host:advance(31 * minute)
  ana:answer()
  expect(#ana.notices):is(0)

  host:advance(9 * minute)
  expect(ana.gone):is(false)
  host:advance(10 * minute)

  expect(ana.gone):is(true)
  expect(#host:journal { session = ana, what = "warn" }):is(2)
end)

test("who is at work is not asked", function (host)
  local ana = evening(host)

  ana:input { every = 9 * minute, during = 5 * hour }

  expect(host:journal { session = ana }):reads {}
end)

test("a disconnected session ends five minutes after closing", function (host)
  local ana = evening(host)
  host:advance(28 * minute)
  ana:input()
  ana:disconnect()

  host:advance(4 * minute + 59 * second)
  expect(ana.gone):is(false)
  host:advance(3 * minute)

  expect(ana.gone):is(true)
end)

test("nothing happens while the lab is open, or at the console", function (host)
  host:starts("2026-03-02 08:30")
  host:load("lab-closing.lua")
  local ana = host:logon("ana", { type = "rdp" })

  host:advance(13 * hour)

  expect(ana.gone):is(false)
end)
