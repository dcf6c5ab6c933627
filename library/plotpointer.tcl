# plotpointer: what follows the pointer in a plot's window: the cross-hair, also in linked
# windows, the nearest point and its values, and the hints of buttons.
oo::define ::weir::plotwindow::Window {
    variable figure options top canvas scale look drag
    variable pointer ;# {X Y} of the canvas while it is there, else ""
    variable reading ;# the next readout
    variable hint    ;# the one that is to appear

    method StartPointer {} {
        lassign {} pointer reading hint
    }

    method StopPointer {} {
        after cancel $reading
        after cancel $hint
    }

    method BindPointer {} {
        $canvas create rectangle 0 0 0 0 -tags band -state hidden -stipple gray12
        foreach tag {across down} {
            $canvas create line 0 0 0 0 -tags [list $tag pointer] -state hidden -dash {2 3}
        }
        $canvas create oval 0 0 0 0 -tags {mark pointer} -state hidden -width [Pixels 2]
        $canvas create rectangle 0 0 0 0 -tags {paper pointer} -state hidden
        $canvas create text 0 0 -tags {values pointer} -state hidden -anchor nw
        bind $canvas <Motion> [my Callback Motion %x %y]
        bind $canvas <Leave> [my Callback Leave]
    }

    method PaintPointer {} {
        dict with ::weir::plotwindow::colours $look {
            $canvas configure -background $paper
            $canvas itemconfigure note -fill $muted
            $canvas itemconfigure band -outline $accent -fill $accent
            $canvas itemconfigure across -fill $muted
            $canvas itemconfigure down -fill $muted
            $canvas itemconfigure mark -outline $text
            $canvas itemconfigure paper -fill $bar -outline $line
            $canvas itemconfigure values -fill $text
        }
    }

    method Pointed {} {
        return $pointer
    }

    method Motion {x y} {
        set pointer [list $x $y]
        if {$drag ne ""} {my DragTo $x $y}
        my MoveCross
        if {$reading eq ""} {
            set reading [after [my Period] [my Callback Read]]
        }
    }

    method Leave {} {
        set pointer ""
        my HidePointer
        foreach window [my Peers] {
            $window crossAt ""
        }
        my say [my Advice]
    }

    method HidePointer {} {
        $canvas itemconfigure pointer -state hidden
    }

    # The picture is a new one.
    method Refresh {} {
        if {$pointer ne "" && $reading eq ""} {
            set reading [after idle [my Callback Read]]
        }
    }

    # The lines through the pointer; in linked windows the one at the same x.
    method MoveCross {} {
        lassign $pointer x y
        lassign [my Place $x $y] where panel
        if {$drag eq ""} {my ShowCursor $where}
        if {$where ne "panel"} {
            my HidePointer
            foreach window [my Peers] {
                $window crossAt ""
            }
            return
        }
        lassign [my Edges $panel] left - right -
        $canvas coords across $left $y $right $y
        $canvas itemconfigure across -state normal
        my Down $x
        set value [valueAt [my Axis x] [lindex [my Parts $panel $x $y] 0]]
        foreach window [my Peers] {
            $window crossAt $value
        }
    }

    # What a press would begin.
    method ShowCursor {where} {
        set wanted [dict get {panel crosshair legend hand2 x sb_h_double_arrow
            y sb_v_double_arrow y2 sb_v_double_arrow "" arrow} $where]
        if {[$canvas cget -cursor] ne $wanted} {
            $canvas configure -cursor $wanted
        }
    }

    # The line from the first panel to the last.
    method Down {x} {
        set panels [dict size [dict get [my layout] panels]]
        $canvas coords down $x [lindex [my Edges 1] 1] $x [lindex [my Edges $panels] 3]
        $canvas itemconfigure down -state normal
    }

    # The pointer of a linked window is at this x; "": nowhere.
    method crossAt {value} {
        my HidePointer
        if {$value eq ""} return
        set part [partOf [my Axis x] $value]
        if {$part < 0 || $part > 1} return
        lassign [my Edges 1] left - right -
        my Down [expr {$left + $part * ($right - $left)}]
    }

    # The values under the pointer, and the nearest point.
    method Read {} {
        set reading ""
        if {$pointer eq ""} return
        lassign $pointer x y
        set at [$figure at [expr {$x / double($scale)}] [expr {$y / double($scale)}] \
            {*}[my LayoutSize]]
        if {$at eq ""} {
            my HidePointer
            my say [my Advice {*}[my Place $x $y]]
            return
        }
        my say [join [list "x [dict get $at xText]" \
            {*}[if {[dict exists $at yText]} {list "y [dict get $at yText]"}] \
            {*}[if {[dict exists $at y2Text]} {list "right y [dict get $at y2Text]"}]] "   "]
        if {[dict exists $at series] && $drag eq ""} {
            my ShowPoint $at
        } else {
            foreach tag {mark paper values} {
                $canvas itemconfigure $tag -state hidden
            }
        }
    }

    method Advice {{where ""} args} {
        switch $where {
            legend {return "click: hide or show   double-click: only this one"}
            x {return "drag: zoom x   wheel: zoom x"}
            y - y2 {return "drag: zoom y   wheel: zoom y"}
            default {return "drag: zoom   shift-drag: move   wheel: zoom x   F1: all keys"}
        }
    }

    method ShowPoint {at} {
        lassign [dict get $at pixel] x y
        set x [expr {$x * $scale}]
        set y [expr {$y * $scale}]
        set r [Pixels 5]
        $canvas coords mark [expr {$x - $r}] [expr {$y - $r}] [expr {$x + $r}] [expr {$y + $r}]
        set lines [list {*}[if {[dict get $at label] ne ""} {list [dict get $at label]}] \
            "[dict get $at textX]   [dict get $at textY]"]
        $canvas itemconfigure values -text [join $lines \n]
        foreach tag {mark paper values} {
            $canvas itemconfigure $tag -state normal
        }
        my PlaceValues $x $y
    }

    # Right above the point, or where there is room.
    method PlaceValues {x y} {
        set away [Pixels 14]
        lassign [$canvas bbox values] left above right below
        set width [expr {$right - $left}]
        set height [expr {$below - $above}]
        set x [expr {$x + $away + $width > [winfo width $canvas] ? $x - $away - $width : $x + $away}]
        set y [expr {$y - $away - $height < 0 ? $y + $away : $y - $away - $height}]
        $canvas coords values [expr {max(0, $x)}] $y
        lassign [$canvas bbox values] left above right below
        set pad [Pixels 4]
        $canvas coords paper [expr {$left - $pad}] [expr {$above - $pad}] \
            [expr {$right + $pad}] [expr {$below + $pad}]
    }

    # --- hints and help -------------------------------------------------------------------

    method Hint {widget text} {
        bind $widget <Enter> [my Callback HintSoon $widget $text]
        bind $widget <Leave> [my Callback HideHint]
        bind $widget <ButtonPress> [my Callback HideHint]
    }

    method HintSoon {widget text} {
        my HideHint
        set hint [after 600 [my Callback ShowHint $widget $text]]
    }

    method HideHint {} {
        after cancel $hint
        destroy $top.hint
    }

    method ShowHint {widget text} {
        if {![winfo exists $widget]} return
        toplevel $top.hint -class WeirHint
        wm withdraw $top.hint
        wm overrideredirect $top.hint 1
        pack [label $top.hint.text -text $text -borderwidth 1 -relief solid \
            -padx [Pixels 5] -pady [Pixels 2]]
        PaintHint $top.hint.text $look
        set x [winfo rootx $widget]
        set most [expr {[winfo screenwidth $top] - [winfo reqwidth $top.hint.text]}]
        wm geometry $top.hint +[expr {max(0, min($x, $most))}]+[expr {
            [winfo rooty $widget] + [winfo height $widget] + [Pixels 4]}]
        wm deiconify $top.hint
        raise $top.hint
    }

    method Help {} {
        set help $top.help
        if {[winfo exists $help]} {
            destroy $help
            return
        }
        toplevel $help -class WeirPlot
        wm title $help "What mouse and keys do - Weir"
        wm transient $help $top
        ttk::frame $help.all -padding [Pixels 14]
        pack $help.all -fill both -expand 1
        set row 0
        foreach {does how} {
            "Drag in a panel"           "zoom to the box; a thin one zooms one axis"
            "Drag on labels of an axis" "zoom that axis"
            "Wheel"                     "zoom x at the pointer; on labels that axis"
            "Control and wheel"         "zoom y at the pointer"
            "Shift and wheel"           "move along x"
            "Middle or shift-drag, arrows" "move"
            "+ and -"                   "zoom x at the centre"
            "Backspace, shift-backspace" "step back, and forward again"
            "Home or 0"                 "everything, following the data"
            "Space"                     "pause; data goes on being collected"
            "Click in the legend"       "hide or show a series; twice: only this one"
            "l, s, z, d"                "link, same scale, y from zero, dark"
            "Control-s"                 "save as picture, drawing or data"
            "Escape"                    "drop a drag"
            "Control-w"                 "close the window; the figure stays"
        } {
            ttk::label $help.all.does$row -text $does
            ttk::label $help.all.how$row -text $how
            grid $help.all.does$row $help.all.how$row -sticky w -pady [Pixels 2]
            grid configure $help.all.how$row -padx [list [Pixels 20] 0]
            incr row
        }
        Paint $help $look
        foreach key {Escape F1 Control-w} {
            bind $help <$key> [list destroy $help]
        }
        focus $help
    }
}
