-- table.sort as Lua has it depends on chance and escapes the budget; this one is stable and does neither.

local library = ...

local function merge(from, to, first, middle, last, before)
  local left, right = first, middle
  for place = first, last - 1 do
    if left < middle and (right >= last or not before(from[right], from[left])) then
      to[place], left = from[left], left + 1
    else
      to[place], right = from[right], right + 1
    end
  end
end

function library.sort(list, before)
  before = before or function (a, b) return a < b end
  local count, width = #list, 1
  local from, to = list, {}
  while width < count do
    for first = 1, count, 2 * width do
      local middle, last = first + width, first + 2 * width
      if middle > count + 1 then middle = count + 1 end
      if last > count + 1 then last = count + 1 end
      merge(from, to, first, middle, last, before)
    end
    from, to, width = to, from, 2 * width
  end
  if from ~= list then
    for place = 1, count do list[place] = from[place] end
  end
end
