--- What people do, in the same words in scenarios and in tests.
-- `core.act(label, what[, argument[, text]])` makes it happen or notes it down; `core.advance(span)` lets time pass;
-- `core.gone(label)` tells whether a policy ended the session, which a scenario cannot know.

local core = ...

local person = {}

--- Once, or at a pace, `{ every = 2 * minute, during = 3 * hour }`, while time passes; whoever was logged off meanwhile
-- does no more.
local function again(self, what, pace)
  if pace == nil then return core.act(self.label, what) end
  local every, left = core.pace(pace)
  while left >= every do
    core.advance(every)
    if not core.gone(self.label) then core.act(self.label, what) end
    left = left - every
  end
  core.advance(left)
end

function person:input(pace) again(self, "input", pace) end
-- "output" is a field of the session's.
function person:prints(pace) again(self, "output", pace) end
function person:runs(program) core.act(self.label, "job", 1, program) end
function person:stops(program) core.act(self.label, "job", 0, program) end
function person:answer(yes) core.act(self.label, "answer", yes == false and 0 or 1) end

--- Comes again after a logoff, as the same person at the same place.
function person:logon() core.act(self.label, "logon") end

-- "return" is a word of Lua's.
function person:returns() core.act(self.label, "return") end

for _, what in ipairs { "lock", "unlock", "disconnect", "reconnect", "logoff", "stop_output", "start_output" } do
  person[what] = function (self) core.act(self.label, what) end
end

return person
