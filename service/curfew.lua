-- What curfew does on this host: curfew.lua(5) tells what may stand here, `curfew check --config FILE`
-- looks for mistakes in it, and `curfew reload` puts it in force.
--
-- As installed it is a dry run: the journal says what would happen (`curfew journal --dry-run`), and nothing is done.
dry_run = true

policies = {
  { "idle", limit = "2h" },
  -- { "after-hours", hours = { "Mon-Fri 07:30-19:00" }, share = 1 },
  -- { "disconnected" },
  { "spare-running-jobs" },
}

-- Besides root, system accounts and the console:
-- protect = { groups = { "operators" } }
