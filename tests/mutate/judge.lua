-- Reads the results of scripts/mutate, and prints the changes that survived without a reason.
--
-- judge.lua ACCEPTED: of each line of ACCEPTED, `file | function | change | reason`, the first three are compared; line
-- numbers move, and files move to other folders.  Exits with 1 where there is a change that survived and is not among
-- them.

local function of(line)
    local verdict, place, name, change, source =
        line:match("^(%S+)\t[^\t]*\t[^\t]*\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    return verdict, place, name, change, source
end

local reasons = {}
for line in io.lines(arg[1]) do
    local key, reason = line:match("^(.- | .- | .*) | ([^|]+)$")
    if key and line:sub(1, 1) ~= "#" then
        reasons[key] = reason
    end
end

local red, accepted, survived = 0, 0, {}
for line in io.stdin:lines() do
    local verdict, place, name, change, source = of(line)
    if verdict == "red" then
        red = red + 1
    elseif reasons[("%s | %s | %s"):format(place:match("([^/:]+):%d+$"), name, change)] then
        accepted = accepted + 1
    else
        survived[#survived + 1] = ("%s  %s\n    %s"):format(place, change, source)
    end
end
table.sort(survived)
for _, line in ipairs(survived) do
    print(line)
end
print(("%d noticed, %d survived with a reason, %d without"):format(red, accepted, #survived))
os.exit(#survived == 0)
