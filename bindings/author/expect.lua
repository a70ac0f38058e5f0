--- `expect(value)`: what tests claim, and what is shown when a claim does not hold.

local core, rows_of = ...

local BEFORE, AFTER = 30, 10 -- rows of the timeline shown around the first difference
local CELLS = 250000         -- the largest table the comparison may fill

local expectation = {}
expectation.__index = expectation

function expect(value)
  return setmetatable({ value = value }, expectation)
end

local function show(value)
  if type(value) == "string" then return '"' .. value .. '"' end
  if type(value) ~= "table" then return tostring(value) end
  local items = {}
  for _, item in ipairs(value) do items[#items + 1] = show(item) end
  return "{ " .. table.concat(items, ", ") .. " }"
end

function expectation:is(wanted)
  if self.value ~= wanted then core.fail("expected " .. show(wanted) .. ", got " .. show(self.value)) end
end

function expectation:is_near(wanted, span)
  if wanted == nil or span == nil then core.misuse("is_near wants a value, and how near it is to be") end
  local near = self.value ~= nil and wanted - self.value <= span and self.value - wanted <= span
  if not near then
    core.fail(("expected %s within %s, got %s"):format(show(wanted), show(span), show(self.value)))
  end
end

local function check_text(text, claim)
  if type(text) ~= "string" then core.misuse(claim .. " wants a text") end
end

function expectation:contains(text)
  check_text(text, "contains")
  local items = type(self.value) == "table" and self.value or { self.value }
  for _, item in ipairs(items) do
    if tostring(item):find(text, 1, true) then return end
  end
  core.fail("expected " .. show(text) .. " in " .. show(self.value))
end

function expectation:fails(pattern)
  check_text(pattern, "fails")
  local done, message = pcall(self.value)
  if done then core.fail("expected an error like " .. show(pattern) .. ", but there was none") end
  message = tostring(message)
  if not message:find(pattern, 1, true) and not message:find(pattern) then
    core.fail("expected an error like " .. show(pattern) .. ", got " .. show(message))
  end
end

--- For each pair of places (i, j), how many lines wanted[i…] and got[j…] have in common, in order.
local function common(wanted, got, first, last_wanted, last_got)
  local lengths = {}
  for i = last_wanted + 1, first, -1 do
    lengths[i] = {}
    for j = last_got + 1, first, -1 do
      if i > last_wanted or j > last_got then
        lengths[i][j] = 0
      elseif wanted[i] == got[j] then
        lengths[i][j] = lengths[i + 1][j + 1] + 1
      else
        lengths[i][j] = math.max(lengths[i + 1][j], lengths[i][j + 1])
      end
    end
  end
  return lengths
end

--- Adds the lines of both lists to `out`: "- " only wanted, "+ " only there.
local function differences(wanted, got, first, out)
  local last_wanted, last_got = #wanted, #got
  while last_wanted >= first and last_got >= first and wanted[last_wanted] == got[last_got] do
    last_wanted, last_got = last_wanted - 1, last_got - 1
  end
  local aligned = (last_wanted - first + 2) * (last_got - first + 2) <= CELLS
  local lengths = aligned and common(wanted, got, first, last_wanted, last_got)

  for i = 1, first - 1 do out[#out + 1] = "      " .. wanted[i] end
  local i, j = first, first
  while i <= last_wanted or j <= last_got do
    if lengths and i <= last_wanted and j <= last_got and wanted[i] == got[j] then
      out[#out + 1] = "      " .. wanted[i]
      i, j = i + 1, j + 1
    elseif i <= last_wanted and (j > last_got or not lengths or lengths[i + 1][j] >= lengths[i][j + 1]) then
      out[#out + 1] = "    - " .. wanted[i]
      i = i + 1
    else
      out[#out + 1] = "    + " .. got[j]
      j = j + 1
    end
  end
  for k = last_wanted + 1, #wanted do out[#out + 1] = "      " .. wanted[k] end
end

local function padded(text, width) return text .. (" "):rep(width - #text) end

--- Adds everything that happened around row `mark` to `out`; a mark behind the last row stands for "nothing more".
local function timeline(mark, out)
  local rows = core.rows()
  local from, to = math.max(1, mark - BEFORE), math.min(#rows, mark + AFTER)
  local time, who, by = 0, 0, 0
  for i = from, to do
    time, who, by = math.max(time, #rows[i].time), math.max(who, #rows[i].who), math.max(by, #rows[i].by)
  end
  if from > 1 then out[#out + 1] = ("      … %d more before"):format(from - 1) end
  for i = from, to do
    local row = rows[i]
    out[#out + 1] = (i == mark and "    > " or "      ") .. (" "):rep(time - #row.time) .. row.time .. "  "
      .. padded(row.who, who) .. "  " .. padded(row.by, by) .. "  " .. row.text
  end
  if to < #rows then out[#out + 1] = ("      … %d more after"):format(#rows - to) end
  if mark > #rows then out[#out + 1] = "    > nothing more" end
end

function expectation:reads(wanted)
  local got = self.value
  if type(got) ~= "table" or type(wanted) ~= "table" then core.misuse("reads compares two lists of lines") end
  local first = 1
  while wanted[first] == got[first] do
    if wanted[first] == nil then return end
    first = first + 1
  end

  local out = { "it reads differently (- expected, + as it is):" }
  differences(wanted, got, first, out)
  local rows = rows_of[got]
  if rows then
    out[#out + 1] = "  what happened, by whom or by which policy:"
    timeline(rows[first] or #core.rows() + 1, out)
    for _, line in ipairs(core.protected()) do out[#out + 1] = "  " .. line end
  end
  core.fail(table.concat(out, "\n"))
end
