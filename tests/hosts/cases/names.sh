# on: bookworm trixie
# Sessions are called by their terminals, whether logind knows these or not (OpenSSH 10 does not tell it).
log_on ana1 ana
log_on ana2 ana
log_on bruno bruno
first=$(terminal_of ana1) second=$(terminal_of ana2) third=$(terminal_of bruno)
first_id=$(session_at ana1) second_id=$(session_at ana2)

/build/curfew quser >/box/listed
for name in "$first" "$second" "$third"; do
    grep -qE " ${name#/dev/} +[0-9c]" /box/listed || fail "no ${name#/dev/} in: $(cat /box/listed)"
done
! grep -q manager <(/build/curfew sessions --json) || fail "a service manager's session is nobody's"
[ "$(/build/curfew sessions | wc -l)" = 4 ] || fail "not three: $(/build/curfew sessions)"
# As many as logind has, with --all: their managers' as well, where there are such.
[ "$(/build/curfew sessions --all | wc -l)" = $(($(loginctl --no-legend list-sessions | wc -l) + 1)) ] ||
    fail "not all: $(/build/curfew sessions --all)"

/build/curfew msg "${second#/dev/}" 'To the second.'
shows ana2 'To the second.'
shows_not ana1 'To the second.'
/build/curfew logoff "${second#/dev/}"
! is_there "$second_id" || fail "it is there still"
is_there "$first_id" || fail "the other one has ended"

# Nor does anybody need to be root to find one.
type_in bruno "/build/curfew quser ${third#/dev/} | tr -s ' '"
shows bruno ">bruno ${third#/dev/} "
