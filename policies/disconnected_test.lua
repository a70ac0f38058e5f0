-- Run by `curfew test`, under a virtual clock, on a simulated host.

local function remote(host)
  return host:logon("ana", { type = "rdp" })
end

test("a session left disconnected ends at the limit", function (host)
  host:load("disconnected.lua", { limit = "2h" })
  local ana = remote(host)
  host:advance(1 * hour)

  ana:disconnect()
  host:advance(2 * hour)

  expect(host:journal { session = ana }):reads {
    "3:00:00  logoff  disconnected for 2 hours",
  }
end)

test("whoever reconnects in time keeps the session, and the next absence counts anew", function (host)
  host:load("disconnected.lua", { limit = "2h" })
  local ana = remote(host)

  ana:disconnect()
  host:advance(2 * hour - 1 * second)
  ana:reconnect()
  host:advance(5 * hour)
  ana:disconnect()
  host:advance(2 * hour - 1 * second)
  expect(ana.gone):is(false)

  host:advance(1 * second)
  expect(ana.gone):is(true)
end)

test("a connected session never ends, however idle", function (host)
  host:load("disconnected.lua", { limit = "2h" })
  local ana = remote(host)

  host:advance(3 * day)

  expect(ana.gone):is(false)
end)
