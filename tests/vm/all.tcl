# The tests of this folder need what few kernels have.  Where there is a user-mode Linux they
# run in a guest, all in one boot, else on this kernel, where each that cannot run is skipped
# by name.  tests/all.tcl sources this file, as tcltest does with every folder that has an
# all.tcl; the counts are added to its own.
namespace eval guest {
    variable seconds 300 ;# longer than that, and the guest is switched off
    variable megabytes 256
    variable handedOn {LC_ALL LD_LIBRARY_PATH PATH TCLLIBPATH UBSAN_OPTIONS WEIR_BUILDDIR
        WEIR_SANITIZER WEIR_SRCDIR}
}

# Whether the options -file and -notfile leave anything to run here.
proc guest::Wanted {} {
    foreach file [glob -tails -directory [file join $::srcdir tests vm] *.test] {
        set matches [lmap pattern [tcltest::configure -file] {string match $pattern $file}]
        set misses [lmap pattern [tcltest::configure -notfile] {string match $pattern $file}]
        if {1 in $matches && 1 ni $misses} {
            return 1
        }
    }
    return 0
}

proc guest::None {reason} {
    throw {GUEST NONE} $reason
}

# The kernel program; None where there can be no guest.
proc guest::Kernel {} {
    set name [expr {[info exists ::env(WEIR_UML)] ? $::env(WEIR_UML) : "linux.uml"}]
    set kernel [lindex [auto_execok $name] 0]
    if {$kernel eq ""} {
        None "there is no program \"$name\" (package user-mode-linux)"
    }
    if {[info exists ::env(WEIR_SANITIZER)] && [regexp {address|thread} $::env(WEIR_SANITIZER)]} {
        None "a guest's address space is too small for this sanitizer"
    }
    foreach {program package} {modprobe kmod ip iproute2 setpriv util-linux} {
        if {[auto_execok $program] eq "" && ![file executable /sbin/$program]
                && ![file executable /usr/sbin/$program]} {
            None "there is no program $program (package $package)"
        }
    }
    return [file normalize $kernel]
}

proc guest::Quote {word} {
    return '[string map {' '\\''} $word]'
}

# The program that the guest's kernel starts: tests/vm/init.sh, which runs `command`.
proc guest::WriteInit {window modules command} {
    variable handedOn
    set path [file join $window init]
    set channel [open $path w 0755]
    fconfigure $channel -encoding utf-8
    puts $channel #!/bin/sh
    foreach name $handedOn {
        if {[info exists ::env($name)]} {
            puts $channel "export $name=[Quote $::env($name)]"
        }
    }
    puts $channel "export WEIR_GUEST=1"
    set words [list sh [file join $::srcdir tests vm init.sh] $window $modules {*}$command]
    puts $channel "exec [join [lmap word $words {Quote $word}]]"
    close $channel
    return $path
}

# Where the guest's memory is: a file in /dev/shm, which UML takes by itself, unless that is
# too small (containers), then in the window.
proc guest::MemoryFolder {window} {
    variable megabytes
    if {![catch {exec df -m --output=avail /dev/shm} text]
            && [lindex $text end] < $megabytes + 32} {
        return [list TMPDIR=$window]
    }
    return {}
}

# Boot, run a command in the guest until it ends.  The host's files are its root file system,
# read-only; `window` is the one folder that it can write.  The guest ends with this process:
# timeout ends its whole process group.
proc guest::Boot {kernel window command} {
    variable seconds
    variable megabytes
    set modules [file join [file dirname [file dirname $kernel]] lib uml modules]
    set init [WriteInit $window $modules $command]
    set status 0
    try {
        exec env {*}[MemoryFolder $window] setpriv --pdeathsig TERM \
            timeout -k 5 $seconds $kernel mem=${megabytes}M uml_dir=$window/ \
            root=/dev/root rootfstype=hostfs rootflags=/ ro init=$init \
            con0=fd:0,fd:1 con=null < /dev/null > $window/console 2>@1
    } trap CHILDSTATUS {- options} {
        set status [lindex [dict get $options -errorcode] 2]
    } trap CHILDKILLED {- options} {
        set status [lindex [dict get $options -errorcode] 2]
    }
    return $status
}

proc guest::Slurp {path} {
    if {![file exists $path]} {
        return ""
    }
    set channel [open $path]
    fconfigure $channel -encoding utf-8
    try {read $channel} finally {close $channel}
}

# Print what a run of tests said, without its closing line, and add up what that counts.
proc guest::Report {output} {
    set counts {0 1 0} ;# it ended without its closing line
    foreach line [split [string trimright $output] \n] {
        if {[regexp {^(\d+) passed, (\d+) failed, (\d+) skipped$} $line - passed failed skipped]} {
            set counts [list $passed $failed $skipped]
        } else {
            puts $line
        }
    }
    foreach key {Passed Failed Skipped} count $counts {
        incr ::totals($key) $count
        incr ::totals(Total) $count
    }
    return $counts
}

# The tests in the guest; None when no guest starts on this machine.
proc guest::Run {command} {
    variable seconds
    set kernel [Kernel]
    set window [exec mktemp -d /tmp/weir-guest.XXXXXX]
    try {
        set began [clock milliseconds]
        set status [Boot $kernel $window [concat $command -tmpdir /run/tmp]]
        set took [expr {([clock milliseconds] - $began) / 1000.0}]
        set console [Slurp $window/console]
        if {![regexp {Linux version (\S+)} $console - release]} {
            None "$kernel does not start here: [lindex [split [string trim $console] \n] end]"
        }
        lassign [Report [Slurp $window/output]] passed failed skipped
        if {![file exists $window/status]} {
            puts "The guest ended before its tests did ([expr {$status == 124
                ? "it was switched off after $seconds s" : "status $status"}]).  Its console:"
            puts $console
            incr ::totals(Failed) [expr {$failed == 0}]
        }
        puts [format "In a guest with Linux %s, %.1f s: %d passed, %d failed, %d skipped." \
            $release $took $passed $failed $skipped]
    } finally {
        file delete -force $window
    }
}

# The tests on this kernel.
proc guest::RunHere {command} {
    catch {exec {*}$command 2>@1} output
    Report [regsub {\nchild process exited abnormally$} $output ""]
}

if {[guest::Wanted]} {
    set command [list [tcltest::interpreter] [file join $srcdir tests all.tcl] {*}$argv \
        -testdir [file join $srcdir tests vm]]
    try {
        guest::Run $command
    } trap {GUEST NONE} reason {
        puts "On this kernel, without a guest: $reason."
        guest::RunHere [concat $command \
            [list -tmpdir [file join [tcltest::temporaryDirectory] vm]]]
    }
}
