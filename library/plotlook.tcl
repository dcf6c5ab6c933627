# plotlook: colours and sizes of a plot's window.  The styles have names of their own
# (WeirLight.Toolbutton), so that windows of both looks and those of others stand side by side.
namespace eval ::weir::plotwindow {
    variable colours {
        light {bar #f4f5f7 paper #ffffff text #24292f muted #57606a line #d0d7de
               hover #e6e9ed chosen #d6e4f7 accent #0b63ce faint #a0a8b0}
        dark  {bar #20242a paper #16191d text #e6e8ea muted #9aa3ad line #3a4048
               hover #2e343c chosen #27476b accent #5aa9e6 faint #5c6570}
    }
}

# Pixels of the screen per pixel of the layout: 1 on usual screens, 2 on very fine ones.
proc ::weir::plotwindow::Scale {} {
    expr {max(1.0, round(3 * [tk scaling]) / 4.0)}
}

proc ::weir::plotwindow::Pixels {count} {
    expr {round($count * [Scale])}
}

# The theme's own default is for screens of 1990; one that somebody chose stays.
proc ::weir::plotwindow::MakeStyles {look} {
    variable colours
    if {[ttk::style theme use] eq "default"} {
        ttk::style theme use clam
    }
    set prefix Weir[string totitle $look]
    dict with colours $look {
        foreach style {TFrame TLabel Toolbutton TMenubutton} {
            ttk::style configure $prefix.$style -background $bar -foreground $text \
                -bordercolor $bar -lightcolor $bar -darkcolor $bar -arrowcolor $muted
        }
        ttk::style configure $prefix.TLabel -padding [list [Pixels 6] [Pixels 3]]
        foreach style {Toolbutton TMenubutton} {
            ttk::style configure $prefix.$style -relief flat -borderwidth 1 \
                -padding [list [Pixels 7] [Pixels 5]]
            ttk::style map $prefix.$style \
                -background [list disabled $bar pressed $chosen selected $chosen active $hover] \
                -foreground [list disabled $faint] -relief {} \
                -bordercolor [list disabled $bar selected $accent active $line] \
                -lightcolor [list pressed $chosen selected $chosen active $hover] \
                -darkcolor [list pressed $chosen selected $chosen active $hover]
        }
        ttk::style configure $prefix.TMenubutton -arrowsize [Pixels 4]
    }
    return $prefix
}

# Give a toplevel and all in it the colours of a look.
proc ::weir::plotwindow::Paint {top look} {
    variable colours
    set prefix [MakeStyles $look]
    $top configure -background [dict get $colours $look bar]
    PaintInside $top $prefix [dict get $colours $look]
}

proc ::weir::plotwindow::PaintInside {path prefix colours} {
    foreach child [winfo children $path] {
        switch [winfo class $child] {
            TButton - TCheckbutton {$child configure -style $prefix.Toolbutton}
            TMenubutton - TFrame - TLabel {
                $child configure -style $prefix.[winfo class $child]
            }
            Frame {$child configure -background [dict get $colours line]}
            Menu {
                dict with colours {
                    $child configure -background $bar -foreground $text -selectcolor $accent \
                        -activebackground $chosen -activeforeground $text -disabledforeground $faint \
                        -relief solid -borderwidth 1 -activeborderwidth 0
                }
            }
        }
        if {[winfo toplevel $child] ne $child} {
            PaintInside $child $prefix $colours
        }
    }
}

proc ::weir::plotwindow::PaintHint {label look} {
    variable colours
    dict with colours $look {
        $label configure -background $paper -foreground $text
    }
}
