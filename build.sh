#!/bin/sh
# The door: from a bare Debian to a built, tested or running Weir.  ./build.sh help
set -u

# --- What each purpose needs.  TCL stands for the chosen version. ---------------------
build_packages='gcc libc6-dev make autoconf automake libtool pkgconf tclTCL tclTCL-dev
    tkTCL-dev libcairo2-dev'
check_packages='d-itg iproute2 procps tcpdump librsvg2-bin poppler-utils mandoc
    user-mode-linux kmod tmux tcl-tclreadline xvfb'
bench_packages='d-itg iperf3 nuttcp mgen iproute2 procps xvfb'
ci_packages='clang clang-format debootstrap shellcheck'

top=$(cd "$(dirname "$0")" && pwd)
build=$top/build
log=$build/build.log

usage() {
    cat <<'EOF'
usage: ./build.sh                        install what is missing, configure, build into build/
       ./build.sh run SCRIPT ?ARG ...?   the same, then run a script with build/weirsh
       ./build.sh check ?OPTION ...?     the same, then all tests; options are tcltest's
       ./build.sh bench ?NAME ?ARG ...?? the same, then all benchmarks of tests/bench, or one
       ./build.sh install ?PURPOSE ...?  only install packages, for: build check bench ci
       ./build.sh help

WEIR_TCL=8.6 or WEIR_TCL=9.0 chooses the Tcl to build for.  Without it: the one that build/
is configured for, else the one whose development files are there, else 8.6.
EOF
}

say() {
    echo "build.sh: $*" >&2
}

die() {
    say "$*"
    exit 1
}

# --- Packages --------------------------------------------------------------------------
has_package() {
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -q '^installed'
}

# Which of the named packages are not installed.
missing_of() {
    for package; do
        has_package "$package" || printf '%s ' "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

can_be_root() {
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=5 \
        -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1
}

# Install what is missing of the named packages; 1 when something is still missing.
install_packages() {
    command -v dpkg-query >/dev/null || return 0 # not a Debian: configure tells what it lacks
    # shellcheck disable=SC2046
    set -- $(missing_of "$@")
    [ $# -gt 0 ] || return 0
    if ! can_be_root; then
        say "these packages are missing, and there is neither root nor sudo to install them:" \
            "apt-get install $*"
        return 1
    fi
    say "installing $*"
    mkdir -p "$build"
    apt update || say "apt-get update failed; trying with the package lists that are here"
    apt install -y --no-install-recommends "$@" && return 0
    # One that this release does not have must not keep the others away.
    for package; do
        apt install -y --no-install-recommends "$package" || say "cannot install $package"
    done
    [ -z "$(missing_of "$@")" ] || return 1
}

packages_for() {
    case $1 in
    build) printf '%s' "$build_packages" | sed "s/TCL/$tcl/g" ;;
    check) echo "$check_packages" ;;
    bench) echo "$bench_packages" ;;
    ci) echo "$ci_packages" ;;
    *) die "no packages are listed for \"$1\": use build, check, bench or ci" ;;
    esac
}

install_for() {
    list=$(packages_for "$1") || exit 1
    # shellcheck disable=SC2086
    install_packages $list
}

# The prompt's line editor, which releases of Debian name differently; Weir works without it.
install_editor() {
    for package in tcl-tclreadline tclreadline; do
        ! has_package $package || return 0
    done
    for package in tcl-tclreadline tclreadline; do
        can_be_root && install_packages $package && return 0
    done
    say "without tcl-tclreadline the prompt has no editing, history and completion"
}

# --- Build -------------------------------------------------------------------------------
configured_tcl() {
    sed -n "s/^TCL_VERSION = //p" "$build/Makefile" 2>/dev/null
}

choose_tcl() {
    tcl=${WEIR_TCL:-$(configured_tcl)}
    if [ -z "$tcl" ]; then
        tcl=8.6
        ! has_package tcl8.6-dev && has_package tcl9.0-dev && tcl=9.0
    fi
    case $tcl in
    8.6 | 9.0) ;;
    *) die "WEIR_TCL is \"$tcl\": use 8.6 or 9.0" ;;
    esac
}

# Run a step quietly; when it fails, show the end of what it said.
step() {
    "$@" >>"$log" 2>&1 && return 0
    tail -n 30 "$log" >&2
    die "failed: $* (all of it is in $log)"
}

