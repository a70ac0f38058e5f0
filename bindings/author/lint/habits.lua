--- What policies do with words that each are right and together cannot be meant: messages for warnings, answers that
-- nobody reads, vetoes that answer with `true`, idle times compared by hand.

local function set(words)
  local all = {}
  for word in words:gmatch("%S+") do all[word] = true end
  return all
end

local opens = set "function if do repeat"
local orders = set "< <= > >="
local passes = set "sleep wait wait_idle wait_active answered approach countdown"
local shows = set "warn tell refuse_logons"

--- `types` are those of a session's fields; `at`, `is` and `is_statement` ask about places among the `tokens`; `units`
-- are those of spans. Returns the lines of the selectors: of tasks, then of vetoes.
return function (core, types, tokens, at, is, is_statement, units)
  local sessions_named = { session = true }
  local frames = { { calls = {} } } -- the functions around: { veto, calls = { { name, place } } }
  local blocks = {}                 -- true for each that is a function
  local waits, ends, by_hand = false, false, nil
  local watches, vetoes = {}, {}    -- the lines of their selectors

  local function frame() return frames[#frames] end

  local function span_of(place)
    return at(place).kind == "number" and is(place + 1, "*") and units[at(place + 2).text] and tonumber(at(place).text)
  end

  -- ---- Calls ----

  local function last_call(name)
    local calls = frame().calls
    for i = #calls, 1, -1 do
      if calls[i].name == name then return calls[i], i end
    end
  end

  local function check_logoff(place)
    local warned, since = last_call("warn")
    local told = last_call("tell")
    ends = true
    for _, call in ipairs(frame().calls) do
      if call.lost then
        core.found(at(call.place).line, "answer", "nobody reads the answer of " .. call.name
          .. ", so the logoff comes whatever "
                   .. "the user does: write if " .. call.lost .. ":" .. call.name .. "(…) then return end")
      end
    end
    if told and not warned then
      core.found(at(told.place).line, "warning", "tell announces nothing, and the logoff behind it is refused: "
                 .. "to warn, write session:warn(\"… in {left}.\", { left = 5 * minute })")
    end
    if not warned then return end
    for i = since, #frame().calls do
      if passes[frame().calls[i].name] then return end
    end
    if last_call("approach") or last_call("countdown") then return end
    core.found(at(place).line, "warning", "nothing waits between the warning and this logoff: let the user come back, "
               .. "as in if session:wait_active(5 * minute) then return end", true)
  end

  local function text_of_call(place)
    local depth, text, left = 0, nil, nil
    repeat
      local token = at(place)
      if token.text == "(" then depth = depth + 1 elseif token.text == ")" then depth = depth - 1 end
      if token.kind == "string" and not text then text = token end
      if token.text == "left" and is(place + 1, "=") then left = place + 2 end
      place = place + 1
    until depth == 0 or not tokens[place]
    return text, left
  end

  local function check_text(place, name)
    local text, left = text_of_call(place + 1)
    if not text then return end
    local value, unit = text.text:match("{([%w_]+)} (%a+)")
    if unit and units[unit:gsub("s$", "")] then
      core.found(text.line, "text", "{" .. value .. "} prints its own unit (\"5 minutes\"): take \"" .. unit
                 .. "\" out of the text")
    end
    if left and at(left).kind == "number" and not is(left + 1, "*") then
      core.found(at(left).line, "text", "left = " .. at(left).text .. " is a number, not a span: write left = "
                 .. at(left).text .. " * minute")
    end
    if name == "warn" and not left and (text.text:match("%d+ ?(%a+)") or ""):match("^[hms]") then
      core.found(text.line, "text", "the warning tells a time that curfew does not know, and cannot keep: write "
                 .. "{left} in it, and { left = 5 * minute } behind it", true)
    end
  end

  local function read_method(place)
    local name = at(place).text
    local begins = place - 2
    frame().calls[#frame().calls + 1] = { name = name, place = place }
    waits = waits or name == "wait" or name == "wait_idle" or name == "wait_active"
    if (name == "wait_active" or name == "answered") and is_statement(begins) then
      frame().calls[#frame().calls].lost = at(begins).text
    elseif name == "logoff" then check_logoff(place) end
    if shows[name] then check_text(place, name) end
  end

  local function check_unwarned(place)
    if core.unwarned then return end -- as the entry says
    for before = place, math.max(1, place - 400), -1 do
      if at(before).text:match("^disconnected") then return end
      if is(before, "watch") then break end
    end
    core.found(at(place).line, "warning", "unwarned ends people who are connected only where the policy's entry says "
               .. "unwarned = true, too: rather warn them", true)
  end

  -- ---- Fields ----

  local function check_field(place)
    local field, sign, other = at(place + 2).text, at(place + 3).text, at(place + 4)
    local name = at(place).text .. "." .. field
    local kind = types[field]
    if (sign == "==" or sign == "~=") and (field == "groups" or field == "programs") and other.text ~= "nil" then
      local instead = field == "groups" and ":in_group(\"staff\")" or ":runs(\"make\")"
      core.found(other.line, "comparison", name .. " is a list, which no text equals: write " .. at(place).text
        .. instead)
    elseif (sign == "==" or sign == "~=") and kind == "boolean"
      and (other.kind == "string" or other.kind == "number") then
      core.found(other.line, "comparison", name .. " is true, false or nil (unknown), never " .. other.text)
    elseif (sign == "==" or sign == "~=") and kind == "string" and other.kind == "string" then
      local why = core.wanted(field, other.text:sub(2, -2))
      if why then core.found(other.line, "value", why) end
    elseif (sign == ">=" or sign == "<=") and kind == "span" and span_of(place + 4) == 0 then
      local flag = field:match("^(%a+)_for$")
      core.found(other.line, "comparison", sign == "<=" and name .. " <= 0 is not how to ask: write "
                 .. (flag and "not " .. at(place).text .. "." .. flag or name .. " < 1 * minute")
                 or name .. " >= 0 is nobody's limit: a limit of zero means never")
    end
    if kind == "span" and field == "idle" and orders[sign] or orders[at(place - 1).text] and field == "idle" then
      by_hand = by_hand or at(place).line
    end
  end

  -- ---- Blocks ----

  local function open_function(place)
    local call = at(place - 1).text == "," and place - 2 or place - 1
    local first = at(is(place + 1, "(") and place + 2 or 0)
    local depth = 0
    while call > 0 and not (depth == 0 and is(call, "(")) do -- the bracket that this is an argument in
      local text = at(call).text
      if text == ")" or text == "}" then depth = depth + 1 elseif text == "(" or text == "{" then depth = depth - 1 end
      if opens[text] or text == "end" then break end
      call = call - 1
    end
    local of_sessions = is(call - 3, "sessions")
    local list = of_sessions and (is(call - 1, "watch") and watches or is(call - 1, "protect") and vetoes)
    if list then list[#list + 1] = at(call).line end
    if of_sessions and first.kind == "name" then sessions_named[first.text] = true end
    frames[#frames + 1] = { calls = {}, veto = of_sessions and is(call - 1, "protect") }
  end

  local function close()
    if table.remove(blocks) then
      local inner = table.remove(frames)
      for _, call in ipairs(inner.calls) do -- a helper's or a condition's are the outer one's, too
        if call.name ~= "logoff" then frame().calls[#frame().calls + 1] = call end
      end
    end
  end

  for place, token in ipairs(tokens) do
    if token.kind == "word" and opens[token.text] then
      local is_function = token.text == "function"
      blocks[#blocks + 1] = is_function
      if is_function then open_function(place) end
    elseif token.text == "end" or token.text == "until" then
      close()
    elseif token.text == "return" and frame().veto and (is(place + 1, "true") or is(place + 1, "false")) then
      core.found(token.line, "veto", "a veto answers with its reason, a text, or nothing: write return \"in use\", "
                 .. "or return alone, rather than " .. at(place + 1).text)
    elseif token.kind == "name" and is(place + 1, "(")
      and (is(place - 1, ":") or passes[token.text] or shows[token.text]) then
      read_method(place)
    elseif token.text == "unwarned" and is(place + 1, "=") and is(place + 2, "true") then
      check_unwarned(place)
    elseif sessions_named[token.text] and is(place + 1, ".") and not is(place - 1, ".") then
      check_field(place)
    elseif is(place, "in") and is(place + 1, "ipairs") and is(place + 3, "sessions") then
      sessions_named[at(place - 1).text] = true
    end
  end

  if by_hand and ends and not waits then
    core.found(by_hand, "idle", "idle times compared by hand are of one moment, and input between two looks is missed: "
               .. "write session:wait_idle(25 * minute), and while the warning stands if "
               .. "session:wait_active(5 * minute) then return end", true)
  end
  return table.move(vetoes, 1, #vetoes, #watches + 1, watches)
end
