--- Everybody out for maintenance: warned in stages before a window opens, nobody new while it lasts.
--
-- Members of the operators' groups stay, and so do those whose groups nobody knows.

local window    = calendar.weekly(option("window", { "Sun 02:00-06:00" }, "when nobody may be logged on"))
local operators = option("operators", { "operators" }, "groups whose members stay", { empty = true })
local warnings  = option("warnings", { 1 * hour, 15 * minute, 5 * minute, 1 * minute },
                         "how long before the window to warn", { least = 10 * second, most = 1 * day })
local grace     = option("grace", 5 * minute, "what a session found inside the window is given",
                         { least = 2 * minute, most = 1 * day })

local function stays(session)
  for _, group in ipairs(operators) do
    if session:in_group(group) ~= false then return true end
  end
  return false
end

sessions.watch({ class = "user" }, function (session)
  if stays(session) then return end
  local opening = window:starts(clock.now() + grace)

  for left in clock.approach(opening, warnings) do
    session:warn("Maintenance: this session ends in {left}.", { left = left })
  end

  session:logoff("maintenance")
end)

clock.at(window, function ()
  local ends = window:ends(clock.now())
  host.refuse_logons("This host is under maintenance until {ends}.", { ends = ends })
  clock.sleep(ends - clock.now())
  host.refuse_logons(nil)
end)
