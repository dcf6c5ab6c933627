# A weirsh in a real terminal: tmux types the keys, and the screen is looked at.  Sourced by
# the tests of the prompt, which say the name of their folder first: set dir [makeDirectory x]
testConstraint tmux [expr {[auto_execok tmux] ne "" && $sanitizer eq ""}]
testConstraint tclreadline \
    [expr {[glob -nocomplain /usr/lib/tcltk/*/tclreadline* /usr/lib/tcltk/tclreadline*] ne ""}]
set terminals 0
set terminal [file join $dir tmux0]

proc tmux {args} {
    exec tmux -S $::terminal -f /dev/null {*}$args
}

# A shell in a terminal of 100 x 40, with files of its own in the folder `dir`.
proc startShell {args} {
    tmux new-session -d -x 100 -y 40 -s shell [join [list cd $::dir && exec env HOME=$::dir \
        XDG_STATE_HOME=$::dir/state XDG_CONFIG_HOME=$::dir/config TERM=screen LC_ALL=C.UTF-8 \
        INPUTRC=/dev/null {*}$args $::weirsh]]
    awaitScreen {weirsh%$}
}
# The next one has a socket of its own: the server that ends here may still remove this one.
proc endShell {} {
    catch {tmux kill-server}
    for {set i 0} {$i < 1000 && ![catch {tmux list-sessions}]} {incr i} {after 20}
    file delete $::terminal
    set ::terminal [file join $::dir tmux[incr ::terminals]]
}
# Until the shell has ended.
proc awaitEnd {} {
    for {set i 0} {$i < 600 && ![catch {tmux list-sessions}]} {incr i} {after 50}
    if {$i == 600} {error "the shell does not end"}
}
proc screen {} {
    string trimright [regsub -all -line { +$} [tmux capture-pane -p -J -t shell] ""]
}
# The screen as soon as it matches; an error when it does not in half a minute.
proc matching {pattern} {
    set end [expr {[clock milliseconds] + 30000}]
    while {[clock milliseconds] < $end} {
        if {![catch screen text] && [regexp -- $pattern $text]} {
            return $text
        }
        after 50
    }
    error "not on the screen: $pattern\n$text"
}
proc awaitScreen {pattern} {
    matching $pattern
    return 1
}
# Ctrl-C, and wait for what it leaves on the screen.  What was typed before must be there
# already, as a terminal forgets input that nobody has read; and so it does with what is typed
# before the shell has noticed.
proc interrupt {{pattern {\^C\nweirsh%$}}} {
    type C-c
    awaitScreen $pattern
}
# Keys for tmux: text as it is, and names such as Enter, Tab, Up, C-c.
proc type {args} {
    foreach keys $args {
        if {$keys in {Enter Tab Up BSpace C-c C-d}} {
            tmux send-keys -t shell $keys
        } else {
            tmux send-keys -t shell -l -- $keys
        }
    }
}
# Type a command and wait for a pattern behind it.
proc enter {command pattern} {
    type $command Enter
    awaitScreen $pattern
}
