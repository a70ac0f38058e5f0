--- The words of test files: a host of the test's own, the people on it, its journal.

local core, person = ...

local host = {}

local current              -- the host of the test that is running
local rows_of = setmetatable({}, { __mode = "k" }) -- a journal that was read → its rows in the timeline

local function check(self)
  if type(self) ~= "table" then core.misuse("a colon is missing: host:advance(…), ana:input()") end
  if (rawget(self, "host") or self) ~= current then core.misuse("this belongs to another test") end
end

--- The same methods, for the running test's own objects only.
local function guarded(methods)
  local all = {}
  for name, method in pairs(methods) do
    all[name] = function (self, ...)
      check(self)
      return method(self, ...)
    end
  end
  return all
end

local deeds = guarded(person)
local someone = {}

function deeds:stay(span)
  check(self)
  core.stay(self.label, span)
end

function someone:__index(key)
  if deeds[key] then return deeds[key] end
  check(self)
  if key == "notices" then return core.notices(self.label) end
  if key == "gone" then return core.gone(self.label) end
  return core.field(self.label, key)
end

function someone:__newindex(key) core.misuse("'" .. tostring(key) .. "' cannot be set: say what the person does") end

function host:starts(when, zone) core.starts(when, zone) end
function host:configure(what) core.configure(what) end
function host:load(file, options) core.load(file, options) end
function host:protected() return core.protected() end
function host:advance(span) core.advance(span) end
function host:advance_to(when) core.advance_to(when) end
function host:resume(asleep) core.host("sleep", asleep) end
function host:step(by) core.host("step", by) end
function host:fault(name, per_mille) core.host("fault", per_mille, name) end

function host:logon(user, fields)
  return setmetatable({ host = self, label = core.logon(user, fields) }, someone)
end

local known = { session = true, policy = true, what = true, all = true }

--- The journal's lines that fit `filter`; without `what` or `all`, what was decided and not what came of it.
function host:journal(filter)
  filter = filter or {}
  for key in pairs(filter) do
    if not known[key] then core.misuse("journal: '" .. tostring(key) .. "' is none of session, policy, what, all") end
  end
  local label = filter.session and filter.session.label
  if filter.session and not label then core.misuse("journal: 'session' wants one that logged on here") end
  if filter.what then core.known_what(filter.what) end

  local lines, rows = {}, {}
  for place, row in ipairs(core.rows()) do
    if row.what and (not label or row.label == label) and (not filter.policy or row.by == filter.policy)
       and (filter.all or (filter.what and row.what == filter.what) or (not filter.what and not row.outcome)) then
      lines[#lines + 1] = row.time .. "  " .. row.text
      rows[#rows + 1] = place
    end
  end
  rows_of[lines] = rows
  return lines
end

local methods = { __index = guarded(host) }

--- Runs one test.
return function (fn)
  current = setmetatable({}, methods)
  fn(current)
end, rows_of
