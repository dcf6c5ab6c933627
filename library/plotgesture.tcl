# plotgesture: zooming, panning, pausing and the legend of a plot's window.  What is seen is the
# figure's own view (`NAME view`); steps of it are kept, to go back and forward.

# The value at a part (0 to 1) of an axis {LOW HIGH ISLOG}, and the reverse.
proc ::weir::plotwindow::valueAt {axis part} {
    lassign $axis low high isLog
    if {$isLog} {
        return [expr {exp(log($low) + $part * (log($high) - log($low)))}]
    }
    expr {$low + $part * ($high - $low)}
}

proc ::weir::plotwindow::partOf {axis value} {
    lassign $axis low high isLog
    if {$isLog} {
        return [expr {$value > 0 ? (log($value) - log($low)) / (log($high) - log($low)) : -1}]
    }
    expr {($value - $low) / ($high - $low)}
}

# The range of an axis between two parts of it, in either order.
proc ::weir::plotwindow::between {axis one other} {
    list [valueAt $axis [expr {min($one, $other)}]] [valueAt $axis [expr {max($one, $other)}]]
}

proc ::weir::plotwindow::sameRange {one other} {
    expr {[llength $one] == 2 && [llength $other] == 2
        && [lindex $one 0] == [lindex $other 0] && [lindex $one 1] == [lindex $other 1]}
}

