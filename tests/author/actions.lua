--- Policies for the tests of an action's way, step by step: `way` chooses one.

local way = option("way", "timed", "how it is written")

local function announce(session)
  return session:warn("You will be logged off in {left}.", { left = 2 * minute })
end

local function log_off(session, options)
  announce(session)
  clock.sleep(2 * minute)
  session:logoff("it is time", options)
end

local ways, others = {}, {}

function ways.timed(session)
  clock.sleep(10 * minute)
  log_off(session)
end

function ways.hearing(session)
  clock.sleep(10 * minute)
  announce(session)
  if session:wait_active(2 * minute) then return end
  session:logoff("it is time")
end

function ways.idle(session)
  session:wait_idle(10 * minute)
  log_off(session)
end

-- It could do without, and warns all the same.
function ways.either(session)
  clock.sleep(10 * minute)
  log_off(session, { unwarned = true })
end

function ways.silent(session)
  clock.sleep(10 * minute)
  session:logoff("it is time", { unwarned = true })
end

function ways.locking(session)
  clock.sleep(10 * minute)
  session:lock("it is time")
  clock.sleep(10 * minute)
  session:disconnect("it is time")
  clock.sleep(10 * minute)
  session:tell("You are locked out.")
  clock.sleep(1 * day)
end

-- Of two others, each ends the other.
function ways.neighbour(session)
  clock.sleep(10 * minute)
  for _, other in ipairs(sessions.list { class = "user" }) do
    if other.id ~= session.id and other.desktop == session.desktop then log_off(other) end
  end
end

local function other_than(session)
  for _, other in ipairs(sessions.list { class = "user" }) do
    if other.id ~= session.id then return other end
  end
end

-- Wait for another session's user to come back, or to leave.
function ways.for_another(session)
  other_than(session):wait_active(10 * minute)
  session:lock("the wait is over")
  clock.sleep(1 * day)
end

function ways.for_another_to_leave(session)
  other_than(session):wait_idle(10 * minute)
  session:lock("the wait is over")
  clock.sleep(1 * day)
end

function ways.when_another_left(session)
  other_than(session):wait_idle(10 * minute)
  log_off(session)
end

-- A countdown without a word.
function ways.silent_countdown(session)
  for _, pause in countdown({ 10 * minute, 5 * minute }, function () return not session.disconnected end) do
    clock.sleep(pause)
  end
  session:lock("it is time")
  clock.sleep(1 * day)
end

function ways.nobody_there(session)
  if not session:wait_active(2 * minute) then session:lock("nobody is there") end
  clock.sleep(1 * day)
end

-- Rests on everybody's idle time.
local function wait_for_all(session)
  session:wait(function ()
    for _, other in ipairs(sessions.list { class = "user" }) do
      if other.idle < 10 * minute then return false end
    end
    return true
  end)
end

function ways.together(session)
  wait_for_all(session)
  log_off(session)
end

-- Drops what it has waited for, once it has warned.
function ways.forgetful(session)
  session:wait_idle(10 * minute)
  announce(session)
  session:forget()
  clock.sleep(2 * minute)
  session:logoff("it is time")
end

-- The same, of a look; and of somebody who was back before.
function ways.forgetful_look(session)
  clock.sleep(10 * minute)
  if session.idle < 1 * second then return end
  session:forget()
  log_off(session)
end

function ways.forgetful_wait(session)
  clock.sleep(5 * minute)
  session:forget()
  if session:wait_active(1 * minute) then session:lock("somebody is there") end
  clock.sleep(1 * day)
end

-- Looks in its first run only.
local looked = {}
function ways.look_once(session)
  if looked[session.id] then return log_off(session) end
  looked[session.id] = session.idle >= 0 * second
  clock.sleep(2 * minute)
end

-- Wants to do something yet as it ends.
local function leave_with(session, last)
  session:wait_idle(10 * minute)
  local _ <close> = setmetatable({}, { __close = last })
  announce(session)
  clock.sleep(1 * day)
end

function ways.parting(session)
  leave_with(session, function () session:lock("a last word") end)
end

function ways.last_refusal(session)
  leave_with(session, function () host.refuse_logons("a last word") end)
