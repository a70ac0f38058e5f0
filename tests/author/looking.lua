--- Ways in which people write a policy for sessions that nobody uses, for the tests of reading: `way` chooses one.

local way   = option("way", "looking", "how it is written")
local limit = option("limit", 10 * minute, "idle time that ends a session")

local function warn(session)
  return session:warn("You will be logged off in {left}.", { left = 2 * minute })
end

local ways = {}

-- Sleep, look, warn, sleep, look again.
function ways.looking(session)
  clock.sleep(limit)
  if session.idle < limit / 2 then return end
  warn(session)
  clock.sleep(2 * minute)
  if session.idle < limit / 2 then return end
  session:logoff("idle for " .. session.idle)
end

-- The same, without looking again.
function ways.looking_once(session)
  clock.sleep(limit)
  if session.idle < limit / 2 then return end
  warn(session)
  clock.sleep(2 * minute)
  session:logoff("idle")
end

-- The same, with the time in the reason.
function ways.printing(session)
  clock.sleep(limit)
  if session.idle < limit / 2 then return end
  warn(session)
  clock.sleep(2 * minute)
  session:logoff("idle for " .. session.idle)
end

-- The countdown waits for a condition that input makes true.
function ways.asking(session)
  session:wait_idle(limit)
  warn(session)
  if session:wait(function () return session.idle < 2 * minute end, 2 * minute) then return end
  session:logoff("idle for " .. session.idle)
end

-- Waits for somebody to come back.
function ways.returning(session)
  session:wait_idle(limit)
  session:wait(function () return session.idle < 1 * minute end)
  session:forget()
  session:lock("somebody came back")
end

-- At the edge of the hours it is looked whether anybody is there.
function ways.closing(session)
  local hours = calendar.weekly { "08:00-09:00" }
  session:wait(function () return not hours:contains(clock.now()) and session.idle < 5 * minute end)
  session:lock("in use after hours")
end

-- The countdown does not ask whether anybody came back.
function ways.deaf(session)
  session:wait_idle(limit)
  warn(session)
  clock.sleep(2 * minute)
  session:logoff("idle")
end

-- Output counts as work.
function ways.output(session)
  session:wait(function () return session.idle >= limit and session.output >= limit end)
  warn(session)
  clock.sleep(2 * minute)
  session:logoff("idle and quiet")
end

-- Looks only behind the warning, and waits a little.
function ways.late_look(session)
  clock.sleep(limit)
  warn(session)
  clock.sleep(2 * minute)
  if session.idle < 1 * minute then return end
  clock.sleep(30 * second)
  session:logoff("idle")
end

function ways.late_look_at_output(session)
  clock.sleep(limit)
  warn(session)
  clock.sleep(2 * minute)
  if session.output < 1 * minute then return end
  clock.sleep(30 * second)
  session:logoff("quiet")
end

-- Of sessions of which nobody knows whether they are in use.
function ways.unseen(session)
  clock.sleep(1 * minute)
  if session.idle >= 0 * second then return clock.sleep(1 * day) end
  warn(session)
  clock.sleep(2 * minute)
  session:logoff("nobody knows")
end

-- Hears of activity, by a condition or otherwise, and rests on nothing else.
function ways.hearing(session)
  clock.sleep(1 * minute)
  warn(session)
  if session:wait(function () return session.idle < 1 * minute end, 2 * minute) then return end
  session:logoff("idle")
end

function ways.active(session)
  clock.sleep(1 * minute)
  warn(session)
  if session:wait_active(2 * minute) then return end
  session:logoff("idle")
end

-- Whether it holds or not, it has asked whether anybody is there.
function ways.either(session)
  session:wait(function () return session.idle >= limit or session.locked end)
  warn(session)
  clock.sleep(2 * minute)
  session:logoff("locked, or idle")
end

function ways.tested(session)
  clock.sleep(1 * minute)
  warn(session)
  session:wait(function () return session.idle >= limit end, 2 * minute)
  session:logoff("whatever it says")
end

