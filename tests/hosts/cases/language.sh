# Each user is told in the language of the session, our own words included.
log_on ana ana
log_on bruno bruno 'LANG=pt_BR.UTF-8 exec bash -i'
sessions_aged 7200
for label in ana bruno; do touch -a -d '1 hour ago' "$(terminal_of $label)"; done

cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "30m", warnings = { "6s", "4s" } } }
limits   = { notice = "3s" }
LUA
start_curfew --config /box/curfew.lua

shows bruno 'Sem atividade: sua sessão será encerrada em 6 segundos.'
type_in bruno 'echo typed-$((1 + 1))'
shows bruno typed-2
shows bruno 'Sua sessão continua aberta.'
shows ana 'No activity: you will be logged off in 6 seconds.'
journal '"what":"warn"' 'encerrada em 6 segundos.'
stop_curfew
