--- So many hours a day for the members of a group, over all their sessions together.
--
-- A minute counts once, however many sessions a user has, and not while all of them are disconnected. What was used is
-- kept over a restart, and forgotten at midnight. Who logs on again has what is left, or two minutes.

local group     = option("group", "students", "whose members have an allowance")
local allowance = option("allowance", 4 * hour, "time a day", { least = 10 * minute, most = 1 * day })
local warnings  = option("warnings", { 15 * minute, 5 * minute, 1 * minute }, "how long before the end to warn",
                         { least = 10 * second, most = 1 * day })

assert(warnings[1] and warnings[1] < allowance, "allowance must be longer than the first of the warnings")

local members = { class = "user", groups = group }
local nights  = calendar.weekly { "Mon-Sun 00:00-00:01" }

local function today()
  return tostring(clock.now()):sub(1, 10)
end

local function used(user)
  local entry = store.get(user)
  return entry and entry.day == today() and entry.used or 0 * second
end

-- Only somebody who is connected somewhere uses anything up.
local function is_in_use(user)
  for _, session in ipairs(sessions.list { class = "user", user = user }) do
    if session.disconnected == false then return true end
  end
  return false
end

clock.every(1 * minute, function ()
  local counted = {}
  for _, session in ipairs(sessions.list(members)) do
    local user = session.user
    if user and session.disconnected == false and not counted[user] then
      counted[user] = true
      store.set(user, { day = today(), used = used(user) + 1 * minute })
    end
  end
end)

sessions.watch(members, function (session)
  -- What is left can only be used up while time goes by: until then there is nothing to look at.
  local left = allowance - used(session.user)
  local rest = left < warnings[1] and left or warnings[1]   -- of one who comes back, what they had
  while left > warnings[1] do
    clock.sleep(left - warnings[1])
    left = allowance - used(session.user)
  end
  if rest < 2 * minute then rest = 2 * minute end

  local user, midnight = session.user, nights:starts(clock.now() + 1 * minute)
  local function counts() return clock.now() < midnight and is_in_use(user) end

  for still in clock.approach(clock.now() + rest, warnings, counts) do
    session:warn("Your {allowance} of today are nearly used up: you will be logged off in {left}.",
                 { allowance = allowance, left = still })
  end

  session:logoff("used " .. allowance .. " today")
end)
