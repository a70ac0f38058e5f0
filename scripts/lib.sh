# shellcheck shell=bash disable=SC2034
# What the scripts share. Sourced by them, after which the current folder is the checkout's.

set -euo pipefail

# --help: the comment that a script begins with, and the first table in it.
case ${1:-} in
--help | -h)
    awk 'NR == 1 { next }
        !begun && /^#/ { sub(/^# ?/, ""); print; next }
        { begun = 1 }
        /^[a-z]+=\($/ { table = 1; print ""; next }
        table && /^\)/ { exit }
        table { gsub(/^ *"|"$/, ""); print "  " $0 }' "$0"
    exit 0
    ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")/.."

log_folder=build/log
mkdir -p "$log_folder"

for_build=(gcc libc6-dev cmake ninja-build pkg-config liblua5.4-dev libuv1-dev libsystemd-dev libjansson-dev
    libsqlite3-dev libxcb1-dev libxcb-sync-dev libwayland-dev wayland-protocols uthash-dev libcmocka-dev tzdata
    unicode-cldr-core gettext lowdown)
for_tests=(clang libclang-rt-14-dev clang-format clang-tidy lua-check lua5.4 gcc-mingw-w64-x86-64 mmdebstrap
    openssh-client man-db mandoc locales zsh fish)
for_windows=(gcc-mingw-w64-x86-64 tcl dpkg-dev wixl msitools zip unzip)
for_packages=(dpkg-dev fakeroot rpm lintian)

if command -v ccache >/dev/null; then
    export CMAKE_C_COMPILER_LAUNCHER=ccache
fi

if [ -t 1 ]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
else
    bold='' red='' green='' yellow='' plain=''
fi

say() {
    printf '%s%s%s\n' "$bold" "$*" "$plain"
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Seconds since a moment that $EPOCHREALTIME told, with one decimal.
since() {
    local us=$((${EPOCHREALTIME/./} - ${1/./}))
    printf '%d.%d' $((us / 1000000)) $((us / 100000 % 10))
}

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# install WHY PACKAGE…: installs by apt what is missing, and says so; does nothing at all where nothing is.
install() {
    local why=$1 missing=() package privileged=() lock
    shift
    command -v dpkg-query >/dev/null ||
        die "this is not a Debian machine; install what docs/DEPENDENCIES.md lists by hand, then build with cmake"
    for package; do
        installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            die "missing packages; as root, run: apt-get update && apt-get install ${missing[*]}"
        privileged=(sudo)
    fi
    exec {lock}>"$log_folder/install.lock" && flock "$lock" # one at a time, of those that run side by side
    say "Installing $why: ${missing[*]}"
    if ! { "${privileged[@]}" apt-get update &&
        "${privileged[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
            "${missing[@]}"; } >"$log_folder/apt.log" 2>&1 </dev/null; then
        tail -n 20 "$log_folder/apt.log" >&2
        die "apt could not install them; all it said is in $log_folder/apt.log"
    fi
    exec {lock}>&-
}

# build PRESET [CMAKE ARGUMENT…]: configures where needed, and builds. Quiet unless it fails.
build() {
    local log=$log_folder/build-$1.log cache=build/$1/CMakeCache.txt
    # A checkout that was moved or copied with its build folder: cmake would refuse that.
    if [ -f "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$cache"; then
        rm -rf "build/$1"
    fi
    if { [ -z "${CI:-}" ] && [ -f "build/$1/build.ninja" ]; } || cmake --preset "$1" ${CI:+-DCF_WERROR=ON} "${@:2}" >"$log" 2>&1; then
        ! cmake --build --preset "$1" -- -k 0 >"$log" 2>&1 || return 0
    fi
    printf 'The %s build failed; all of it is in %s\n' "$1" "$log" >&2
    grep -vE '^(\[[0-9/]+\] |-- |(ccache )?/usr/bin/|: && )' "$log" | awk 'NR <= 60' >&2
    return 1
}