oo::define ::weir::plotwindow::Window {
    variable figure options top canvas scale isPaused frozen isShared isZero
    variable backward forward ;# views
    variable lastKind lastAt  ;# of the last step, to join steps of one gesture
    variable drag             ;# a dict: what goes on between press and release; or ""
    variable drags            ;# how many there were
    variable shared           ;# a dict {AXIS PANEL} -> the range that the same scale gave it
    variable unlimited        ;# limits of panels that "from zero" replaced
    variable shownBefore      ;# series that were shown before a click on the legend

    method StartGestures {} {
        lassign {} backward forward lastKind drag shared unlimited shownBefore
        lassign {0 0} lastAt drags
    }

    method BindGestures {} {
        foreach {event method} {
            <ButtonPress-1>         {Press zoom %x %y}
            <Shift-ButtonPress-1>   {Press pan %x %y}
            <ButtonPress-2>         {Press pan %x %y}
            <Double-ButtonPress-1>  {PressTwice %x %y}
            <ButtonRelease-1>       {Release %x %y}
            <ButtonRelease-2>       {Release %x %y}
            <MouseWheel>            {Wheel %x %y %D %s}
            <Button-4>              {Wheel %x %y 120 %s}
            <Button-5>              {Wheel %x %y -120 %s}
            <Shift-MouseWheel>      {Wheel %x %y %D 1}
            <Control-MouseWheel>    {Wheel %x %y %D 4}
        } {
            bind $canvas $event [my Callback {*}$method]
        }
        foreach {keys method} {
            {space}                   TogglePause
            {BackSpace Alt-Left}      Back
            {Shift-BackSpace Alt-Right} Forward
            {Home Key-0}              Whole
            {Left}                    {Pan x -0.2}
            {Right}                   {Pan x 0.2}
            {Up}                      {Pan y 0.2}
            {Down}                    {Pan y -0.2}
            {plus equal KP_Add}       {ZoomCentre 0.8}
            {minus KP_Subtract}       {ZoomCentre 1.25}
            {l} Link  {s} Share  {d} Darken  {z} FromZero
            {Control-s}               AskExport
            {F1 question}             Help
            {Escape}                  Cancel
            {Control-w}               destroy
        } {
            foreach key $keys {
                bind $top <$key> "[my Callback {*}$method]; break"
            }
        }
    }

    # --- what is seen ---------------------------------------------------------------------

    # The view without what a pause or the same scale put into it.
    method State {} {
        set view [$figure view]
        if {$isPaused && [sameRange $frozen [dict get $view -x]]} {
            dict set view -x ""
        }
        dict for {place range} $shared {
            lassign $place axis panel
            if {[dict exists $view -$axis $panel]
                    && [sameRange $range [dict get $view -$axis $panel]]} {
                dict unset view -$axis $panel
            }
        }
        return $view
    }

    method Apply {view} {
        if {$isPaused && [dict get $view -x] eq ""} {
            dict set view -x $frozen
        }
        $figure view {*}$view
        set shared {}
        my ShowState
        my Redraw
    }

    # An axis as {LOW HIGH ISLOG}: x, or y or y2 of a panel.
    method Axis {axis {panel ""}} {
        set layout [my layout]
        if {$axis eq "x"} {
            list {*}[dict get $layout x] [expr {[$figure cget -xscale] eq "log"}]
        } else {
            list {*}[dict get $layout panels $panel $axis] \
                [expr {[$figure panel $panel -${axis}scale] eq "log"}]
        }
    }

    # The y axes that are in use: AXIS PANEL ...
    method Axes {} {
        set axes {}
        dict for {panel row} [dict get [my layout] panels] {
            foreach axis {y y2} {
                if {[dict exists $row $axis]} {lappend axes $axis $panel}
            }
        }
        return $axes
    }

    # What y axes must have in common for one scale: a unit, and being logarithmic or not.
    method Unit {axis panel} {
        list [$figure panel $panel -${axis}unit] [$figure panel $panel -${axis}scale]
    }

    # --- steps ----------------------------------------------------------------------------

    # Whether there is a step to take, as a state of its button.
    method Possible {step} {
        set steps [expr {$step eq "back" ? $backward : $forward}]
        expr {[llength $steps] > 0 ? "normal" : "disabled"}
    }

    # Zoom to {AXIS PANEL RANGE ...}, a step that can be taken back.  Linked windows take it
    # with x, and at the same scale with all y axes of the unit.  Steps of one kind right
    # after each other count as one.
    method Step {changes {kind ""}} {
        set common {}
        foreach {axis panel range} $changes {
            if {$axis eq "x"} {
                lappend common x "" $range
            } elseif {$isShared} {
                lappend common unit [my Unit $axis $panel] $range
            }
        }
        my takeStep [concat $changes $common] $kind
        foreach window [my Peers] {
            $window takeStep $common $kind
        }
    }

    method takeStep {changes kind} {
        set before [my State]
        set view $before
        foreach {axis panel range} $changes {
            if {$axis eq "x"} {
                dict set view -x $range
            } elseif {$axis ne "unit"} {
                dict set view -$axis $panel $range
            } else {
                foreach {axis number} [my Axes] {
                    if {[my Unit $axis $number] eq $panel} {
                        dict set view -$axis $number $range
                    }
                }
            }
        }
        my Apply $view
        my Remember $before $kind
    }

    method Remember {before kind} {
        set now [clock milliseconds]
        set isMore [expr {$kind ne "" && $kind eq $lastKind
            && ([string match drag* $kind] || $now - $lastAt < 700)}]
        set lastKind $kind
        set lastAt $now
        if {!$isMore} {
            set backward [lrange [concat $backward [list $before]] end-199 end]
            set forward {}
        }
        my ShowState
    }

    method Back {} {
        foreach window [list [self] {*}[my Peers]] {
            $window stepBack
        }
    }

    method Forward {} {
        foreach window [list [self] {*}[my Peers]] {
            $window stepForward
        }
    }

    method stepBack {} {
        if {$backward eq ""} return
        lappend forward [my State]
        set view [lindex $backward end]
        set backward [lrange $backward 0 end-1]
        set lastKind ""
        my Apply $view
    }

    method stepForward {} {
        if {$forward eq ""} return
        lappend backward [my State]
        set view [lindex $forward end]
        set forward [lrange $forward 0 end-1]
        set lastKind ""
        my Apply $view
    }

    method Whole {} {
        foreach window [list [self] {*}[my Peers]] {
            $window showWhole
        }
    }

    method showWhole {} {
        set before [my State]
        set view [dict merge $before {-x {} -y {} -y2 {}}]
        if {$view ne $before} {
            my Apply $view
            my Remember $before ""
        }
    }

    # --- pause, and the newest part -------------------------------------------------------

    method TogglePause {} {
        set wanted [expr {!$isPaused}]
        foreach window [list [self] {*}[my Peers]] {
            $window pause $wanted
        }
    }

    # A range that follows the data is held fast meanwhile, so that zooming and going back
    # work on what is seen, while points come in.
    method pause {wanted} {
        set view [my State]
        if {$wanted && !$isPaused} {
            # Also of a zoom, which is left and kept as if it were not paused.
            $figure view {*}[dict replace $view -x {}]
            set layout ""
            set frozen [dict get [my layout] x]
        }
        set isPaused $wanted
        my Apply $view
    }

    # How much up to the newest point is seen, of this window and the linked ones.
    method Last {duration} {
        foreach window [list [self] {*}[my Peers]] {
            $window showLast $duration
        }
    }

    method showLast {duration} {
        dict set options -follow $duration
        my Apply [dict merge [my State] [list -x {} -last $duration]]
    }

    method FillLast {} {
        set menu $top.bar.last.menu
        $menu delete 0 end
        foreach {duration words} {
            0 everything 5s "5 seconds" 10s "10 seconds" 30s "30 seconds" 1m "1 minute"
            5m "5 minutes" 1h "1 hour"
        } {
            $menu add command -label $words -command [my Callback Last $duration]
        }
    }

    # --- places -----------------------------------------------------------------------------

    # What is at a pixel of the canvas: {legend SERIES}, {panel N}, {y N}, {y2 N}, {x ""} or {}.
    method Place {x y} {
        set x [expr {$x / double($scale)}]
        set y [expr {$y / double($scale)}]
        foreach entry [dict get [my layout] legend] {
            lassign [dict get $entry box] left above width height
            if {$x >= $left && $x <= $left + $width && $y >= $above && $y <= $above + $height} {
                return [list legend [dict get $entry series]]
            }
        }
        dict for {panel row} [dict get [my layout] panels] {
            lassign [dict get $row box] left above width height
            if {$y < $above || $y > $above + $height} continue
            set axis [expr {$x < $left ? "y" : $x > $left + $width ? "y2" : "panel"}]
            return [if {$axis eq "panel" || [dict exists $row $axis]} {list $axis $panel}]
        }
        if {$y > $above + $height && $x >= $left && $x <= $left + $width} {list x ""}
    }

    # The box of a panel on the canvas: left, upper, right and lower edge.
    method Edges {panel} {
        lassign [dict get [my layout] panels $panel box] left above width height
        lmap edge [list $left $above [expr {$left + $width}] [expr {$above + $height}]] {
            expr {$edge * $scale}
        }
    }

    # The parts (0 to 1) of a panel's axes at a pixel; of the x axis for a panel "".
    method Parts {panel x y} {
        lassign [my Edges [expr {$panel eq "" ? 1 : $panel}]] left above right below
        list [expr {min(1.0, max(0.0, double($x - $left) / ($right - $left)))}] \
            [expr {min(1.0, max(0.0, double($below - $y) / ($below - $above)))}]
    }

    # The y axes of a panel that are in use.
    method AxesOf {panel} {
        lmap {axis of} [my Axes] {
            if {$of != $panel} continue
            set axis
        }
    }

    # --- the mouse ------------------------------------------------------------------------

    method Press {kind x y} {
        focus $canvas
        lassign [my Place $x $y] where panel
        if {$where eq "legend"} {
            my ClickLegend $panel
            return
        }
        if {$where eq "" || ($kind eq "pan" && $where ne "panel")} return
        set drag [dict create kind $kind where $where panel $panel x0 $x y0 $y number [incr drags]]
        if {$kind eq "zoom"} {
            my ShowBand $x $y
            return
        }
        $canvas configure -cursor fleur
        dict set drag xAxis [my Axis x]
        set view [my State]
        foreach axis [my AxesOf $panel] {
            # One that follows its points goes on doing so.
            if {[dict exists $view -$axis $panel]} {
                dict set drag yAxes $axis [my Axis $axis $panel]
            }
        }
    }

    method DragTo {x y} {
        if {[dict get $drag kind] eq "zoom"} {
            my ShowBand $x $y
            return
        }
        dict with drag {
            lassign [my Edges $panel] left above right below
            set right [expr {double($x0 - $x) / ($right - $left)}]
            set up [expr {double($y - $y0) / ($below - $above)}]
        }
        set changes [list x "" [between [dict get $drag xAxis] $right [expr {1 + $right}]]]
        if {[dict exists $drag yAxes]} {
            dict for {axis was} [dict get $drag yAxes] {
                lappend changes $axis $panel [between $was $up [expr {1 + $up}]]
            }
        }
        my Step $changes drag[dict get $drag number]
    }

    method Release {x y} {
        if {$drag eq ""} return
        set ended $drag
        my Cancel
        if {[dict get $ended kind] eq "zoom"} {
            lassign [my DragAxes $ended $x $y] isWide isHigh
            my ZoomBox $ended $x $y $isWide $isHigh
        }
    }

    # Which axes a drag is about: of a thin one only the long one.
    method DragAxes {gesture x y} {
        dict with gesture {
            set least [Pixels 7]
            set isWide [expr {$where in {panel x} && abs($x - $x0) >= $least}]
            set isHigh [expr {$where in {panel y y2} && abs($y - $y0) >= $least}]
        }
        list $isWide $isHigh
    }

    method ZoomBox {gesture x y isWide isHigh} {
        dict with gesture {
            lassign [my Parts $panel $x0 $y0] x0 y0
            lassign [my Parts $panel $x $y] x y
        }
        set changes {}
        if {$isWide} {
            lappend changes x "" [between [my Axis x] $x0 $x]
        }
        if {$isHigh} {
            foreach axis [if {$where eq "panel"} {my AxesOf $panel} else {list $where}] {
                lappend changes $axis $panel [between [my Axis $axis $panel] $y0 $y]
            }
        }
        if {$changes ne ""} {my Step $changes}
    }

    # The frame of what will be zoomed to.
    method ShowBand {x y} {
        lassign [my DragAxes $drag $x $y] isWide isHigh
        dict with drag {
            lassign [my Edges [expr {$panel eq "" ? 1 : $panel}]] left above right below
            if {$panel eq ""} {
                lassign [my Edges [dict size [dict get [my layout] panels]]] - - - below
            }
            if {$isWide} {
                set from [expr {min($right, max($left, min($x0, $x)))}]
                set right [expr {min($right, max($left, max($x0, $x)))}]
                set left $from
            }
            if {$isHigh} {
                set from [expr {min($below, max($above, min($y0, $y)))}]
                set below [expr {min($below, max($above, max($y0, $y)))}]
                set above $from
            }
        }
        $canvas coords band $left $above $right $below
        $canvas itemconfigure band -state [expr {$isWide || $isHigh ? "normal" : "hidden"}]
    }

    method Cancel {} {
        set drag ""
        $canvas itemconfigure band -state hidden
    }

    # Zoom at the pointer: x; with control, or on its labels, y.  With shift: pan.
    method Wheel {x y delta state} {
        lassign [my Place $x $y] where panel
        if {$where in {"" legend} || $delta == 0} return
        set factor [expr {$delta > 0 ? 0.8 : 1.25}]
        if {$state & 1} {
            my Pan x [expr {$delta > 0 ? -0.1 : 0.1}]
            return
        }
        set axes [if {$where eq "panel" && !($state & 4)} {
            list x
        } elseif {$where eq "panel"} {
            my AxesOf $panel
        } else {
            list $where
        }]
        lassign [my Parts $panel $x $y] right up
        my Step [concat {*}[lmap axis $axes {
            set part [expr {$axis eq "x" ? $right : $up}]
            list $axis $panel [between [my Axis $axis $panel] [expr {$part * (1 - $factor)}] \
                [expr {$part + (1 - $part) * $factor}]]
        }]] wheel$where$panel
    }

    # --- keys -----------------------------------------------------------------------------

    # The panel that the pointer is in, else the upper one.
    method PanelMeant {} {
        lassign [my Pointed] x y
        lassign [if {$x ne ""} {my Place $x $y}] where panel
        expr {$where eq "panel" ? $panel : 1}
    }

    method Pan {axis part} {
        set panel [my PanelMeant]
        my Step [concat {*}[lmap axis [if {$axis eq "x"} {list x} else {my AxesOf $panel}] {
            list $axis $panel [between [my Axis $axis $panel] $part [expr {1 + $part}]]
        }]] pan$axis
    }

    method ZoomCentre {factor} {
        my Step [list x "" [between [my Axis x] [expr {(1 - $factor) / 2}] \
            [expr {(1 + $factor) / 2}]]] centre
    }

    # --- the legend -----------------------------------------------------------------------

    # The series that have the label of this one: they are one thing in several panels.
    method SameLabel {series} {
        set label [$figure series $series -label]
        lmap number [dict keys [$figure stats]] {
            if {[$figure series $number -label] ne $label} continue
            set number
        }
    }

    method Shown {} {
        lmap number [dict keys [$figure stats]] {
            if {[$figure series $number -hidden]} continue
            set number
        }
    }

    method Show {numbers} {
        foreach number [dict keys [$figure stats]] {
            set isHidden [expr {$number ni $numbers}]
            if {[$figure series $number -hidden] != $isHidden} {
                $figure series $number -hidden $isHidden
            }
        }
        my Redraw
    }

    method ClickLegend {series} {
        set shownBefore [my Shown]
        set mine [my SameLabel $series]
        my Show [if {$series in $shownBefore} {
            lmap number $shownBefore {
                if {$number in $mine} continue
                set number
            }
        } else {
            concat $shownBefore $mine
        }]
    }

    # Only this one; when it was the only one, all.
    method PressTwice {x y} {
        lassign [my Place $x $y] where series
        if {$where ne "legend"} {
            my Press zoom $x $y
            return
        }
        set mine [my SameLabel $series]
        my Show [expr {[lsort $shownBefore] eq [lsort $mine] ? [dict keys [$figure stats]] : $mine}]
    }

    # --- axes -----------------------------------------------------------------------------

    method FillAxes {} {
        set menu $top.bar.axes.menu
        $menu delete 0 end
        if {[$figure cget -xscale] ne "time"} {
            my AddCheck $menu "x logarithmic" [expr {[$figure cget -xscale] eq "log"}] \
                [my Callback ToggleLog x ""]
        }
        foreach {axis panel} [my Axes] {
            set name [$figure panel $panel -${axis}label]
            if {$name eq ""} {set name "$axis of panel $panel"}
            my AddCheck $menu "$name logarithmic" \
                [expr {[$figure panel $panel -${axis}scale] eq "log"}] \
                [my Callback ToggleLog $axis $panel]
        }
        $menu add separator
        my AddCheck $menu "y from zero (z)" $isZero [my Callback FromZero]
    }

    method AddCheck {menu words isSet script} {
        set variable [my varname check([$menu index end])]
        set $variable $isSet
        $menu add checkbutton -label $words -variable $variable -command $script
    }

    # Linear or logarithmic.  Zooms of the axis would mean something else now.
    method ToggleLog {axis panel} {
        set call [if {$axis eq "x"} {list $figure configure -xscale} else {
            list $figure panel $panel -${axis}scale
        }]
        set isLog [expr {[if {$axis eq "x"} {$figure cget -xscale} else {{*}$call}] eq "log"}]
        if {!$isLog && $axis ne "x" && $isZero} {
            $figure panel $panel -${axis}min ""
        }
        {*}$call [expr {$isLog ? "linear" : "log"}]
        my Redraw
    }

    # All y axes from zero on, or as they were.
    method FromZero {} {
        if {$isZero} {
            dict for {place limit} $unlimited {
                lassign $place axis panel
                $figure panel $panel -${axis}min $limit
            }
            set unlimited {}
        } else {
            foreach {axis panel} [my Axes] {
                if {[$figure panel $panel -${axis}scale] eq "log"} continue
                set limit [$figure panel $panel -${axis}min]
                try {
                    $figure panel $panel -${axis}min 0
                    dict set unlimited [list $axis $panel] $limit
                } trap {WEIR PLOT ARG} {} {
                    # Its upper limit is below zero.
                }
            }
        }
        set isZero [expr {!$isZero}]
        my Redraw
    }

    # --- the same scale -------------------------------------------------------------------

    # What each y axis with a unit wants to show by itself: {AXIS PANEL UNIT RANGE ...}, without
    # those that somebody zoomed.
    method wishes {} {
        set view [my State]
        set wishes {}
        foreach {axis panel} [my Axes] {
            set unit [my Unit $axis $panel]
            if {[lindex $unit 0] eq "" || [dict exists $view -$axis $panel]} continue
            lappend wishes $axis $panel $unit \
                [dict get [my layout] panels $panel [dict get {y reach y2 reach2} $axis]]
        }
        return $wishes
    }

    # Give the axes of a unit, here and in linked windows, the range that holds all.
    method ShareScale {} {
        set windows [list [self] {*}[my Peers]]
        set ranges {}
        foreach window $windows {
            foreach {axis panel unit reach} [$window wishes] {
                lassign $reach low high
                if {[dict exists $ranges $unit]} {
                    lassign [dict get $ranges $unit] otherLow otherHigh
                    set low [expr {min($low, $otherLow)}]
                    set high [expr {max($high, $otherHigh)}]
                }
                dict set ranges $unit [list $low $high]
            }
        }
        foreach window $windows {
            $window setShared $ranges
        }
    }

    method setShared {ranges} {
        set view [$figure view]
        set before $view
        foreach {axis panel unit -} [my wishes] {
            set range [dict get $ranges $unit]
            dict set shared [list $axis $panel] $range
            if {![dict exists $view -$axis $panel]
                    || ![sameRange [dict get $view -$axis $panel] $range]} {
                dict set view -$axis $panel $range
            }
        }
        if {$view ne $before} {
            $figure view {*}$view
            my Redraw
        }
    }

    # Without the same scale the axes follow their own points again.
    method Unshare {} {
        if {!$isShared && $shared ne ""} {
            my Apply [my State]
        }
    }
}
