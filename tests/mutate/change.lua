-- Puts changes into C files, all at once, each asleep until cf_mutant(NUMBER) says that it is in force (mutant.h).
--
-- change.lua FROM TO FILE…: reads FROM/FILE, writes TO/FILE, and prints a line for each change: its number, the file
-- and line, the function, what it does, and the source, with tabs between.  A change is text put in before and after a
-- run of tokens:
--   a condition holds always, or never; a comparison is turned, or takes in its border; one part of an `&&` or `||` is
--   left out; a call or an assignment is not made.

local keywords = {}
for word in ([[if else while for do switch case default return break continue goto sizeof struct union enum const
    static void bool char int unsigned signed long short float double]]):gmatch("%S+") do
    keywords[word] = true
end

local turned = { ["<"] = "<=", ["<="] = "<", [">"] = ">=", [">="] = ">", ["=="] = "!=", ["!="] = "==" }
local assigns = { ["="] = true, ["+="] = true, ["-="] = true, ["|="] = true, ["&="] = true }
local control = { ["if"] = true, ["for"] = true, ["while"] = true, ["switch"] = true }
local begins = { [";"] = true, ["{"] = true, ["}"] = true, ["else"] = true } -- what a statement stands behind
local openers, closers = { ["("] = ")", ["["] = "]", ["{"] = "}" }, { [")"] = true, ["]"] = true, ["}"] = true }

-- What is no decision: what it would take to notice is a leak or a missing line in the log.
local function is_idle(name)
    return name == "free" or name:find("free$") or name:find("close$") or name:find("_log") or name:find("assert")
end

