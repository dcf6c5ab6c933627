# plotwindow: figures in windows of Tk: what generic/plot/plotWindowCmd.c calls, and the window
# with its widgets and its updates.  Beside it plotgesture.tcl has zooming and panning,
# plotpointer.tcl what follows the pointer, plotlook.tcl colours and sizes.
namespace eval ::weir::plotwindow {
    namespace path ::weir
    variable windows {} ;# a dict: the full name of a figure's command, its Window
    variable ownsTk 0   ;# whether Tk is here for plots only
    variable made 0     ;# windows so far
    variable groups 0   ;# groups of linked windows that had no name
    variable closed 0   ;# moves on when a window is closed
}

proc ::weir::PlotWindow {verb args} {
    tailcall plotwindow::$verb {*}$args
}

# NAME window: a new one, or the one that is there, with the options that are given.
proc ::weir::plotwindow::open {name given} {
    variable windows
    NeedTk $name
    set figure [Full $name]
    if {[dict exists $windows $figure]} {
        set window [dict get $windows $figure]
        $window configure $given
        $window raise
    } else {
        set window [Window new $figure [dict merge [Defaults] $given]]
    }
    $window path
}

# plot window NAME ...: several are linked, and share the height of the screen.
proc ::weir::plotwindow::openAll {names given} {
    variable groups
    NeedTk [lindex $names 0]
    set count [llength $names]
    if {$count > 1 && ![dict exists $given -link]} {
        dict set given -link linked[incr groups]
    }
    set place -1
    lmap name $names {
        incr place
        set options $given
        if {$count > 1 && ![dict exists $given -geometry]} {
            dict set options -geometry [Tile $place $count]
        }
        open $name $options
    }
}

# The place of one of several windows below each other; the last of very many are below the
# screen.
proc ::weir::plotwindow::Tile {place count} {
    set height [expr {max(200, ([winfo screenheight .] - 40) / $count)}]
    format %dx%d+%d+%d [expr {min([winfo screenwidth .] - 40, 2 * $height)}] \
        [expr {$height - 40}] 20 [expr {20 + $place * $height}]
}

# No larger than the screen: an X server does not make every window that is asked for.
proc ::weir::plotwindow::Fitting {geometry} {
    set place ""
    if {[scan $geometry %dx%d%s width height place] >= 2} {
        return [expr {min($width, [winfo screenwidth .])}]x[expr {
            min($height, [winfo screenheight .])}]$place
    }
    return $geometry
}

# plot wait: until no figure of NAMES (none: of all) has a window.
proc ::weir::plotwindow::wait {names} {
    variable windows
    variable closed
    set figures [lmap name $names {Full $name}]
    while {[lsearch -exact -not [lmap figure [dict keys $windows] {
        expr {$figures eq "" || $figure in $figures}
    }] 0] >= 0} {
        if {[info coroutine] ne ""} {
            Pause 50
        } else {
            vwait ::weir::plotwindow::closed
        }
    }
}

proc ::weir::plotwindow::Full {name} {
    string cat [expr {[string match ::* $name] ? "" : "::"}] $name
}

proc ::weir::plotwindow::Defaults {} {
    set defaults {}
    foreach row [options {plot window}] {
        dict set defaults [dict get $row name] [dict get $row default]
    }
    return $defaults
}

# --- Tk ---------------------------------------------------------------------------------------

# Have Tk and the drawing of figures, or say why not, and what to do.
proc ::weir::plotwindow::NeedTk {name} {
    set instead "draw into a file instead: $name export FILE.png"
    variable ownsTk
    if {[package provide Tk] eq ""} {
        ::weir::LoadTk $instead
        wm withdraw .
        set ownsTk 1
    } elseif {[catch {winfo exists .} exists] || !$exists} {
        throw {WEIR PLOT STATE} "the main window of Tk was closed, after which a process\
            cannot have others; $instead"
    }
    try {
        package require weirtk
    } on error message {
        throw {WEIR PLOT NOSUPPORT} "this Weir was built without windows ($message); $instead"
    }
}

# --- The window -------------------------------------------------------------------------------

