-- What the policies of this folder tell users, in Brazilian Portuguese.
return {
  -- after-hours
  ["We are closing: this session ends in {left}."] = "Estamos fechando: esta sessão termina em {left}.",

  -- daily-allowance
  ["Your {allowance} of today are nearly used up: you will be logged off in {left}."] =
    "Seu tempo de hoje ({allowance}) está quase no fim: sua sessão será encerrada em {left}.",

  -- idle
  ["No activity: you will be logged off in {left}."] = "Sem atividade: sua sessão será encerrada em {left}.",
  ["Nobody can tell whether you are here: you will be logged off in {left}."] =
    "Não há como saber se você está aqui: sua sessão será encerrada em {left}.",

  -- lab-closing
  ["The lab is closed: this session ends in {left}. Do you need it for longer?"] =
    "O laboratório está fechado: esta sessão termina em {left}. Você ainda precisa dela?",
  ["I am still here"] = "Ainda estou aqui",

  -- maintenance
  ["This host is under maintenance until {ends}."] = "Este computador está em manutenção até {ends}.",
  ["Maintenance: this session ends in {left}."] = "Manutenção: esta sessão termina em {left}.",

  -- one-session-per-user
  ["You have logged on again elsewhere: this session ends in {left}."] =
    "Você abriu uma nova sessão em outro lugar: esta termina em {left}.",

  -- session-limit
  ["A session may last {limit}: this one ends in {left}."] = "Uma sessão pode durar {limit}: esta termina em {left}.",
}
