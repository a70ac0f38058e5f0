# Who uses whom, by includes and by symbols: fails on a circle, and on what stands above its user in a README's table.
#
# Reads CMakeLists.txt, the READMEs of the folders, the C files, and what `nm -A -g -P` tells of their objects, in this
# order. A name in a README ("loop") stands for header and source; where one of them alone is named ("verbs.h"), it
# stands by itself.

function folder_of(path) { return path ~ /\// ? substr(path, 1, match(path, /\/[^\/]*$/) - 1) : "" }
function name_of(path) { sub(/.*\//, "", path); return path }

# The name under which a README has the file, else its name without the extension.
function node(file,   stem) {
    stem = file
    sub(/\.[ch]$/, "", stem)
    return !(stem in row) && (file in row) ? file : stem
}

function use(from, to, why) {
    from = node(from)
    to = node(to)
    if (from == to || (from, to) in reason) return
    reason[from, to] = why
    uses[from] = uses[from] " " to
}

# Tarjan's way of finding what reaches itself; what goes by `graph` ends up in circle[], and its size in sizes[].
function visit(graph, a,   count, i, b, list) {
    order[graph, a] = low[graph, a] = ++visits
    stack[++depth] = a
    waits[graph, a] = 1
    count = split(graph == "" ? uses[a] : entries[graph, a], list, " ")
    for (i = 1; i <= count; i++) {
        b = list[i]
        if (!((graph, b) in order)) {
            visit(graph, b)
            if (low[graph, b] < low[graph, a]) low[graph, a] = low[graph, b]
        } else if (waits[graph, b] && order[graph, b] < low[graph, a]) low[graph, a] = order[graph, b]
    }
    if (low[graph, a] != order[graph, a]) return
    do {
        b = stack[depth--]
        waits[graph, b] = 0
        circle[graph, b] = a
        members[graph, a] = members[graph, a] " " b
        sizes[graph, a]++
    } while (b != a)
}

function sorted(text,   count, i, j, list, one) {
    count = split(text, list, " ")
    for (i = 2; i <= count; i++) {
        one = list[i]
        for (j = i - 1; j > 0 && list[j] > one; j--) list[j + 1] = list[j]
        list[j + 1] = one
    }
    text = ""
    for (i = 1; i <= count; i++) text = text (i > 1 ? " " : "") list[i]
    return text
}

# "3: core/engine: acts/act acts/pipeline policy": what all of them have in common comes first.
function told(names,   count, i, list, common) {
    count = split(names, list, " ")
    common = folder_of(list[1])
    for (i = 2; i <= count; i++)
        while (index(list[i] "/", common "/") != 1 || list[i] == common) common = folder_of(common)
    for (i = 1; i <= count; i++) list[i] = substr(list[i], length(common) + 2)
    names = ""
    for (i = 1; i <= count; i++) names = names " " list[i]
    return count ": " common ": " sorted(names)
}

function report(graph, a,   from, to, shown, pair, ends) {
    printf "a circle of %s\n", told(members[graph, a])
    bad = 1
    if (sizes[graph, a] > 12) return
    for (pair in reason) {
        split(pair, ends, SUBSEP)
        from = ends[1]; to = ends[2]
        if (graph != "") { from = entry(graph, from); to = entry(graph, to) }
        if (from != to && circle[graph, from] == a && circle[graph, to] == a && shown++ < 20)
            printf "    %s uses %s: %s\n", ends[1], ends[2], reason[pair]
    }
}

# What a folder has a node under: the node itself, or the folder in it; "" where it is elsewhere.
function entry(folder, a,   rest) {
    if (index(a, folder "/") != 1) return ""
    rest = substr(a, length(folder) + 2)
    return rest ~ /\// ? folder "/" substr(rest, 1, index(rest, "/")) : a
}

FNR == 1 { ordered = 0; rows = 0 }

FILENAME == "CMakeLists.txt" {
    if (/^ *cf_layer\(/) {
        gsub(/^ *cf_layer\(|\)/, "")
        folder_of_layer[$1] = $2
    }
    next
}

FILENAME ~ /README\.md$/ {
    folder = folder_of(FILENAME)
    if (!(FILENAME in headed)) headed[FILENAME] = 0
    if (/^\| file, from the ground up \|/) ordered = headed[FILENAME] = 1
    else if (!/^\|/) ordered = 0
    else if (ordered && !/^\| *---/) {
        cell = $0
        sub(/^\| */, "", cell)
        sub(/ *\|.*/, "", cell)
        gsub(/`/, "", cell)
        count = split(cell, list, /, */)
        rows++
        for (i = 1; i <= count; i++) {
            one = folder "/" list[i]
            other = one
            # Header and source in one row are one thing.
            if (one ~ /\.[ch]$/) {
                sub(/\.h$/, ".c", other) || sub(/\.c$/, ".h", other)
                if ((other in row) && row[other] == rows) { delete row[other]; sub(/\.[ch]$/, "", one) }
            }
            row[one] = rows
        }
    }
    next
}

FILENAME ~ /\.[ch]$/ {
    exists[FILENAME]
    if (/^ *# *include *"/) {
        path = $0
        sub(/^[^"]*"/, "", path)
        sub(/".*/, "", path)
        layer = path
        sub(/\/.*/, "", layer)
        if (layer in folder_of_layer) use(FILENAME, folder_of_layer[layer] substr(path, length(layer) + 1), "includes it")
    }
    next
}

# nm: "build/…/cf_time.dir/core/time/loop.c.o: cf_loop_now T 0 1b"
{
    sub(/^.*\.dir\//, "", $1)
    sub(/\.o:$/, "", $1)
    if (!($1 in exists)) next
    if ($3 == "U") needs[$1, $2]
    else home[$2] = $1
}

END {
    for (pair in needs) {
        split(pair, ends, SUBSEP)
        if (ends[2] in home) use(ends[1], home[ends[2]], ends[2])
    }
    for (a in uses) if (!(("", a) in order)) visit("", a)
    for (pair in sizes) {
        split(pair, ends, SUBSEP)
        if (sizes[pair] > 1) report("", ends[2])
    }
    # Each folder by itself, the folders in it as one thing each.
    for (pair in reason) {
        split(pair, ends, SUBSEP)
        for (folder = folder_of(ends[1]); folder ~ /\//; folder = folder_of(folder)) folders[folder]
        if (!("bindings" in folders)) folders["bindings"]
    }
    for (pair in reason) {
        split(pair, ends, SUBSEP)
        for (folder in folders) {
            from = entry(folder, ends[1])
            to = entry(folder, ends[2])
            if (from == "" || to == "" || from == to) continue
            if (!((folder, from, to) in linked)) entries[folder, from] = entries[folder, from] " " to
            linked[folder, from, to] = ends[1] " uses " ends[2] ": " reason[pair]
        }
    }
    for (pair in entries) {
        split(pair, ends, SUBSEP)
        if (!((ends[1], ends[2]) in order)) visit(ends[1], ends[2])
    }
    for (pair in sizes) {
        split(pair, ends, SUBSEP)
        if (ends[1] != "" && sizes[pair] > 1 && members[pair] ~ /\/( |$)/) report(ends[1], ends[2])
    }
    for (file in headed)
        if (!headed[file]) { print file " has no table headed: | file, from the ground up | what |"; bad = 1 }
    for (pair in linked) {
        split(pair, ends, SUBSEP)
        if (!(ends[2] in row) || !(ends[3] in row) || row[ends[3]] <= row[ends[2]]) continue
        if (circle[ends[1], ends[2]] == circle[ends[1], ends[3]]) continue
        printf "%s/README.md has %s above %s: %s\n", ends[1], name_of(ends[2]), name_of(ends[3]), linked[pair]
        bad = 1
    }
    exit bad
}
