--- The words of scenario files, over a cursor in time that C keeps.

local core, person = ...
person.__index = person

function starts(when, zone) core.starts(when, zone) end
function advance(span) core.advance(span) end
function advance_to(when) core.advance_to(when) end

function logon(user, fields)
  return setmetatable({ label = core.logon(user, fields) }, person)
end

--- What the function does happens beside what follows: time goes back to where it stood before.
function meanwhile(fn)
  if type(fn) ~= "function" then core.misuse("meanwhile wants a function () … end") end
  local here = core.now()
  fn()
  core.back(here)
end

host = {}
function host.sleep(span) core.host("sleep", span) core.advance(span) end
function host.step(span) core.host("step", span) end
function host.fault(name, value) core.host("fault", value, name) end
