-- What conditions rest on, in the words of tests.

test("groups and programs are read for a condition", function (host)
  host:load("conditions.lua", { unwarned = true })
  local ana, bea = host:logon("ana", { groups = { "students" } }), host:logon("bea", { groups = { "staff" } })
  host:advance(7 * minute)
  expect(host:journal { session = ana }):reads { "06:00  logoff  away" }
  expect(bea.gone):is(false)
end)

test("what runs keeps a condition from holding", function (host)
  host:load("conditions.lua", { unwarned = true })
  local ana = host:logon("ana", { groups = { "students" } })
  ana:runs("exam")
  host:advance(2 * hour)
  expect(ana.gone):is(false)
end)

test("a condition over other sessions is told when one comes", function (host)
  host:load("conditions.lua", { unwarned = true })
  local old = host:logon("ana", { groups = {} })
  host:advance(30 * minute)
  local new = host:logon("ana", { groups = {} })
  host:advance(1 * minute)
  expect(host:journal { session = old }):reads { "31:00  logoff  away" }
  host:advance(1 * hour)
  expect(new.gone):is(false)
end)

test("a wait with a timeout ends early when its condition holds", function (host)
  host:load("conditions.lua", { unwarned = true })
  local ana = host:logon("ana", { groups = { "students" } })
  host:advance(5 * minute + 30 * second)
  ana:lock()
  ana:unlock()
  host:advance(4 * minute)
  expect(ana.gone):is(false)
  expect(host:journal { session = ana }):reads {}
end)

test("an unknown idle time keeps everybody", function (host)
  host:load("conditions.lua", { unwarned = true })
  local ana = host:logon("ana", { groups = { "students" }, idle = "unknown" })
  host:advance(5 * hour)
  expect(ana.gone):is(false)
end)

test("a run that never lets go of what it waited for fails", function (host)
  host:load("hoarder.lua")
  host:logon("ana")
  host:advance(20 * minute)
  expect(host:journal { what = "failed" }):reads {
    "16:41  failed  line 5: the run rests on 1000 waits; let it return, or forget them: session:forget()",
  }
end)
