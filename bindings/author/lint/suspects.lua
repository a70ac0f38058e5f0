--- What policies do with times that cannot be meant: comparisons with what is no time, bare truth tests, conditions
-- that never hold.

local function set(words)
  local all = {}
  for word in words:gmatch("%S+") do all[word] = true end
  return all
end

local arithmetic = set "+ - * / // % ^ .. & |"
local comparisons = set "< <= > >= == ~="
local goes_on = set ". : [ ( + - * / // % ^ .. & |"
local tested = set "if elseif while until and or"
local constants = set "nil true false"
local mirrored = { ["<"] = ">", ["<="] = ">=", [">"] = "<", [">="] = "<=" }

--- `types` are those of a session's fields; `at(place)` is a token, `find(name)` a local variable, `constant(place)`
-- the seconds of a constant span there and the place behind it.
return function (core, types, at, find, constant)

  -- A value is { text, kind, first, last }; `field` of a session, or `seconds` of a constant span.

  local function field_at(place, step)
    local first = step < 0 and place - 2 or place
    local base, kind = at(first), types[at(first + 2).text]
    local variable = base.kind == "name" and find(base.text)
    if variable and variable.session and at(first + 1).text == "." then
      local text = base.text .. "." .. at(first + 2).text
      return { text = text, kind = kind, field = true, first = first, last = first + 2 }
    end
  end

  local function span_at(place, step)
    for first = step < 0 and place - 2 or place, place, 2 do
      local seconds, behind = constant(first)
      if seconds and (step > 0 or behind == place + 1) then
        local text = tostring(seconds * second)
        return { text = text, kind = "span", seconds = seconds, first = first, last = behind - 1 }
      end
    end
    local variable = at(place).kind == "name" and find(at(place).text)
    if variable and variable.span then
      return { text = at(place).text, kind = "span", first = place, last = place }
    end
  end

  local function plain_at(place, step)
    local negative = step > 0 and at(place).text == "-"
    local token = at(negative and place + 1 or place)
    if token.kind ~= "number" and token.kind ~= "string" and not constants[token.text] then return end
    return { text = (negative and "-" or "") .. token.text, kind = token.kind, first = place,
             last = negative and place + 1 or place }
  end

  --- The operand before (step -1) or behind (1) the comparison at `place`, if it is one of these alone.
  local function operand(place, step)
    local value = field_at(place + step, step) or span_at(place + step, step) or plain_at(place + step, step)
    if not value then return end
    local before, after = at(value.first - 1).text, at(value.last + 1).text
    if step < 0 and not arithmetic[before] and before ~= "." then return value end
    if step > 0 and not goes_on[after] and not comparisons[after] then return value end
  end

  --- A comparison of a time with what is no time, or of one that passes with exactly something.
  local function check_comparison(place)
    local time, other = operand(place, -1), operand(place, 1)
    if not time or not other then return end
    if other.field or (time.kind ~= "span" and time.kind ~= "instant") then time, other = other, time end
    local sign, never_nil = at(place).text, other.text == "nil"
    local is_span = time.kind == "span"
    local plain = other.kind == "number" or other.kind == "string" or constants[other.text]
    local outcome = sign == "==" and " is always false: " or sign == "~=" and " is always true: " or " fails: "
    if is_span and time.field and sign == "==" and (other.seconds or 0) > 0 then
      core.found(at(place).line, "comparison", time.text .. " == " .. other.text
                 .. " holds for a millionth of a second, if ever: write " .. time.text .. " >= …")
    elseif plain and (is_span or (time.kind == "instant" and not never_nil)) then
      local why = never_nil and "a span is never nil, even if unknown" or "a time compares with a time only"
      local advice = is_span and ", as in " .. time.text .. (never_nil and " > 0 * second" or " >= 30 * minute") or ""
      local text = time.text .. " " .. sign .. " " .. other.text .. outcome .. why .. advice
      core.found(at(place).line, "comparison", text)
    end
  end

  --- The time whose first token is at `place`: whether it stands where only true or false count.
  local function check_truth(place)
    local value = field_at(place, 1) or span_at(place, 1)
    if not value or value.kind ~= "span" or (value.seconds and at(place).kind == "number") then return end
    local first, last = value.first, value.last
    while at(first - 1).text == "(" and at(last + 1).text == ")" and at(first - 2).kind ~= "name" do
      first, last = first - 1, last + 1
    end
    local before, after = at(first - 1).text, at(last + 1).text
    local alone = not arithmetic[before] and not comparisons[before] and before ~= "."
    if before == "not" or (alone and after == "and") or (alone and after == "or" and before ~= "and")
       or (tested[before] and (after == "then" or after == "do"))
       or (before == "until" and not goes_on[after] and not comparisons[after]) then
      local name = value.field and value.text or at(place).text
      core.found(at(place).line, "truth", name .. " is a length of time, which always counts as true, zero and unknown "
                 .. "ones too: compare it, as in " .. name .. " > 0 * second")
    end
  end

  -- ---- Conditions that never hold ----

  -- An atom is what must be so, { field, sign, seconds } or { field, truth }, with `first` and `last`.

  local function comparison_at(place)
    local left, right, sign = operand(place, -1), operand(place, 1), at(place).text
    if not left or not right or not mirrored[sign] then return end
    if right.field then left, right, sign = right, left, mirrored[sign] end
    if left.field and left.kind == "span" and right.seconds then
      return { field = left.text, sign = sign, seconds = right.seconds,
               first = math.min(left.first, right.first), last = math.max(left.last, right.last) }
    end
  end

  local function truth_at(place)
    local value = field_at(place, 1)
    if not value or value.kind ~= "boolean" then return end
    local truth = at(place - 1).text ~= "not"
    local first = truth and place or place - 1
    local before, after = at(first - 1).text, at(value.last + 1).text
    if comparisons[after] or goes_on[after] then return end
    if not tested[before] and before ~= "(" and before ~= "return" then return end
    return { field = value.text, truth = truth, first = first, last = value.last }
  end

  local function words_of(atom)
    if atom.sign then return atom.field .. " " .. atom.sign .. " " .. tostring(atom.seconds * second) end
    return (atom.truth and "" or "not ") .. atom.field
  end

  --- Whether `low` keeps the field above where `high` lets it go.
  local function apart(low, high)
    return low.sign:find(">", 1, true) and high.sign:find("<", 1, true)
      and (low.seconds > high.seconds or (low.seconds == high.seconds and (low.sign == ">" or high.sign == "<")))
  end

  local function contradict(a, b)
    if a.sign and b.sign then return a.field == b.field and (apart(a, b) or apart(b, a)) end
    if not a.sign and not b.sign then return a.field == b.field and a.truth ~= b.truth end
    local lasts, flag = a.sign and a or b, a.sign and b or a
    return lasts.field == flag.field .. "_for" and not flag.truth
      and (lasts.sign == ">" or (lasts.sign == ">=" and lasts.seconds > 0))
  end

  local chain = {} -- of atoms joined by `and`

  local function check_condition(place)
    local atom = comparison_at(place) or truth_at(place)
    if not atom then return end
    local line, before = at(place).line, chain[#chain]
    if atom.sign == "<" and atom.seconds <= 0 or atom.sign == "<=" and atom.seconds < 0 then
      core.found(line, "condition", words_of(atom) .. " never holds: no time is shorter than nothing")
    end
    if not (before and at(atom.first - 1).text == "and" and before.last == atom.first - 2) then chain = {} end
    for _, other in ipairs(chain) do
      if contradict(other, atom) then
        core.found(line, "condition", words_of(other) .. " and " .. words_of(atom)
                   .. " never hold together: one of them is wrong, or `or` was meant")
        break
      end
    end
    chain[#chain + 1] = atom
  end

  return check_comparison, check_truth, check_condition
end
