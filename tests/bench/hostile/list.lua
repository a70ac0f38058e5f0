-- Every session compares all sessions with many patterns, whenever it may.

local users = {}
for i = 1, 250 do users[i] = ("*" .. i .. "x*"):rep(4) end

sessions.watch({}, function ()
  for _ = 1, 100 do sessions.list { user = users } end
end)
