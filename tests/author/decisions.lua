--- Policies that warn and log off on time alone, for the tests of what a decision goes through: `way` chooses one.

local way = option("way", "timed", "how it is written")

local function announce(session)
  return session:warn("You will be logged off in {left}.", { left = 2 * minute }, { ask = "Stay" })
end

local ways, others = {}, {}

-- Ten minutes, a warning, two minutes.
function ways.timed(session)
  clock.sleep(10 * minute)
  announce(session)
  clock.sleep(2 * minute)
  session:logoff("it is time")
end

-- The same, and a sign of life ends it.
function ways.hearing(session)
  clock.sleep(10 * minute)
  announce(session)
  if session:wait_active(2 * minute) then return end
  session:logoff("it is time")
end

-- Without a warning, which only who is disconnected all along may be.
function ways.silent(session)
  clock.sleep(10 * minute)
  session:logoff("it is time")
end

-- Rests on everybody's idle time.
function ways.together(session)
  session:wait(function ()
    for _, other in ipairs(sessions.list { class = "user" }) do
      if other.idle < 10 * minute then return false end
    end
    return true
  end)
  announce(session)
  clock.sleep(2 * minute + 3 * second)   -- not when others are read anyway
  session:logoff("nobody is at work")
end

function ways.locking(session)
  clock.sleep(10 * minute)
  session:lock("it is time")
  clock.sleep(1 * day)
end

-- Warns long ahead, and so stands behind another's warning.
function ways.early(session)
  clock.sleep(10 * minute)
  session:warn("You will be logged off in {left}.", { left = 30 * minute })
  clock.sleep(1 * day)
end

-- Nobody is told more than the time allows; holds while the session is locked.
function others.veto()
  sessions.protect({ class = "user" }, function (session)
    if session.locked then return "it is locked" end
  end, { at_most = 30 * minute })
end

function others.veto_for_some()
  sessions.protect({ class = "user", client = "lab-*" }, function () return "a lab works through the night" end)
end

-- The second means some of those whom the first means.
function others.two_vetoes()
  sessions.protect({ class = "user" }, function () end)
  sessions.protect({ client = "lab-*" }, function (session)
    if session.client:match("^office") then error("it is none of the lab's") end
    return "a lab works through the night"
  end)
end

-- Fails at once for ana, and protects the lab.
function others.failing()
  sessions.watch({ user = "ana" }, function () error("a mistake") end)
  sessions.protect({ client = "lab-*" }, function () error("another mistake") end)
end

-- Reads what takes its time; another one follows it.
function others.slow_veto()
  sessions.protect({ class = "user" }, function (session)
    return "idle for " .. tostring(session.idle)
  end, { at_most = 1 * minute })
  sessions.protect({ class = "user" }, function () end)
end

-- Reads one session after another, and then fails.
function others.long_veto()
  sessions.protect({ user = "ana" }, function ()
    for _, other in ipairs(sessions.list({ class = "user" })) do local _ = other.idle end
    error("it took longer than a veto may")
  end)
end

function others.veto_that_acts()
  sessions.protect({ class = "user" }, function (session) session:lock("I act") end)
end

function others.veto_that_waits()
  sessions.protect({ class = "user" }, function () clock.sleep(1 * second) end)
end

-- The runs of no session's own.
function others.sweep()
  clock.every(1 * hour, function ()
    for _, session in ipairs(sessions.list { class = "user" }) do ways.timed(session) end
  end)
end

function others.door()
  clock.every(1 * hour, function () host.refuse_logons("closed") end)
end

if others[way] then
  others[way]()
else
  sessions.watch({ class = "user" }, ways[way])
end
