# What the tests of `plot` share: files, and what is drawn in them.

testConstraint rsvg [expr {[auto_execok rsvg-convert] ne ""}]
testConstraint poppler [expr {[auto_execok pdftoppm] ne "" && [auto_execok pdftotext] ne ""}]

# A file in the folder `out` of the test file that sources this.
proc outFile {name} {
    file join $::out $name
}

proc bytes {file} {
    set f [open $file rb]
    try {
        return [read $f]
    } finally {
        close $f
    }
}

# Width and height from the header of a PNG.
proc pngSize {file} {
    binary scan [bytes $file] @16II width height
    return [list $width $height]
}

# The words in a PDF, in the order in which they were drawn.
proc pdfText {file} {
    set words {}
    foreach line [split [exec pdftotext -raw -enc UTF-8 $file -] \n] {
        lappend words {*}[regexp -all -inline {\S+} $line]
    }
    return $words
}

# What is drawn for a figure, as the text of its SVG with every property written as
# "name:value;" (versions of cairo write them as attributes or in a style).
proc svgOf {figure args} {
    set svg [bytes [$figure export [outFile drawn.svg] {*}$args]]
    return [string map {", " ,} [regsub -all {([a-z-]+)="([^"]*)"} $svg {\1:\2;}]]
}

# A colour as cairo writes it into an SVG.
proc svgColor {r g b} {
    set percents [lmap v [list $r $g $b] {
        string trimright [string trimright [format %.6f [expr {$v * 100 / 255.0}]] 0] .
    }]
    return "rgb([join [lmap v $percents {string cat $v %}] ,])"
}

# The path of a figure's curve in pure red: what it is drawn with and where.
proc redPath {figure} {
    regexp {<path [^>]*stroke:rgb\(100%,0%,0%\)[^>]*>} [svgOf $figure] path
    return $path
}

# The coordinates in a path, as letters and numbers.
proc pathData {path} {
    regexp { d:([^;]*);} $path -> data
    return $data
}

proc occurrences {what text} {
    regexp -all "***=$what" $text
}

proc cleanUp {} {
    foreach name [plot names] {
        rename $name ""
    }
    foreach file [glob -nocomplain -directory $::out * .weir*] {
        file delete -force $file
    }
}
