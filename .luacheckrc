-- luacheck: Lua as policies see it, and what each kind of file may use besides.

stds.sandbox = {
  read_globals = {
    "assert", "error", "getmetatable", "ipairs", "pairs", "pcall", "rawequal", "rawget", "rawlen", "select",
    "setmetatable", "tonumber", "tostring", "type", "_ENV", "math", "string", "table", "utf8",
  },
}

local words = {
  "sessions", "clock", "calendar", "option", "log", "host", "store", "require", "countdown", "second", "minute",
  "hour", "day", "never",
}
stds.curfew = { read_globals = words }

std = "sandbox+curfew"
max_line_length = 120
self = false

-- Policies' own tests, and scenarios
files["**/*_test.lua"].read_globals = { "test", "expect" }
files["tests/scenarios/**/*.lua"].read_globals = { "starts", "advance", "advance_to", "logon", "meanwhile" }

-- The preludes define what the others use, on top of whole Lua.
files["bindings/**/*.lua"] = { std = "lua54", globals = words, allow_defined_top = true, ignore = { "131" } }

-- Programs of their own
files["scripts/reference"] = { std = "lua54" }
files["tests/docs/run"] = { std = "lua54" }
files["tests/mutate/*.lua"] = { std = "lua54" }

-- Annotations for editors: functions without a body
files["bindings/meta.lua"] = { std = "lua54", allow_defined_top = true, unused = false, ignore = { "131" } }
