# Completion of curfew, and of the commands that are links to it. The table is made from curfew's table of verbs:
# _curfew_verbs with their _curfew_summaries, and _curfew_table, which sets a verb's switches, each with the kind of its
# value ("--users=N", "/time:SECONDS"), what they do, and the kinds of its operands.

function _curfew_table --no-scope-shadowing
    switch "$argv"
@CASES@
    end
end

function _curfew_lists --no-scope-shadowing
@LISTS@
end

function _curfew_sessions # COLUMN… of `curfew sessions`: 1 is the id, 2 the user
    timeout 2 curfew sessions 2>/dev/null | awk -v columns="$argv" '
        NR > 1 { for (i = split(columns, column, " "); i; i--) print $column[i] }'
end

function _curfew_policies # those that come with curfew
    for file in (dirname (realpath (type -P curfew)))/../share/curfew/policies/*.lua
        basename $file .lua
    end
end

function _curfew_kind --no-scope-shadowing # what a value of this kind may be, a line each
    switch $argv[1]
        case FILE PATH
            __fish_complete_path $current
        case FOLDER
            __fish_complete_directories $current
        case POLICY.lua
            __fish_complete_path $current | string match -er '(/|\.lua)(\t|$)'
            _curfew_policies
        case POLICY
            _curfew_policies
        case SESSION ID
            _curfew_sessions 1
        case sessionname
            _curfew_sessions 1 2
        case USER
            __fish_complete_users
        case BACKEND
            printf '%s\n' $_curfew_backends
        case WHAT
            printf '%s\n' $_curfew_whats
        case 'SPAN*'
            printf '%s\n' 5m 30m 1h 2h 1d
    end
end

function _curfew_words --no-scope-shadowing # those of the verbs that come after the word, with what the verb does
    for i in (seq (count $_curfew_verbs))
        set -l each (string split ' ' -- $_curfew_verbs[$i])
        if test -z "$argv[1]"
            printf '%s\t%s\n' $each[1] (count $each >/dev/null; and test (count $each) = 1; and echo $_curfew_summaries[$i])
        else if test "$each[1]" = "$argv[1]"; and test (count $each) = 2
            printf '%s\t%s\n' $each[2] $_curfew_summaries[$i]
        end
    end
end

function _curfew
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l switches
    set -l helps
    set -l operands
    set -l verb (basename $words[1])
    set -l at 2
    set -l _curfew_verbs
    set -l _curfew_summaries
    set -l _curfew_backends
    set -l _curfew_whats
    _curfew_lists
    if test $verb = curfew
        if test (count $words) = 1
            _curfew_words ''
            return
        end
        set verb $words[2]
        set at 3
    end
    if string match -q -- "$verb *" $_curfew_verbs
        if test (count $words) -lt $at
            _curfew_words $verb
            return
        end
        set verb "$verb $words[$at]"
    end
    _curfew_table $verb
    for word in $switches
        set -l pair (string split -m 1 -r '=' -- $word)
        test (count $pair) = 2; or set pair (string split -m 1 ':' -- $word)
        test (count $pair) = 2; or continue
        if test "$words[-1]" = "$pair[1]"
            _curfew_kind $pair[2]
            return
        end
        for joint in '=' ':'
            if string match -q -- "$pair[1]$joint*" $current
                set -l before "$pair[1]$joint"
                set current (string replace -- "$before" '' $current)
                printf "$before%s\n" (_curfew_kind $pair[2])
                return
            end
        end
    end
    if string match -qr -- '^[-/]' $current
        for i in (seq (count $switches))
            set -l word (string replace -r -- '=.*' '' $switches[$i])
            printf '%s\t%s\n' (string replace -r -- ':.*' ':' $word) $helps[$i]
        end
        string match -q -- '-*' $current; and return
    end
    for kind in $operands
        _curfew_kind $kind
    end
end

for name in @NAMES@
    complete -c $name -f -a '(_curfew)'
end
