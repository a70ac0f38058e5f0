--- Countdowns under conditions of their own, for their tests: `way` chooses what they rest on.

local way = option("way", "chatter", "what it rests on")

local conditions = {}

-- Of everybody here, one has had output lately.
function conditions.chatter()
  for _, other in ipairs(sessions.list { class = "user" }) do
    if other.output < 15 * minute then return true end
  end
  return false
end

-- Nobody is locked.
function conditions.unlocked()
  for _, other in ipairs(sessions.list { class = "user" }) do
    if other.locked then return false end
  end
  return true
end

-- Bea is not here.
function conditions.without_bea()
  return #sessions.list { user = "bea" } == 0
end

-- It has not been here for long.
function conditions.young(session)
  return session.age < 9 * minute
end

-- For as long as it is not locked it goes by output, and else by input.
function conditions.either(session)
  return session.locked and session.idle >= 5 * minute or not session.locked and session.output >= 5 * minute
end

if conditions[way] then sessions.watch({ user = "ana" }, function (session)
  clock.sleep(10 * minute)
  if way == "without_bea" then session:wait_idle(5 * minute) end
  for left, pause in countdown({ 40 * minute, 1 * minute }, function () return conditions[way](session) end) do
    session:warn("You will be logged off in {left}.", { left = left })
    if way == "without_bea" then session:wait_active(pause) else clock.sleep(pause) end
  end
  session:logoff("the time is up")
end) end

-- Says nothing, and waits for something else in between.
if way:find("^silent_") then
  sessions.watch({ user = "ana" }, function (session)
    local condition = conditions[way:match("_(.*)")]
    for _, pause in countdown({ 10 * minute, 5 * minute }, function () return condition(session) end) do
      session:wait(function () return not session.locked end)
      clock.sleep(pause)
    end
    session:tell("It has run out.")
    clock.sleep(1 * day)
  end)
end

if way == "closed" then
  sessions.watch({ user = "ana" }, function (session)
    session:wait(function () return session.age < 20 * minute end)
    local notice = session:warn("You will be logged off in {left}.", { left = 10 * minute })
    clock.sleep(1 * minute)
    notice:close()
    clock.sleep(30 * minute)
    session:tell("Nothing of it is left.")
    clock.sleep(1 * day)
  end)
end
