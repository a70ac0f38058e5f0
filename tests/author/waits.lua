--- Waits of all kinds, for their tests: `way` chooses one.  Who has waited says so.

local way = option("way", "groups", "what is waited for")

local function bea()
  return sessions.list { user = "bea" }[1]
end

local ways = {}

-- For what the host has to be asked, and that no time changes.
function ways.groups(session)
  session:wait(function () return session:in_group("students") end)
end

function ways.programs(session)
  session:wait(function () return not session:runs("exam") end)
end

-- For a list that only the groups of its sessions decide; the logoff rests on it.
function ways.nobody_of_a_group(session)
  session:wait(function () return #sessions.list { group = "staff" } == 0 end)
  session:logoff("nobody of the staff is here", { unwarned = true })
end

-- For a list of which nobody knows who is on it.
function ways.nobody_of_a_domain(session)
  session:wait(function () return #sessions.list { domain = "LAB" } == 0 end)
end

-- For somebody else, who goes then, whatever it is that holds.
function ways.another()
  local other = bea()
  other:wait(function () return other.locked or other.idle >= 30 * minute end)
  other:warn("You will be logged off in {left}.", { left = 2 * minute })
  clock.sleep(2 * minute)
  other:logoff("locked, or idle")
end

-- For somebody else first, and then for whoever sits here.
function ways.in_turn(session)
  bea():wait_idle(5 * minute)
  if not session:wait_active(1 * minute) then clock.sleep(1 * day) end
end

-- For the oldest of a user's sessions, which takes its time to be known.
function ways.oldest(session)
  session:wait(function ()
    for _, other in ipairs(sessions.list { user = session.user }) do
      if other.output < 5 * minute then return false end
    end
    return true
  end)
end

-- For what cannot be asked.
function ways.mistaken(session)
  session:wait(function () return session.age + 5 end)
end

-- Counts how often it is asked.
function ways.counted(session)
  local asked = 0
  session:wait(function ()
    asked = asked + 1
    return session.idle >= 10 * minute
  end)
  session:tell("It was asked " .. asked .. " times.")
  clock.sleep(1 * day)
end

-- For no longer than that.
function ways.limited(session)
  session:wait(function () return session.idle >= 1 * hour end, 10 * minute)
end

-- For two people, and for no longer than it may take.
function ways.both(session)
  local other = bea()
  if not session:wait(function () return session.idle >= 5 * minute and other.idle >= 5 * minute end, 5 * minute) then
    clock.sleep(1 * day)
  end
end

-- For somebody else, who may leave.
function ways.idle()
  bea():wait_idle(5 * minute)
end

function ways.disconnected()
  local other = bea()
  other:wait(function () return other.disconnected end)
end

function ways.active(session)
  bea():wait_active(5 * minute)
  session:lock("whatever happens here")
end

-- Not for long: the next run begins a minute after this one.
function ways.briefly(session)
  session:wait_idle(10 * second)
end

if ways[way] then
  sessions.watch({ user = "ana" }, function (session)
    ways[way](session)
    session:tell("It has come.")
  end)
end

local protected = ({ load = "bea", own_load = "ana" })[way]

if protected then
  sessions.protect({ user = protected }, function (session)
    if session:cpu(5 * minute) >= 1 then return "busy" end
  end)
end
