-- luacheck: ignore
-- A whole configuration, for the tests of host:configure.
dry_run  = true
policies = { { "tests/author/nudge.lua", limit = "3m", except = { users = { "otto" } } } }
protect  = { users = { "olga" }, console = false }
limits   = { notice = "30s" }