oo::class create ::weir::plotwindow::Window {
    variable figure  ;# full name of its command
    variable options ;# a dict, as in the table "plot window"
    variable top canvas image
    variable scale   ;# pixels of the screen per pixel of the layout
    variable look title ;# as they are shown
    variable timer due idle ;# the next update, when it is due, and a drawing to come
    variable layout  ;# of what is drawn; "": to be asked for
    variable isPaused frozen ;# and the range of x that stands still
    variable isLinked isDark isShared isZero ;# what buttons and menus show
    variable group   ;# that it is linked with, or was last

    constructor {theFigure theOptions} {
        namespace path {::oo::Helpers ::weir::plotwindow ::weir}
        set figure $theFigure
        set options $theOptions
        lassign {} timer idle layout frozen title look
        lassign {0 0 0 0 0 0 1} due isPaused isLinked isDark isShared isZero group
        my StartGestures
        my StartPointer
        set top .weirplot[incr ::weir::plotwindow::made]
        try {
            my Build
            my configure $options
        } on error {message how} {
            destroy $top
            return -options $how $message
        }
        dict set ::weir::plotwindow::windows $figure [self]
        trace add command $figure {rename delete} [my Callback Moved]
        bind $top <Destroy> [my Callback Ended %W]
        my say [my Advice]
        update idletasks
        wm minsize $top [Pixels 300] [Pixels 160] ;# of a narrow one keys serve for what is cut off
        wm deiconify $top
        focus $canvas
    }

    destructor {
        catch {trace remove command $figure {rename delete} [my Callback Moved]}
        my Stop
        after cancel $idle
        my StopPointer
        dict unset ::weir::plotwindow::windows $figure
        catch {bind $top <Destroy> ""}
        catch {destroy $top}
        catch {image delete $image}
        incr ::weir::plotwindow::closed
    }

    method path {} {
        return $top
    }

    method figure {} {
        return $figure
    }

    # A script for bindings and timers.  What Weir refuses is told in the status line.
    method Callback {args} {
        list [namespace which my] Guard {*}$args
    }

    method Guard {method args} {
        try {
            my $method {*}$args
        } trap {WEIR} message {
            my say $message
        }
    }

    # The figure's command was renamed or deleted.
    method Moved {old new operation} {
        dict unset ::weir::plotwindow::windows $figure
        if {$operation eq "delete"} {
            my destroy
            return
        }
        set figure [Full $new]
        dict set ::weir::plotwindow::windows $figure [self]
        my NameWindow
    }

    method Ended {widget} {
        if {$widget eq $top} {my destroy}
    }

    # --- widgets --------------------------------------------------------------------------

    method Build {} {
        set scale [Scale]
        toplevel $top -class WeirPlot
        wm withdraw $top
        set canvas $top.canvas
        set image [image create weirplot]
        my BuildBar
        lassign [my FirstSize] width height
        canvas $canvas -width $width -height $height -highlightthickness 0 -borderwidth 0 \
            -cursor crosshair -takefocus 1
        $canvas create image 0 0 -anchor nw -image $image -tags figure
        $canvas create text 0 0 -anchor center -justify center -tags note -state hidden
        ttk::frame $top.status
        ttk::label $top.status.said
        ttk::label $top.status.state -anchor e
        pack $top.status.state -side right
        pack $top.status.said -side left -fill x -expand 1
        grid $top.bar -sticky ew
        grid $canvas -sticky nsew
        grid $top.status -sticky ew
        grid columnconfigure $top 0 -weight 1
        grid rowconfigure $top 1 -weight 1
        my BindGestures
        my BindPointer
        bind $canvas <Configure> [my Callback Resized]
        bind $top <Map> [my Callback Start]
        bind $top <Unmap> [my Callback Stop]
        wm protocol $top WM_DELETE_WINDOW [my Callback destroy]
    }

    # The figure's size, where the screen is large enough.
    method FirstSize {} {
        lmap side {width height} most {0.9 0.8} {
            expr {int(min([$figure cget -$side] * $scale, $most * [winfo screen$side $top]))}
        }
    }

    # Buttons: name, words, what they do, what the hint says.
    method BuildBar {} {
        ttk::frame $top.bar
        foreach {name text method does} {
            pause   Pause      TogglePause {Stand still while data goes on being collected (space)}
            back    Back       Back        {Back to the view before (backspace)}
            forward Forward    Forward     {Forward again (shift-backspace)}
            whole   Whole      Whole       {Everything, without a zoom (Home)}
            - - - -
            last    Last       -           {How much up to the newest point is seen}
            axes    Axes       -           {Linear or logarithmic, and from zero}
            - - - -
            link    Link       Link        {Zoom and pan together with the other linked windows (l)}
            same    {Same scale} Share     {One range for all y axes with the same unit (s)}
            dark    Dark       Darken      {Dark or light (d)}
            - - - -
            export  Export...  AskExport   {Save as picture, drawing or data (Control-s)}
            help    Help       Help        {What mouse and keys do (F1)}
        } {
            if {$name eq "-"} {
                pack [frame $top.bar.line[llength [winfo children $top.bar]] -width [Pixels 1]] \
                    -side left -fill y -padx [Pixels 6] -pady [Pixels 6]
                continue
            }
            pack [my BarButton $name $text $method] -side left
            my Hint $top.bar.$name $does
        }
        pack configure $top.bar.pause -padx [list [Pixels 4] 0]
        pack configure $top.bar.help -padx [list 0 [Pixels 4]]
    }

    method BarButton {name text method} {
        set path $top.bar.$name
        if {$name in {last axes}} {
            ttk::menubutton $path -text $text -menu $path.menu -takefocus 0 \
                -width [dict get {last -9 axes 0} $name]
            menu $path.menu -tearoff 0 -postcommand [my Callback Fill[string totitle $name]]
        } elseif {$name in {link same dark}} {
            ttk::checkbutton $path -text $text -takefocus 0 -command [my Callback $method] \
                -variable [my varname [dict get {link isLinked same isShared dark isDark} $name]]
        } else {
            ttk::button $path -text $text -takefocus 0 -command [my Callback $method]
        }
        return $path
    }

    # What buttons and the status line show of the state.
    method ShowState {} {
        $top.bar.pause configure -text [expr {$isPaused ? "Continue" : "Pause"}]
        $top.bar.back configure -state [my Possible back]
        $top.bar.forward configure -state [my Possible forward]
        set view [my State]
        set last [dict get $view -last]
        $top.bar.last configure -text "Last: [expr {$last eq "0s" ? "all" : $last}]"
        $top.status.state configure -text [join [list \
            {*}[if {$isPaused} {list paused}] \
            {*}[if {[dict get $view -x] ne "" || [dict get $view -y] ne "" \
                || [dict get $view -y2] ne ""} {list "zoomed, Home shows all"}]] ", "]
    }

    method say {text} {
        $top.status.said configure -text $text
    }

    method raise {} {
        update idletasks ;# else Tk forgets a new place
        wm deiconify $top
        raise $top
    }

    # --- options --------------------------------------------------------------------------

    method configure {given} {
        set options [dict merge $options $given]
        if {[dict exists $given -geometry] && [dict get $given -geometry] ne ""} {
            wm geometry $top [Fitting [dict get $given -geometry]]
        }
        if {[dict exists $given -follow]} {
            my Last [dict get $given -follow]
        }
        set link [dict get $options -link]
        set isLinked [expr {$link ni {"" 0}}]
        if {$isLinked} {set group $link}
        set isShared [dict get $options -samescale]
        my Dress
        my Unshare
        my ShowState
        my Redraw
    }

    # Colours and title as the figure has them now.
    method Dress {} {
        set newLook [dict get $options -look]
        if {$newLook eq "auto"} {
            set newLook [$figure cget -look]
        }
        set newTitle [$figure cget -title]
        if {$newTitle ne $title || $look eq ""} {
            set title $newTitle
            my NameWindow
        }
        if {$newLook ne $look} {
            set look $newLook
            set isDark [expr {$look eq "dark"}]
            Paint $top $look
            my PaintPointer
        }
    }

    method NameWindow {} {
        set name [string trimleft $figure :]
        wm title $top [expr {$title eq "" ? "$name - Weir" : "$title - $name - Weir"}]
    }

    method Darken {} {
        my configure [dict create -look [expr {$look eq "dark" ? "light" : "dark"}]]
    }

    # Into the group that it was in, or the common one, or out of it.
    method Link {} {
        my configure [dict create -link [expr {[dict get $options -link] in {"" 0} ? $group : 0}]]
    }

    method Share {} {
        my configure [dict create -samescale [expr {![dict get $options -samescale]}]]
    }

    method group {} {
        dict get $options -link
    }

    # The other windows of the group.
    method Peers {} {
        if {!$isLinked} return
        lmap window [dict values $::weir::plotwindow::windows] {
            if {$window eq [self] || [$window group] ne [my group]} continue
            set window
        }
    }

    # --- updates --------------------------------------------------------------------------

    method Start {} {
        if {$timer eq "" && [winfo ismapped $top]} {
            set due [clock milliseconds]
            my Tick
        }
    }

    method Stop {} {
        after cancel $timer
        set timer ""
    }

    method Period {} {
        expr {max(1, round(1000 / [dict get $options -rate]))}
    }

    method Tick {} {
        set now [clock milliseconds]
        set due [expr {max($due + [my Period], $now + 1)}]
        set timer [after [expr {$due - $now}] [my Callback Tick]]
        if {!$isPaused} {my Draw}
    }

    # Draw when nothing else is to do, also while it is paused.
    method Redraw {} {
        set layout ""
        if {$idle eq ""} {
            set idle [after idle [my Callback Draw]]
        }
    }

    method Resized {} {
        $canvas coords note [expr {[winfo width $canvas] / 2}] [expr {[winfo height $canvas] / 2}]
        $canvas itemconfigure note -width [expr {max(1, [winfo width $canvas] - 20)}]
        my Redraw
    }

    method Draw {} {
        after cancel $idle
        set idle ""
        set width [winfo width $canvas]
        set height [winfo height $canvas]
        if {$width < 2 || $height < 2} return
        try {
            set isDrawn [::weir::tk::draw $figure $image -width $width -height $height \
                -scale $scale -look $look]
        } trap {WEIR PLOT} message {
            $canvas itemconfigure figure -state hidden
            $canvas itemconfigure note -state normal -text $message
            my HidePointer
            return
        }
        if {[$canvas itemcget note -state] eq "normal"} {
            $canvas itemconfigure figure -state normal
            $canvas itemconfigure note -state hidden
        }
        if {!$isDrawn} return
        set layout ""
        my Dress
        if {$isShared} {my ShareScale}
        my Refresh
    }

    # Where everything is, as `NAME layout` tells, in pixels of the layout.
    method layout {} {
        if {$layout eq ""} {
            set layout [$figure layout {*}[my LayoutSize]]
        }
        return $layout
    }

    method LayoutSize {} {
        list -width [expr {max(1, round([winfo width $canvas] / $scale))}] \
            -height [expr {max(1, round([winfo height $canvas] / $scale))}]
    }

    # --- files ----------------------------------------------------------------------------

    method AskExport {} {
        set file [tk_getSaveFile -parent $top -title "Export" -defaultextension .png \
            -initialfile [namespace tail $figure].png -filetypes {
                {{PNG picture} .png} {{SVG drawing} .svg} {{PDF drawing} .pdf}
                {{EPS drawing} .eps} {{Data as CSV} .csv} {{All files} *}
            }]
        if {$file ne ""} {my SaveTo $file}
    }

    # By the extension, as large as the window.
    method SaveTo {file} {
        if {[string tolower [file extension $file]] eq ".csv"} {
            SaveData $figure $file
        } else {
            $figure export $file {*}[my LayoutSize] -scale $scale
        }
        my say "saved as $file"
    }
}

# The points of a figure's series, one a line; drawn ones, so of a histogram its classes.
proc ::weir::plotwindow::SaveData {figure file} {
    set new $file.new
    try {
        set channel [::open $new w]
        fconfigure $channel -encoding utf-8
        puts $channel series,label,panel,x,y,yLow,yHigh
        dict for {number row} [$figure stats] {
            set start $number,[CsvText [dict get $row label]],[dict get $row panel]
            set points [dict merge {yLow {} yHigh {}} [$figure points $number]]
            foreach x [dict get $points x] y [dict get $points y] low [dict get $points yLow] \
                    high [dict get $points yHigh] {
                puts $channel $start,$x,$y,$low,$high
            }
        }
        close $channel
        file rename -force $new $file
    } trap {POSIX} message {
        catch {close $channel}
        catch {file delete $new}
        throw {WEIR PLOT POSIX} "cannot save the data: $message"
    }
}

proc ::weir::plotwindow::CsvText {text} {
    if {![regexp {[",\n\r]} $text]} {
        return $text
    }
    string cat \" [string map {\" \"\"} $text] \"
}
