#compdef @NAMES@
# Completion of curfew, and of the commands that are links to it. The table is made from curfew's table of verbs:
# _curfew_verbs with their _curfew_summaries, and _curfew_table, which sets a verb's switches, each with the kind of its
# value ("--users=N", "/time:SECONDS"), what they do, and the kinds of its operands.

local -a _curfew_verbs _curfew_summaries _curfew_backends _curfew_whats switches helps operands
@LISTS@
_curfew_table() {
    switches=() helps=() operands=()
    case $1 in
@CASES@
    esac
}

_curfew_sessions() { # COLUMN… of `curfew sessions`: 1 is the id, 2 the user
    timeout 2 curfew sessions 2>/dev/null | awk -v columns="$*" '
        NR > 1 { for (i = split(columns, column, " "); i; i--) print $column[i] }'
}

_curfew_policies() { # those that come with curfew
    print -rl -- ${commands[curfew]:A:h}/../share/curfew/policies/*.lua(N:t:r)
}

_curfew_kind() { # what a value of this kind may be
    case $1 in
    FILE | PATH) _files ;;
    FOLDER) _files -/ ;;
    POLICY.lua) _files -g '*.lua'; compadd -- ${(f)"$(_curfew_policies)"} ;;
    POLICY) compadd -- ${(f)"$(_curfew_policies)"} ;;
    SESSION | ID) compadd -- ${(f)"$(_curfew_sessions 1)"} ;;
    sessionname) compadd -- ${(f)"$(_curfew_sessions 1 2)"} ;;
    USER) _users ;;
    BACKEND) compadd -- $_curfew_backends ;;
    WHAT) compadd -- $_curfew_whats ;;
    SPAN*) compadd -- 5m 30m 1h 2h 1d ;;
    *) return 1 ;;
    esac
}

_curfew_words() { # those of the verbs that come after $1, with what the verb does where the word is all of it
    local -a words texts
    local -i i
    for ((i = 1; i <= $#_curfew_verbs; i++)); do
        [[ $_curfew_verbs[i] == "$1"* ]] || continue
        local word=${_curfew_verbs[i]#"$1"}
        (( ! ${words[(Ie)${word%% *}]} )) || continue
        words+=(${word%% *})
        [[ $word == *' '* ]] && texts+=(${word%% *}) || texts+=("$word  -- $_curfew_summaries[i]")
    done
    compadd -l -d texts -- $words
}

_curfew_switches() {
    local -a words texts
    local -i i
    for ((i = 1; i <= $#switches; i++)); do
        words+=(${${switches[i]%%=*}/:*/:})
        texts+=("$words[i]  -- $helps[i]")
    done
    compadd -l -S '' -d texts -- $words
}

_curfew_word() { # not `_curfew`, which zsh makes of this whole file: the tables are its own
    local verb=${words[1]:t} word kind
    local -i at=2
    if [[ $verb == curfew ]]; then
        (( CURRENT > 2 )) || { _curfew_words '' && return }
        verb=$words[2] at=3
    fi
    if [[ -n ${(M)_curfew_verbs:#$verb *} ]]; then
        (( CURRENT > at )) || { _curfew_words "$verb " && return }
        verb+=" $words[at]"
    fi
    _curfew_table $verb
    for word in $switches; do
        kind=${word#*[=:]}
        [[ $kind != $word ]] || continue
        if [[ $words[CURRENT-1] == ${word%%[=:]*} ]] || compset -P "${word%%[=:]*}[=:]"; then
            _curfew_kind $kind
            return
        fi
    done
    case $PREFIX in
    -* | /*) _curfew_switches && return ;;
    esac
    for kind in ${(u)operands}; do _curfew_kind $kind; done
}
_curfew_word
