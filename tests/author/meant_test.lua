-- What spares somebody, in the words that people write: a path, a pattern, a name without its version.

local function lives(host, options, program)
  host:load("meant.lua", options)
  host:load("nudge.lua")
  local ana = host:logon("ana", { groups = {} })
  ana:runs(program)
  host:advance(2 * hour)
  return not ana.gone
end

for words, program in pairs {
  ["make"] = "make", ["/usr/bin/make"] = "make", ["python*"] = "python3", ["python"] = "python3.11",
  ["/usr/bin/python"] = "python3", ["R?"] = "R4",
} do
  test("'" .. words .. "' spares who runs " .. program, function (host)
    expect(lives(host, { programs = words }, program)):is(true)
  end)
end

for words, program in pairs { ["make"] = "cmake", ["python3"] = "pythonista", ["py"] = "python" } do
  test("'" .. words .. "' is not " .. program, function (host)
    expect(lives(host, { programs = words }, program)):is(false)
  end)
end

for _, words in ipairs { "make, rsync", "make|rsync", "py[0-9]" } do
  test("'" .. words .. "' means no program: the veto fails, and holds", function (host)
    expect(lives(host, { programs = words }, "bash")):is(true)
    expect(host:journal { what = "failed" }[1]:match("runs wants programs' names")):is("runs wants programs' names")
  end)
end
