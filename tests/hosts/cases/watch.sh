# on: bookworm trixie
# The next input, or output, of a session is told as it comes, and once; nothing is watched for nobody.
log_on ana ana
ana=$(session_at ana) terminal=$(terminal_of ana)
sessions_aged 7200
probe

watches() { # how many the kernel has for the probe
    cat /proc/"$probe_pid"/fdinfo/* 2>/dev/null | grep -c '^inotify wd:' || true
}

# watched FIELD…: begins to, with everything an hour old.
watched() {
    terminals_aged ana
    say watch "$ana" "$@"
    expect 'done done *watched=*'
    [ "$(field "$1")" -ge 3590 ] || fail "$got"
    [ "$(field watched | tr -d ,)" = "$(echo "$*" | tr -d ' ')" ] || fail "not all is watched: $got"
}

# not_told: nothing is, up to the answer to something else.
not_told() {
    say list
    while read -r -t 20 got <&"$from_probe" && [[ $got != 'listed '* ]]; do
        [[ $got != "changed $ana "*idle=* ]] || fail "told: $got" # its name may come meanwhile
    done
    expect 'done *'
}

[ "$(watches)" = 0 ] || fail "watched already"

# In a shell at each key, by cat at the end of the line, in what takes the whole screen.
printf '%s\n' {1..100} >/tmp/pages
for program in : cat 'TERM=xterm less /tmp/pages' 'TERM=xterm vim.tiny -u NONE /tmp/pages'; do
    keys=x
    [ "$program" != cat ] || keys=$'x\n'
    : >/box/ana.out
    type_in ana "echo begins-\$((1 + 1)); $program; stty sane; echo left-\$((1 + 1))"
    shows ana begins-2
    [ "$program" = : ] || until pgrep -u ana 'cat|less|vim' >/dev/null; do :; done
    case $program in TERM*) shows ana 23 ;; esac # the last line of a screen
    watched idle
    [ "$(watches)" = 2 ] || fail "the kernel has $(watches) watches"
    printf %s "$keys" >/box/ana.in
    expect "changed $ana idle=0*"
    [ "$(watches)" = 0 ] || fail "still watched: $(watches)"
    printf %s "$keys" >/box/ana.in
    not_told
    pkill -u ana 'cat|less|vim' || type_in ana ''
    shows ana left-2
    type_in ana '' # after a key that nothing has read
done

# A job that prints is output, and no input.
type_in ana 'mkfifo go; (read -r line <go; echo printed; read -r line <go; echo again) & echo begun-$((1 + 1))'
shows ana begun-2
exec {go}<>/home/ana/go # open throughout, so that no reader takes one line's end for the next
watched idle output
echo >&"$go"
expect "changed $ana *output=0*"
[[ $got != *idle=* ]] || fail "$got"
say refresh "$ana" idle output
expect 'done done *'
[ "$(field idle)" -ge 3590 ] && [ "$(field output)" -lt 10 ] || fail "$got"
echo >&"$go" # told once
shows ana again
not_told

# What we print ourselves is neither; what somebody prints after that is.
type_in ana '(read -r line <go; echo later) & echo begun-$((2 + 2))'
shows ana begun-4
watched idle output
say warn "$ana" 1 'A warning.'
expect 'done done delivered=yes*'
shows ana 'A warning.'
not_told
say refresh "$ana" idle output
expect 'done done *'
[ "$(field idle)" -ge 3590 ] && [ "$(field output)" -ge 3590 ] || fail "$got"
echo >&"$go"
expect "changed $ana *output=0*"

# Cancelled.
watched idle output
[ "$(watches)" = 2 ] || fail "the kernel has $(watches) watches"
say watch "$ana"
expect 'done done *'
[ "$(watches)" = 0 ] || fail "still watched: $(watches)"
type_in ana true
shows ana true
not_told

# A session that ends is not watched any more.
watched idle
say logoff "$ana"
expect_all 'done done *' "gone $ana *"
say list # looking for terminals that had vanished has ended, too
expect 'done *'
[ "$(watches)" = 0 ] || fail "still watched: $(watches)"
quit_probe
