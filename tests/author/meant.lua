--- What runs, by the names that people write, for their test.

local programs = option("programs", { "make" }, "what spares")
local group    = option("group", "staff", "who is spared")

sessions.protect({ class = "user" }, function (session)
  if session:runs(programs) then return "busy" end
  if session:in_group(group) then return "staff" end
end)