end

function ways.two_looks(session)
  local _ = session.idle
  clock.sleep(5 * minute)
  if session.idle < 1 * minute then session:lock("in use") end
  clock.sleep(1 * day)
end

-- Is told why it may not.
function ways.asking(session)
  clock.sleep(10 * minute)
  local _, why = session:logoff("it is time")
  session:lock(why)
  clock.sleep(1 * day)
end

function ways.closing(session)
  clock.sleep(10 * minute)
  local notice = announce(session)
  clock.sleep(1 * minute)
  notice:close()
  clock.sleep(1 * minute)
  session:logoff("it is time")
end

function ways.quoting(session)
  session:warn("{what} says: {left}.", { what = "{idle} {le}", left = 2 * minute })
  clock.sleep(1 * day)
end

function ways.talking(session)
  clock.sleep(10 * minute)
  announce(session)
  session:tell("This is {what}.", { what = "{idle}" })
  clock.sleep(1 * minute)
end

-- Says more than anybody wants to hear, or asks for more.
function ways.chatty(session)
  for _ = 1, 100 do session:tell("Hello.") end
end

function ways.eager(session)
  for _ = 1, 100 do session:logoff("it is time") end
end

function ways.together_unwarned(session)
  wait_for_all(session)
  clock.sleep(2 * minute)
  session:logoff("it is time", { unwarned = true })
end

function ways.locked_and_idle(session)
  session:wait(function () return session.locked end)
  clock.sleep(10 * minute)
  if session.idle >= 5 * minute then log_off(session) end
end

function ways.telling(session)
  while true do
    session:tell("Hello.")
    clock.sleep(1 * minute)
  end
end

-- Rests on two things, of which the first has to be read.
function ways.quiet_and_locked(session)
  session:wait(function () return session.output >= 10 * minute end)
  session:wait(function () return session.locked end)
  log_off(session)
end

function ways.locked(session)
  session:wait(function () return session.locked end)
  clock.sleep(10 * minute)
  log_off(session)
end

-- Keeps a task of its own for each session, and tells them the hour.
function others.bell()
  sessions.watch({ class = "user" }, function () clock.sleep(1 * day) end)
  clock.every(1 * hour, function ()
    for _, session in ipairs(sessions.list { class = "user" }) do session:tell("It strikes.") end
  end)
end

function others.twice()
  sessions.watch({ user = "ana" }, ways.silent)
  sessions.watch({ user = "ana" }, ways.silent)
end

-- The runs of no session's own: once for each that comes, and once for all.
function others.newcomer_idle() sessions.on("logon", ways.idle) end
function others.locker()
  sessions.watch({ class = "user" }, ways.timed)
  sessions.on("lock", function (session) session:tell("You are locked.") end)
end
function others.newcomer() sessions.on("logon", ways.timed) end
function others.newcomer_unwarned() sessions.on("logon", ways.silent) end
function others.sweep()
  clock.every(1 * hour, function ()
    for _, session in ipairs(sessions.list { class = "user" }) do ways.timed(session) end
  end)
end

-- Warns all of them, and then ends all of them.
local function idle_ones()
  local list = {}
  for _, session in ipairs(sessions.list { class = "user" }) do
    if session.idle >= 10 * minute then list[#list + 1] = session end
  end
  return list
end

function others.sweep_idle()
  clock.every(1 * hour, function ()
    local list = idle_ones()
    for _, session in ipairs(list) do announce(session) end
    clock.sleep(2 * minute)
    for _, session in ipairs(list) do session:logoff("idle") end
  end)
end

-- Looks at others, for which it takes its time, and lets everybody go.
function others.slow_veto()
  sessions.protect({ class = "user" }, function (session)
    for _, other in ipairs(sessions.list { class = "user" }) do
      if other.id ~= session.id and other.idle < 0 * second then return "this cannot be" end
    end
  end)
end

function others.veto()
  sessions.protect({ class = "user" }, function (session)
    if session.locked then return "it is locked" end
  end)
end

if others[way] then
  others[way]()
else
  sessions.watch({ class = "user" }, ways[way])
end