local function tokens_of(text)
    local tokens, at, line = {}, 1, 1
    local operators = { "...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=",
        "-=", "*=", "/=", "%=", "&=", "|=", "^=" }
    local function put(kind, to)
        local token = { kind = kind, text = text:sub(at, to), from = at, to = to, line = line }
        if kind ~= "blank" then
            tokens[#tokens + 1] = token
        end
        for _ in token.text:gmatch("\n") do
            line = line + 1
        end
        at = to + 1
    end
    while at <= #text do
        local two = text:sub(at, at + 1)
        local first = text:sub(at, at)
        if first:find("%s") then
            put("blank", select(2, text:find("^%s+", at)))
        elseif two == "/*" then
            put("blank", select(2, text:find("*/", at, true)))
        elseif two == "//" then
            put("blank", (text:find("\n", at, true) or #text + 1) - 1)
        elseif first == "#" then
            local to = at
            repeat
                to = text:find("\n", to + 1, true) or #text
            until text:sub(to - 1, to - 1) ~= "\\"
            put("blank", to)
        elseif first == '"' or first == "'" then
            local to = at + 1
            while text:sub(to, to) ~= first do
                to = to + (text:sub(to, to) == "\\" and 2 or 1)
            end
            put("text", to)
        elseif first:find("[%a_]") then
            put("name", select(2, text:find("^[%w_]+", at)))
        elseif first:find("%d") then
            put("number", select(2, text:find("^[%w_.]+", at)))
        else
            local to = at
            for _, operator in ipairs(operators) do
                if text:sub(at, at + #operator - 1) == operator then
                    to = at + #operator - 1
                    break
                end
            end
            put("operator", to)
        end
    end
    return tokens
end

-- Gives each bracket the place of its other one.
local function match(tokens)
    local open = {}
    for i, token in ipairs(tokens) do
        if token.kind == "operator" and openers[token.text] then
            open[#open + 1] = i
        elseif token.kind == "operator" and closers[token.text] then
            local from = table.remove(open)
            token.other, tokens[from].other = from, i
        end
    end
end

local ends_operand = { ["&&"] = true, ["||"] = true, ["?"] = true, [":"] = true, [","] = true, [";"] = true }
for operator in pairs(assigns) do
    ends_operand[operator] = true
end

-- The first and the last token of the operand beside the operator at `at`: all up to what binds less than it.
local function operands(tokens, at, also)
    local function ends(token)
        return ends_operand[token.text] or also[token.text] or token.text == "return" or token.text == "case"
    end
    local from = at
    while not ends(tokens[from - 1]) and not openers[tokens[from - 1].text] do
        from = closers[tokens[from - 1].text] and tokens[from - 1].other or from - 1
        if from > 1 and tokens[from].text == "{" then
            return nil -- a block, or a literal of a struct
        end
    end
    local to = at
    while not ends(tokens[to + 1]) and not closers[tokens[to + 1].text] do
        to = openers[tokens[to + 1].text] and tokens[to + 1].other or to + 1
    end
    return from, to
end

local function change(path, text, list)
    local tokens = tokens_of(text)
    match(tokens)
    local edits = {}
    local name -- of the function that is changed
    local lines = {}
    for line in (text .. "\n"):gmatch("(.-)\n") do
        lines[#lines + 1] = line
    end

    -- Text before the token `from` and after the token `to`, of which %d is the number of the change.
    local function add(from, to, before, after, what)
        local number = #list
        local line = tokens[from].line
        list[#list + 1] = ("%d\t%s:%d\t%s\t%s\t%s"):format(number, path, line, name, what,
            lines[line]:match("^%s*(.-)%s*$"))
        local first, last = tokens[from].from, tokens[to].to
        edits[#edits + 1] = { from = first, to = last, before = before:format(number), after = after }
    end

    local function source(from, to)
        return text:sub(tokens[from].from, tokens[to].to)
    end

    -- Conditions, comparisons and their parts, from one token to another.
    local function expressions(from, to)
        for i = from, to do
            local token = tokens[i]
            if (token.text == "if" or token.text == "while") and tokens[i + 1].text == "(" then
                local first, last = i + 2, tokens[i + 1].other - 1
                add(first, last, "!cf_mutant(%d) && (", ")", "never: " .. source(first, last))
                if token.text == "if" then
                    add(first, last, "cf_mutant(%d) || (", ")", "always: " .. source(first, last))
                end
            elseif token.kind == "operator" and turned[token.text] then
                local first, last = operands(tokens, i, turned)
                local is_all = first and tokens[first - 2].text == "if" and tokens[first - 1].other == last + 1
                if first and not (is_all and (token.text == "==" or token.text == "!=")) then
                    local other = source(first, i - 1) .. " " .. turned[token.text] .. " " .. source(i + 1, last)
                    add(first, last, "(cf_mutant(%d) ? (" .. other:gsub("%%", "%%%%") .. ") : (", "))", other)
                end
            elseif token.text == "&&" or token.text == "||" then
                local first, last = operands(tokens, i, {})
                local function leave_out(a, b)
                    if token.text == "&&" then
                        add(a, b, "(cf_mutant(%d) || (", "))", "without: " .. source(a, b))
                    else
                        add(a, b, "(!cf_mutant(%d) && (", "))", "without: " .. source(a, b))
                    end
                end
                if first then
                    leave_out(i + 1, last)
                    if tokens[first - 1].text ~= token.text then
                        leave_out(first, i - 1) -- the first of them; each of the others stands behind an operator
                    end
                end
            end
        end
    end

    -- The last token of the statement that begins at `at`, when it is a call or an assignment.
    local function statement(at)
        local first, second = tokens[at], tokens[at + 1]
        if first.text == "(" and second.text == "void" then
            first, second = tokens[at + 3], tokens[at + 4]
        end
        local is_declaration = keywords[first.text] or not second or second.kind ~= "operator" or second.text == "*"
        if first.kind ~= "name" or is_declaration or is_idle(first.text) then
            return nil
        end
        local i, is_one = at, second.text == "("
        while tokens[i] and tokens[i].text ~= ";" do
            if closers[tokens[i].text] and tokens[i].other < at or tokens[i].text == ":" then
                return nil
            end
            is_one = is_one or assigns[tokens[i].text] or tokens[i].text == "++" or tokens[i].text == "--"
            i = openers[tokens[i].text] and tokens[i].other + 1 or i + 1
        end
        return is_one and i or nil
    end

    local function body(from, to)
        expressions(from, to)
        local controls = {} -- the places of the closing brackets of if (…), for (…), while (…), switch (…)
        for i = from, to do
            local word = tokens[i].text
            if control[word] and tokens[i + 1].text == "(" then
                controls[tokens[i + 1].other] = true
            end
        end
        local inside = from -- behind the last bracket that was passed: no statement begins in a for (…)
        for i = from + 1, to do
            local before = tokens[i - 1]
            if i > inside and (begins[before.text] or controls[i - 1]) then
                local last = statement(i)
                if last then
                    local what = "left out: " .. source(i, last):gsub("%s+", " ")
                    add(i, last, "do { if (!cf_mutant(%d)) ", " } while (0);", what)
                end
            end
            if tokens[i].text == "(" then
                inside = math.max(inside, tokens[i].other)
            end
        end
    end

    local i = 1
    while i <= #tokens do
        if tokens[i].text == "{" then
            if i > 1 and tokens[i - 1].text == ")" then -- a function's
                name = tokens[tokens[i - 1].other - 1].text
                body(i, tokens[i].other)
            end
            i = tokens[i].other
        end
        i = i + 1
    end

    -- From the last place to the first, and what encloses outside of what it encloses.
    local pieces = {}
    for n, edit in ipairs(edits) do
        local length = edit.to - edit.from
        pieces[#pieces + 1] = { at = edit.from, side = 1, rank = -length, n = n, text = edit.before }
        pieces[#pieces + 1] = { at = edit.to + 1, side = 0, rank = length, n = -n, text = edit.after }
    end
    table.sort(pieces, function(a, b)
        if a.at ~= b.at then return a.at < b.at end
        if a.side ~= b.side then return a.side < b.side end
        if a.rank ~= b.rank then return a.rank < b.rank end
        return a.n < b.n
    end)
    local out, at = {}, 1
    for _, piece in ipairs(pieces) do
        out[#out + 1] = text:sub(at, piece.at - 1)
        out[#out + 1] = piece.text
        at = piece.at
    end
    out[#out + 1] = text:sub(at)
    return table.concat(out)
end

local from, to = arg[1], arg[2]
local list = {}
for i = 3, #arg do
    local file = assert(io.open(from .. "/" .. arg[i]))
    local text = file:read("a")
    file:close()
    local changed = change(arg[i], text, list)
    file = assert(io.open(to .. "/" .. arg[i], "w"))
    file:write(changed)
    file:close()
end
for _, line in ipairs(list) do
    print((line:gsub("\n%s*", " ")))
end
