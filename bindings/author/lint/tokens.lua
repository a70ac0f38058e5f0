--- Lua's tokens: { kind, text, line } each. `kind` is "name", "word" (a reserved one), "number", "string" or "sign";
-- the text of a string has its quotes. The source is one that Lua has compiled.

local words = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then true until
  while]]):gmatch("%S+") do
  words[word] = true
end

return function (source)
  local tokens, at, line = {}, 1, 1

  --- The last place of what begins here and matches.
  local function last(pattern) return select(2, source:find("^" .. pattern, at)) end

  local function add(kind, stop)
    local text = source:sub(at, stop)
    if kind then tokens[#tokens + 1] = { kind = kind, text = text, line = line } end
    for _ in text:gmatch("\n") do line = line + 1 end
    at = stop + 1
  end

  local function long(start)
    local equals = source:match("^%[(=*)%[", start)
    return equals and select(2, source:find("]" .. equals .. "]", start, true))
  end

  local function short(quote)
    local stop = at + 1
    while source:sub(stop, stop) ~= quote do stop = stop + (source:sub(stop, stop) == "\\" and 2 or 1) end
    return stop
  end

  while at <= #source do
    local char = source:sub(at, at)
    if last "%s+" then
      add(nil, last "%s+")
    elseif last "%-%-" then
      add(nil, long(at + 2) or last "[^\n]*")
    elseif last "[%a_]" then
      local stop = last "[%w_]+"
      add(words[source:sub(at, stop)] and "word" or "name", stop)
    elseif last "%.?%d" then
      add("number", last "%.?%d[%w.]*[eEpP][+-]%d+" or last "%.?%d[%w.]*")
    elseif char == '"' or char == "'" then
      add("string", short(char))
    elseif long(at) then
      add("string", long(at))
    else
      add("sign", last "%.%.%.?" or last "[=~<>]=" or last "//" or last "::" or at)
    end
  end
  return tokens
end
