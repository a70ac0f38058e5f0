-- Sums and differences of dense calendars, asked again and again, each within the budget.

local lines = {}
for i = 1, 700 do
  local from = 2 * i
  lines[i] = ("%02d:%02d-%02d:%02d"):format(from // 60, from % 60, (from + 1) // 60, (from + 1) % 60)
end
local open = calendar.weekly(lines)

sessions.watch({}, function ()
  for i = 1, 20 do
    local nothing = open - open
    if nothing:contains(clock.now() + i * day) or nothing:starts(clock.now() + i * day) ~= never then log("?") end
  end
end)
