--- What can be told of a policy by reading it: what its names stand for, and what cannot be meant.
-- `core.near(word, words)` is the one that was meant, or nil; `core.found(line, kind, text[, warns])` reports.

local core, meta, suspects, habits = ...

-- ---- What there is: the words of meta.lua and of Lua ----------------------------------------------------------

local globals = { _ENV = true }  -- name → true
local members = {}               -- table → { name → true }
local units = {}                 -- name → its seconds

local function read_declaration()
  local of, class, value = {}, nil, nil
  for line in meta:gmatch("[^\n]+") do
    class, value = line:match("^%-%-%-@class (%w+)") or class, line:match("^%-%-%-@type (%w+)") or value
    local field, kind = line:match("^%-%-%-@field ([%w_]+) (%w+)")
    local name = line:match("^([%w_]+) =") or line:match("^function ([%w_]+)%(")
    local holder, member = line:match("^function ([%w_]+)[.:]([%w_]+)%(")
    of[class or ""] = of[class or ""] or {}
    if field then
      of[class][field] = kind
    elseif name then
      globals[name] = true
      if value == "span" then units[name] = _ENV[name] / second end
      if line:find("{}", 1, true) then members[name] = of[class] end
      value = nil
    elseif holder == "session" then
      of.session[member] = "method"
    elseif members[holder] then
      members[holder][member] = true
    end
  end
  return of.session
end

for name, value in pairs(_ENV) do
  globals[name] = true
  if type(value) == "table" then
    members[name] = {}
    for member in pairs(value) do members[name][member] = true end
  end
end
local types = read_declaration() -- of a session's fields; of its methods: "method"

