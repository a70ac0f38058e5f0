-- Run by `curfew test`, under a virtual clock, on a simulated host. 2026-03-01 is a Sunday.

test("everybody is out when the window opens, warned in stages", function (host)
  host:starts("2026-03-01 00:30")
  host:load("maintenance.lua")
  local ana = host:logon("ana", { groups = { "staff" } })

  host:advance(90 * minute)

  expect(host:journal { session = ana }):reads {
    "30:00  warn    Maintenance: this session ends in 1 hour.",
    "1:15:00  warn    Maintenance: this session ends in 15 minutes.",
    "1:25:00  warn    Maintenance: this session ends in 5 minutes.",
    "1:29:00  warn    Maintenance: this session ends in 1 minute.",
    "1:30:00  logoff  maintenance",
  }
end)

test("operators stay, and so does whoever nobody knows", function (host)
  host:starts("2026-03-01 00:30")
  host:load("maintenance.lua")
  local otto = host:logon("otto", { groups = { "staff", "operators" } })

  host:advance(4 * hour)

  expect(otto.gone):is(false)
  expect(host:journal { session = otto }):reads {}
end)

test("nobody new while it lasts, and everybody after it", function (host)
  host:starts("2026-03-01 01:59")
  host:load("maintenance.lua")
  host:advance(2 * minute)

  expect(host:journal { what = "door" }):reads {
    "01:00  door    This host is under maintenance until 2026-03-01 06:00:00.",
  }
  expect(function () host:logon("ana") end):fails("refuses logons")

  host:advance_to("06:00")
  local ana = host:logon("ana", { groups = { "staff" } })
  host:advance(1 * hour)

  expect(ana.gone):is(false)
end)

test("curfew started in mid-window closes the door at once, and gives those inside their grace", function (host)
  host:starts("2026-03-01 03:00")
  local ana = host:logon("ana", { groups = { "staff" } })
  host:load("maintenance.lua")

  host:advance(4 * minute)
  expect(ana.gone):is(false)
  host:advance(1 * minute)

  expect(ana.gone):is(true)
  expect(#host:journal { what = "door" }):is(1)
end)

test("a window slept through: nobody is warned, nobody ends, and the door stays open", function (host)
  host:starts("2026-02-28 23:00")
  host:load("maintenance.lua")
  local ana = host:logon("ana", { groups = { "staff" } })

  host:resume(10 * hour)
  host:advance(1 * hour)

  expect(ana.gone):is(false)
  expect(#host:journal { what = "warn" }):is(0)
  expect(#host:journal { what = "door" }):is(0)
  expect(host:journal { what = "skipped" }):reads {
    "10:00:00  skipped  the appointment of 2026-03-01 02:00 was missed by 7 hours; its window is over",
  }
end)

test("a host that sleeps through the rest of a window opens its door", function (host)
  host:starts("2026-03-01 01:59")
  host:load("maintenance.lua")
  host:advance(1 * hour)

  host:resume(10 * hour)
  host:advance(1 * minute)

  expect(#host:journal { what = "door" }):is(2)
  local ana = host:logon("ana", { groups = { "staff" } })
  expect(ana.gone):is(false)
end)

test("a clock that was five hours fast: the true window has its door shut", function (host)
  host:starts("2026-03-01 01:59")   -- it is 20:59
  host:load("maintenance.lua")
  host:advance(10 * minute)
  host:step(-5 * hour)

  local ana = host:logon("ana", { groups = { "staff" } })
  host:advance_to("01:59")
  expect(ana.gone):is(false)
  host:advance_to("2026-03-01 02:01")
  expect(ana.gone):is(true)
  expect(function () host:logon("bea") end):fails("refuses logons")
end)

test("a host that takes its time", function (host)
  host:starts("2026-03-01 01:30")
  host:load("maintenance.lua")
  local ana = host:logon("ana", { groups = { "staff" } })
  host:fault("latency", 2000000)

  host:advance(30 * minute + 10 * second)

  expect(ana.gone):is(true)
  expect(#host:journal { what = "refused" }):is(0)
end)