# The folder of tclConfig.sh for the chosen version; none: configure looks for itself.
tcl_option() {
    for dir in /usr/lib/*/tcl"$tcl" /usr/lib/tcl"$tcl" /usr/lib/*-*; do
        if grep -qs "^TCL_VERSION='$tcl'" "$dir/tclConfig.sh"; then
            echo "--with-tcl=$dir"
            return
        fi
    done
}

configure() {
    [ -x "$top/configure" ] || (cd "$top" && step autoreconf -i) || exit 1
    say "configuring for Tcl $tcl"
    # shellcheck disable=SC2046
    (cd "$build" && step ../configure -q $(tcl_option)) || exit 1
}

build() {
    [ ! -f "$top/config.status" ] ||
        die "the source folder itself is configured: run \"make distclean\" there first"
    choose_tcl
    if [ -f "$build/Makefile" ] && [ "$(configured_tcl)" != "$tcl" ]; then
        say "build/ was made for Tcl $(configured_tcl): starting afresh"
        rm -rf "$build"
    fi
    install_for build || exit 1
    mkdir -p "$build" && : >"$log"
    [ -f "$build/Makefile" ] || { install_editor; configure; }
    [ -x "$build/weirsh" ] || say "compiling"
    step make -C "$build" -j "$(nproc)" all
}

# --- Tests ---------------------------------------------------------------------------------
# The unit test programs, then the Tcl tests; the last line adds both up.
check() {
    install_for check || say "tests that need them will be skipped"
    say "compiling the unit tests"
    step make -C "$build" -j "$(nproc)" check TESTS=
    make -C "$build" -k -j "$(nproc)" check-unit >"$build/check-unit.log" 2>&1
    grep -E '^(PASS|FAIL|SKIP|ERROR): ' "$build/check-unit.log" | sort
    grep -Eh '^(FAIL|ERROR): ' "$build/check-unit.log" | while read -r _ name; do
        tail -n 40 "$build/$name.log"
    done
    passed=$(grep -c '^PASS: ' "$build/check-unit.log")
    failed=$(grep -cE '^(FAIL|ERROR): ' "$build/check-unit.log")
    skipped=$(grep -c '^SKIP: ' "$build/check-unit.log")

    {
        make -s -C "$build" check-tcl TESTFLAGS="$*"
        echo "status $?"
    } 2>&1 | tee "$build/check-tcl.log" | sed -n -e '/^make.*: \*\*\*/d' \
        -e '/^[0-9]* passed, [0-9]* failed/d' -e '/^status [0-9]*$/d' -e p
    status=$(sed -n 's/^status //p' "$build/check-tcl.log")
    # shellcheck disable=SC2046
    set -- $(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' \
        "$build/check-tcl.log" | tail -n 1)
    [ $# = 3 ] || set -- 0 1 0 # it ended without its closing line
    [ "$status" = 0 ] || [ "$2" -gt 0 ] || set -- "$1" 1 "$3"
    echo "$((passed + $1)) passed, $((failed + $2)) failed, $((skipped + $3)) skipped"
    [ $((failed + $2)) = 0 ] && [ $((passed + $1)) -gt 0 ]
}

# One benchmark by its name, or all of them.
bench() {
    install_for bench || say "what is missing of them will be named in the table"
    step make -C "$build" -j "$(nproc)" all
    name=suite
    case ${1:--} in
    -*) ;;
    *)
        name=$1
        shift
        ;;
    esac
    file=$top/tests/bench/$name.tcl
    if [ ! -f "$file" ]; then
        # shellcheck disable=SC2012
        die "there is no benchmark \"$name\":" \
            "use $(ls "$top/tests/bench" | sed -n 's/\.tcl$//p' | paste -sd ' ' -)"
    fi
    WEIR_BUILDDIR=$build WEIR_SRCDIR=$top "$build/weirsh" "$file" "$@"
}

case ${1:-build} in
build)
    build
    say "ready: build/weirsh and build/weir (Tcl $tcl)"
    ;;
run)
    shift
    [ $# -gt 0 ] || die "run wants a script: ./build.sh run SCRIPT ?ARG ...?"
    build
    exec "$build/weirsh" "$@"
    ;;
check)
    shift
    build
    check "$@"
    ;;
bench)
    shift
    build
    bench "$@"
    ;;
install)
    shift
    choose_tcl
    [ $# -gt 0 ] || set -- build
    for purpose; do
        install_for "$purpose" || exit 1
    done
    ;;
help | -h | --help) usage ;;
*)
    usage >&2
    exit 2
    ;;
esac