local function hint(word, known)
  local names = {}
  for name in pairs(known) do names[#names + 1] = name end
  table.sort(names, function (a, b) return math.abs(#a - #word) < math.abs(#b - #word) end)
  local nearest = core.near(word, names)
  return nearest and "; did you mean '" .. nearest .. "'?" or ""
end

-- ---- Reading --------------------------------------------------------------------------------------------------

local given_session = { ["sessions.watch"] = true, ["sessions.protect"] = true, ["sessions.on"] = true }
local comparing = { ["<"] = true, ["<="] = true, [">"] = true, [">="] = true, ["=="] = true, ["~="] = true }
local closing = { [")"] = true, ["}"] = true, ["]"] = true }
local goes_on = { ["return"] = true, ["and"] = true, ["or"] = true, ["not"] = true, ["in"] = true, ["if"] = true,
                  ["elseif"] = true, ["while"] = true, ["until"] = true }
local nothing = { kind = "none", text = "", line = 0 }

--- Reads a policy's tokens, { kind, text, line } each, where `kind` is "name", "word" (a reserved one), "number",
-- "string" (its text has its quotes) or "sign". `configured[name]` says that an option's default does not count, and
-- the list in it is of texts that its options hold. Returns those and the policy's own.
return function (tokens, configured)
  local i = 1
  local block        -- the innermost: { up, names, is, waits (for its `do`), idle (waited for) }
  local brackets = {} -- what is open: { text, call }
  local assigned = {} -- names that are given another value somewhere

  local function at(place) return tokens[place] or nothing end
  local function is(place, text) return at(place).text == text end

  -- ---- Scopes ----

  local function open(kind, waits) block = { up = block, names = {}, is = kind, waits = waits } end

  local function forget()
    for _, variable in pairs(block.names) do
      if variable.option and variable.reads == 0 then
        core.found(variable.line, "option", "nobody reads the option '" .. variable.option
                   .. "': what it is set to changes nothing; use it, or take it out")
      end
    end
    block.names = {}
  end

  local function close()
    forget()
    if block.is == "function" then brackets[#brackets] = nil end
    block = block.up
  end

  local function declare(place)
    local variable = { line = at(place).line, reads = 0 }
    block.names[at(place).text] = variable
    return variable
  end

  local function find(name)
    local holder = block
    while holder and not holder.names[name] do holder = holder.up end
    return holder and holder.names[name]
  end

  -- ---- Constant spans ----

  local function term(place)
    local token = at(place)
    local variable = token.kind == "name" and find(token.text)
    if token.kind == "number" and is(place + 1, "*") and units[at(place + 2).text] then
      return tonumber(token.text) * units[at(place + 2).text], place + 3
    elseif variable then
      return variable.seconds, place + 1
    end
    return token.kind == "name" and units[token.text], place + 1
  end

  --- The seconds of the constant at `place`, and the place behind it; nil where there is none.
  local function constant(place)
    local seconds, behind = term(place)
    while seconds and is(behind, "+") do
      local more, after = term(behind + 1)
      seconds, behind = more and seconds + more, after
    end
    local after = at(behind).text
    if seconds and not after:find("^[-*/%%^.:%[(]") then return seconds, behind end
  end

  local check_comparison, check_truth, check_condition = suspects(core, types, at, find, constant)

  --- What `local name = …` stands for.
  local function describe(variable, place)
    if is(place, "option") and is(place + 1, "(") and at(place + 2).kind == "string" and not find("option") then
      local list = is(place + 4, "{")
      local seconds = constant(list and place + 5 or place + 4)
      variable.option = at(place + 2).text:sub(2, -2)
      variable.span = seconds and not list
      if configured[variable.option] then seconds = nil end
      variable.seconds, variable.lead = not list and seconds or nil, list and seconds or nil
    else
      local seconds, behind = constant(place)
      local more = is(behind, "and") or is(behind, "or") or (at(behind).kind == "sign" and not is(behind, ";"))
      if seconds and not more then variable.seconds, variable.span = seconds, true end
    end
  end

  -- ---- Names ----

  local function is_key(place)
    local before, holder = at(place - 1).text, brackets[#brackets]
    return holder and holder.text == "{" and is(place + 1, "=") and (before == "{" or before == "," or before == ";")
  end

  local function check_member(place, variable)
    local base, member = at(place).text, at(place + 2)
    if not (is(place + 1, ".") or is(place + 1, ":")) then return end
    if variable and variable.session and not types[member.text] then
      core.found(member.line, "field", "a session has no field '" .. member.text .. "'" .. hint(member.text, types))
    elseif not variable and members[base] and not members[base][member.text] then
      core.found(member.line, "field", base .. " has no '" .. member.text .. "'" .. hint(member.text, members[base]))
    end
  end

  local function check_target(place)
    local name = at(place).text
    if at(place).kind == "name" and not find(name) then
      core.found(at(place).line, "global", "'" .. name .. "' is no local variable, and globals cannot be set: write "
                 .. "local " .. name .. " = …")
    end
  end

  --- Whether a call that begins here is a statement, so that what it returns is lost.
  local function is_statement(place)
    local before = at(place - 1)
    if before.kind == "sign" then return closing[before.text] or before.text == ";" end
    return not goes_on[before.text]
  end

  local function read_name()
    local name, before = at(i), at(i - 1).text
    local is_name = before == "." or before == ":" or before == "goto" or before == "::" or is_key(i)
    if is_name or is(i + 1, "=") then return end
    local variable = find(name.text)
    check_member(i, variable)
    if variable then
      variable.reads = variable.reads + 1
      check_truth(i)
      if variable.session then check_condition(i) end
    elseif not globals[name.text] then
      core.found(name.line, "name", "'" .. name.text .. "' means nothing here: no local variable and no word of "
                 .. "curfew's" .. hint(name.text, globals))
    elseif name.text == "option" and is(i + 1, "(") and is_statement(i) then
      core.found(name.line, "option", "nobody reads the option '" .. at(i + 2).text:sub(2, -2)
                 .. "': what it is set to changes nothing; write local … = option(…), or take it out")
    end
  end

  --- A countdown that begins before the wait that it ends.
  local function check_lead(place)
    local holder = block
    while holder.is ~= "function" and holder.up do holder = holder.up end
    if is(place, "wait_idle") then
      local seconds, behind = constant(place + 2)
      holder.idle = seconds and is(behind, ")") and seconds or nil
    elseif is(place, "countdown") and holder.idle then
      local first = is(place + 1, "(") and place + 2 or place + 1
      local list = at(first).kind == "name" and find(at(first).text)
      local lead = list and list.lead or constant(is(first, "{") and first + 1 or first)
      if lead and lead > holder.idle then
        core.found(at(place).line, "countdown", "the countdown takes " .. lead * second .. " on top of the "
                   .. holder.idle * second .. " of wait_idle, longer than that itself: to end at the limit, write "
                   .. "session:wait_idle(limit - warnings[1]), with a limit longer than the first warning", true)
      end
    end
  end

  -- ---- Statements ----

  local function read_local()
    if is(i + 1, "function") then return end
    local first, count = i + 1, 0
    repeat
      i, count = i + 1, count + 1
      declare(i)
      if is(i + 1, "<") then i = i + 3 end
      i = i + 1
    until not is(i, ",")
    if not is(i, "=") then
      i = i - 1
    elseif count == 1 then
      local variable = block.names[at(first).text]
      block.names[at(first).text] = nil -- what it is made of may be another one of its name
      describe(variable, i + 1)
      block.names[at(first).text] = variable
      if assigned[at(first).text] then variable.seconds, variable.span, variable.lead = nil, nil, nil end
    end
  end

  local function read_function()
    local holder = brackets[#brackets]
    local is_task = holder and given_session[holder.call]
    local name, is_method = i + 1, false
    if at(name).kind == "name" then
      if is(i - 1, "local") then declare(name)
      elseif is(name + 1, "(") then check_target(name) end
      while not is(i, "(") do
        i = i + 1
        is_method = is_method or is(i, ":")
      end
    else
      i = i + 1
    end
    open("function")
    brackets[#brackets + 1] = { text = "function" }
    if is_method then block.names.self = { line = 0, reads = 0 } end
    local first = i + 1
    while not is(i, ")") do
      i = i + 1
      if at(i).kind == "name" then declare(i).session = is_task and i == first end
    end
  end

  local function read_for()
    open("loop", true)
    local first = i + 1
    repeat
      i = i + 1
      if at(i).kind == "name" then declare(i) end
    until is(i, "in") or is(i, "=")
    if i == first + 3 and is(i + 1, "ipairs") and is(i + 3, "sessions") and is(i + 5, "list") then
      block.names[at(i - 1).text].session = true
    end
  end

  local function read_until()
    for name, variable in pairs(block.names) do block.up.names[name] = variable end -- its condition sees them
    block = block.up
  end

  local function read_assignment()
    if is_key(i - 1) then return end
    local place = i - 1
    while at(place).kind == "name" and not is(place - 1, ".") do
      check_target(place)
      if not is(place - 1, ",") then break end
      place = place - 2
    end
  end

  local function open_bracket()
    local call = at(i - 1).text
    if is(i - 2, ".") then call = at(i - 3).text .. "." .. call end
    brackets[#brackets + 1] = { text = at(i).text, call = is(i, "(") and call or nil }
  end

  local function close_bracket() brackets[#brackets] = nil end

  local readers = {
    ["local"] = read_local, ["function"] = read_function, ["for"] = read_for, ["until"] = read_until,
    ["while"] = function () open("loop", true) end,
    ["do"] = function () if block.waits then block.waits = nil else open("do") end end,
    ["if"] = function () open("if") end, ["repeat"] = function () open("repeat") end,
    ["else"] = forget, ["elseif"] = forget, ["end"] = close,
    ["="] = read_assignment, ["("] = open_bracket, ["{"] = open_bracket, ["["] = open_bracket,
    [")"] = close_bracket, ["}"] = close_bracket, ["]"] = close_bracket,
  }

  for place, token in ipairs(tokens) do
    local before = at(place - 1).text
    if token.kind == "name" and is(place + 1, "=") and before ~= "local" and before ~= "for" and before ~= "{"
       and before ~= "," and before ~= ";" then
      assigned[token.text] = true
    end
  end

  open("function")
  brackets[1] = { text = "function" }
  local texts = table.move(configured, 1, #configured, 1, {})
  while tokens[i] do
    local token = at(i)
    if readers[token.text] then readers[token.text]()
    elseif token.kind == "name" then
      check_lead(i)
      read_name()
    elseif token.kind == "string" then texts[#texts + 1] = token.text:sub(2, -2)
    elseif comparing[token.text] then
      check_comparison(i)
      check_condition(i)
    end
    i = i + 1
  end
  while block do close() end
  texts.lines = habits(core, types, tokens, at, is, is_statement, units) -- of the selectors
  return texts
end