function ways.at_once(session)
  clock.sleep(limit)
  session:wait(function () return session.idle >= limit or session.locked end)
  warn(session)
  clock.sleep(2 * minute)
  session:logoff("locked, or idle")
end

-- Looks at everybody, which takes its time, and at its own session once more.
function ways.rounds(session)
  clock.sleep(1 * minute)
  if session.idle < 10 * second then return end
  for _, other in ipairs(sessions.list { class = "user" }) do
    if other.idle < 1 * second then log(tostring(other)) end
  end
  if session.idle < 30 * second then session:forget() session:lock("typed meanwhile") end
  clock.sleep(1 * day)
end

-- A countdown under a condition of its own.
function ways.conditional(session)
  for left, pause in countdown({ 2 * minute }, function () return session.locked end) do
    session:warn("You will be logged off in {left}.", { left = left })
    clock.sleep(pause)
  end
  session:logoff("locked")
end

-- Rests on one field while another holds, and on the other afterwards.
function ways.branches(session)
  clock.sleep(12 * minute)
  for left, pause in countdown({ 10 * minute, 5 * minute }, function ()
    return (not session.locked and session.output >= 7 * minute) or session.idle >= 9 * minute
  end) do
    session:warn("You will be logged off in {left}.", { left = left })
    clock.sleep(pause)
  end
  session:logoff("quiet")
end

-- Waits for another session's user.
function ways.elsewhere(session)
  for _, other in ipairs(sessions.list { class = "user" }) do
    if other.id ~= session.id and other:wait_active(10 * minute) then session:lock("the other is back") end
  end
  clock.sleep(1 * day)
end

-- The last moment of a wait with a limit counts, too.
function ways.limited(session)
  clock.sleep(2 * minute)
  if session:wait(function () return session.idle < 1 * minute end, 90 * second) then
    session:forget()
    session:lock("in use")
  end
  clock.sleep(1 * day)
end

-- Nobody is to be here before the hours begin.
function ways.until_hours(session)
  local hours = calendar.weekly { "08:00-18:00" }
  session:wait(function () return not hours:contains(clock.now()) end)
  warn(session)
  clock.sleep(1 * hour)
end

-- Looks at once in its first run, and after a while in the next.
local begun = {}
function ways.in_turn(session)
  local first = not begun[session.id]
  begun[session.id] = true
  if not first then clock.sleep(5 * minute) end
  if session.idle < 1 * minute then session:lock("in use") end
  clock.sleep(1 * day)
end

-- Where nothing can wait.
function ways.replacing(session)
  clock.sleep(1 * second)
  local text = ("idle"):gsub("idle", function () return tostring(session.idle) end)
  session:lock(text)
end

-- A library function in Lua can wait.
function ways.sorting(session)
  clock.sleep(2 * minute)
  local list = sessions.list { class = "user" }
  table.sort(list, function (a, b) return a.idle < b.idle end)
  if list[1].id == session.id then session:lock("the last one to type") end
end

if ways[way] then sessions.watch({ class = "user" }, ways[way]) end

if way == "every" then
  local warned = {}
  clock.every(1 * minute, function ()
    for _, session in ipairs(sessions.list { class = "user" }) do
      if session.idle < limit then
        warned[session.id] = nil
      elseif not warned[session.id] then
        warn(session)
        clock.sleep(2 * minute)
        if session.idle >= limit then session:logoff("idle for " .. session.idle) end
      end
    end
  end)
end

if way == "on" then
  sessions.on("logon", function (session)
    clock.sleep(limit)
    if session.idle < limit / 2 then return end
    warn(session)
    clock.sleep(2 * minute)
    if session.idle >= limit / 2 then session:logoff("idle for " .. session.idle) end
  end)
end

if way == "veto" then
  sessions.protect({ class = "user" }, function (session)
    if session.idle < limit then return "in use" end
  end)
end

if way == "off" then
  sessions.on("logoff", function (session)
    log("idle for " .. session.idle .. ", by " .. tostring(session.user))
  end)
end

if way == "busy" then
  sessions.protect({ class = "user" }, function (session)
    if session:cpu(1 * second) >= 0.5 then return "busy" end
  end)
end
