# shellcheck shell=bash disable=SC2154,SC2207
# Completion of curfew, and of the commands that are links to it. The table is made from curfew's table of verbs:
# _curfew_verbs, _curfew_backends, _curfew_whats, and _curfew_table, which sets a verb's switches, each with the kind of
# its value ("--users=N", "/time:SECONDS"), and the kinds of its operands.
@LISTS@
_curfew_table() {
    switches=() operands=()
    case $1 in
@CASES@
    esac
}

_curfew_sessions() { # COLUMN… of `curfew sessions`: 1 is the id, 2 the user
    timeout 2 curfew sessions 2>/dev/null | awk -v columns="$*" '
        NR > 1 { for (i = split(columns, column, " "); i; i--) print $column[i] }'
}

_curfew_policies() { # those that come with curfew
    local file
    for file in "$(dirname "$(readlink -f "$(type -P curfew)")")"/../share/curfew/policies/*.lua; do
        basename "$file" .lua
    done
}

_curfew_kind() { # what a value of this kind may be, a line each
    case $1 in
    FILE | PATH) compgen -f -- "$cur" ;;
    FOLDER) compgen -d -- "$cur" ;;
    POLICY.lua) compgen -d -- "$cur"; compgen -f -X '!*.lua' -- "$cur"; _curfew_kind POLICY ;;
    POLICY) compgen -W "$(_curfew_policies)" -- "$cur" ;;
    SESSION | ID) compgen -W "$(_curfew_sessions 1)" -- "$cur" ;;
    sessionname) compgen -W "$(_curfew_sessions 1 2)" -- "$cur" ;;
    USER) compgen -u -- "$cur" ;;
    BACKEND) compgen -W "${_curfew_backends[*]}" -- "$cur" ;;
    WHAT) compgen -W "${_curfew_whats[*]}" -- "$cur" ;;
    SPAN*) compgen -W $'5m\n30m\n1h\n2h\n1d' -- "$cur" ;;
    esac
}

_curfew_reply() { # KIND…
    local kind IFS=$'\n'
    case $* in *FILE* | *FOLDER* | *PATH* | *.lua*) compopt -o filenames 2>/dev/null ;; esac
    COMPREPLY=($(for kind; do _curfew_kind "$kind"; done | sort -u))
}

_curfew_words() { # those of the verbs that come after $1
    local each IFS=$'\n'
    COMPREPLY=($(for each in "${_curfew_verbs[@]}"; do
        [[ $each != "$1"* ]] || { each=${each#"$1"} && compgen -W "${each%% *}" -- "$cur"; }
    done | sort -u))
}

_curfew() {
    local cur=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[0]##*/} at=1
    local switches operands word
    case $cur in # bash parts words at these
    [=:]) cur='' ;;
    *) [[ $last != [=:] ]] || last=${COMP_WORDS[COMP_CWORD - 2]} ;;
    esac
    if [ "$verb" = curfew ]; then
        [ "$COMP_CWORD" != 1 ] || { _curfew_words '' && return; }
        verb=${COMP_WORDS[1]} at=2
    fi
    if [[ $'\n'$(printf '%s\n' "${_curfew_verbs[@]}") == *$'\n'"$verb "* ]]; then
        [ "$COMP_CWORD" != "$at" ] || { _curfew_words "$verb " && return; }
        verb+=" ${COMP_WORDS[at]}"
    fi
    _curfew_table "$verb"
    for word in "${switches[@]}"; do
        [ "${word%%[=:]*}" != "$last" ] || [ "$word" = "$last" ] || { _curfew_reply "${word#*[=:]}" && return; }
    done
    if [[ $cur != [-/]* ]]; then
        _curfew_reply "${operands[@]}"
        return
    fi
    COMPREPLY=()
    for word in "${switches[@]}"; do
        word=${word%%=*} # its value is a word of its own, or follows at once
        case $word in *:*) word=${word%%:*}: ;; *) word+=' ' ;; esac
        [[ $word != "$cur"* ]] || COMPREPLY+=("$word")
    done
    compopt -o nospace 2>/dev/null
    [[ ${#COMPREPLY[@]} != 0 || $cur != /* ]] || _curfew_reply "${operands[@]}" # a path
}
complete -F _curfew @NAMES@
