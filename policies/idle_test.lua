-- Run by `curfew test`, under a virtual clock, on a simulated host.

test("warns at 25 and 29 minutes, logs off at 30", function (host)
  host:load("idle.lua", { limit = "30m" })
  local ana = host:logon("ana")

  host:advance(30 * minute)

  expect(host:journal { session = ana }):reads {
    "25:00  warn    No activity: you will be logged off in 5 minutes.",
    "29:00  warn    No activity: you will be logged off in 1 minute.",
    "30:00  logoff  idle for 30 minutes",
  }
end)

test("a key press during the countdown dismisses it", function (host)
  host:load("idle.lua", { limit = "30m" })
  local ana = host:logon("ana")

  host:advance(27 * minute)
  ana:input()
  host:advance(24 * minute)

  expect(ana.active):is(true)
  expect(#ana.notices):is(0)
end)

test("a key press in the very last second is enough", function (host)
  host:load("idle.lua", { limit = "30m" })
  local ana = host:logon("ana")

  host:advance(30 * minute - 1 * second)
  ana:input()
  host:advance(29 * minute)

  expect(ana.gone):is(false)
end)

test("counts from the last input, however often there is one", function (host)
  host:load("idle.lua", { limit = "30m" })
  local ana = host:logon("ana")

  ana:input { every = 7 * minute, during = 3 * hour }
  local worked = host:journal { session = ana }
  ana:input()
  host:advance(30 * minute)

  expect(worked):reads {}
  expect(host:journal { session = ana }):reads {
    "3:25:00  warn    No activity: you will be logged off in 5 minutes.",
    "3:29:00  warn    No activity: you will be logged off in 1 minute.",
    "3:30:00  logoff  idle for 30 minutes",
  }
end)

test("a sign of life counts again and again", function (host)
  host:load("idle.lua", { limit = "10m", warnings = "1m" })
  local ana = host:logon("ana")

  for _ = 1, 5 do
    host:advance(9 * minute + 30 * second)
    ana:input()
  end

  expect(#host:journal { session = ana, what = "warn" }):is(5)
  expect(ana.gone):is(false)
end)

test("a program that prints is no sign of life, an unlock is one", function (host)
  host:load("idle.lua", { limit = "30m" })
  local printer, locker = host:logon("ana"), host:logon("bea")

  host:advance(27 * minute)
  printer:prints()
  locker:lock()
  locker:unlock()
  host:advance(3 * minute)

  expect(printer.gone):is(true)
  expect(locker.gone):is(false)
end)

test("locking is no excuse: idle and locked is idle", function (host)
  host:load("idle.lua", { limit = "30m" })
  local ana = host:logon("ana")

  host:advance(10 * minute)
  ana:lock()
  host:advance(20 * minute)

  expect(ana.gone):is(true)
end)

test("idle time that nobody knows ends nothing", function (host)
  host:load("idle.lua", { limit = "30m" })
  local ana = host:logon("ana", { idle = "unknown" })

  host:advance(2 * day)

  expect(ana.gone):is(false)
  expect(host:journal()):reads {}
end)

test("idle time that nobody knows ends a session by its age where that is asked for", function (host)
  host:load("idle.lua", { unseen = "8h" })
  local ana, bea = host:logon("ana", { idle = "unknown" }), host:logon("bea")
  bea:input { every = 10 * minute, during = 8 * hour - 1 * minute }

  host:advance(1 * minute)

  expect(host:journal { session = ana }):reads {
    "7:55:00  warn    Nobody can tell whether you are here: you will be logged off in 5 minutes.",
    "7:59:00  warn    Nobody can tell whether you are here: you will be logged off in 1 minute.",
    "8:00:00  logoff  logged on for 8 hours, of unknown activity",
  }
  expect(bea.gone):is(false)
end)

test("only people's sessions are meant", function (host)
  host:load("idle.lua", { limit = "30m" })
  local greeter = host:logon("gdm", { class = "greeter" })

  host:advance(1 * hour)

  expect(greeter.gone):is(false)
end)

test("a resume from sleep during the countdown starts it afresh", function (host)
  host:load("idle.lua", { limit = "30m" })
  local ana = host:logon("ana")

  host:advance(27 * minute)
  host:resume(2 * hour)

  expect(ana.gone):is(false)
  host:advance(5 * minute)
  expect(ana.gone):is(true)
end)

for name, step in pairs { forward = 1 * hour, back = -1 * hour } do
  test("a clock set " .. name .. " during the countdown changes nothing: idle is idle", function (host)
    host:load("idle.lua", { limit = "30m" })
    local ana = host:logon("ana")

    host:advance(27 * minute)
    host:step(step)
    host:advance(3 * minute)

    expect(ana.gone):is(true)
    expect(host:journal { session = ana }):reads {
      "25:00  warn    No activity: you will be logged off in 5 minutes.",
      "29:00  warn    No activity: you will be logged off in 1 minute.",
      "30:00  logoff  idle for 30 minutes",
    }
  end)
end

test("a clock set back a second every four minutes keeps nobody", function (host)
  host:load("idle.lua", { limit = "2h" })
  local ana = host:logon("ana")

  for _ = 1, 30 do
    host:advance(4 * minute)
    host:step(-1 * second)
  end

  expect(ana.gone):is(true)
  expect(host:journal { session = ana }):reads {
    "1:55:00  warn    No activity: you will be logged off in 5 minutes.",
    "1:59:00  warn    No activity: you will be logged off in 1 minute.",
    "2:00:00  logoff  idle for 2 hours",
  }
end)

test("who reads Portuguese is warned in Portuguese", function (host)
  host:load("idle.lua", { limit = "2h", warnings = { "90m", "1m" } })
  local ana = host:logon("ana", { language = "pt_BR" })
  local bea = host:logon("bea", { language = "de_DE" })   -- of which there is no translation

  host:advance(1 * hour)

  expect(host:journal { session = ana }):reads {
    "30:00  warn    Sem atividade: sua sessão será encerrada em 1 hora e 30 minutos.",
  }
  expect(host:journal { session = bea }):reads {
    "30:00  warn    No activity: you will be logged off in 1 hour 30 minutes.",
  }
end)

test("the configuration may put it in words of its own", function (host)
  host:load("idle.lua", {
    text = {
      ["No activity: you will be logged off in {left}."] = "Gone in {left}; the desk is at 1234.",
      de = { ["No activity: you will be logged off in {left}."] = "Schluss in {left}." },
    },
  })
  local ana = host:logon("ana", { language = "pt_BR" })   -- the words it replaces are not wanted in any language
  local bea = host:logon("bea", { language = "de_DE" })

  host:advance(25 * minute)

  expect(host:journal { session = ana }):reads { "25:00  warn    Gone in 5 minutes; the desk is at 1234." }
  expect(host:journal { session = bea }):reads { "25:00  warn    Schluss in 5 minutes." }
end)

test("options that make no sense are refused when the policy loads", function (host)
  expect(function () host:load("idle.lua", { limit = 30 }) end):fails("30 of what")
  expect(function () host:load("idle.lua", { limit = "5m" }) end):fails("limit must be longer")
  expect(function () host:load("idle.lua", { warnings = { "1m", true } }) end):fails("not true")
  expect(function () host:load("idle.lua", { limt = "30m" }) end):fails("did you mean 'limit'")
  expect(function () host:load("idle.lua", { text = { ["In {left}"] = "In {lift}" } }) end):fails("names {lift}")
end)
