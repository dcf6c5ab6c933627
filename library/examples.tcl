# examples: for `help`, of each family, subcommand, method and program.  A test runs them all,
# in namespaces of their own, beside a receiver `sink` that writes sink.log, a flow `voice`,
# a figure `pic`, and with the environment's addresses on loopback.
return {
    dist {dist quantile {exponential 0.001} 0.99
dist sample {pareto 2.5 300} 5 -seed 1}
    {dist sample} {dist sample {normal 500 100} 10 -seed 7}
    {dist mean} {dist mean {uniform 40 1500}}
    {dist variance} {dist variance {gamma 2 0.01}}
    {dist quantile} {dist quantile {weibull 2 0.5} 0.5}
    {dist cdf} {dist cdf {exponential 0.01} 0.02}
    {dist fit} {dist fit exponential {0.8 1.1 0.2 2.5 0.4}}
    {dist names} {dist names}
    {dist describe} {dist describe pareto}

    flow {flow create web -to 127.0.0.1 -rate 50pps -ps 172 -duration 1s
flow start web
flow wait web
web stats}
    {flow create} {flow create bulk -to 127.0.0.1 -proto tcp -idt {exponential 0.002} -ps {pareto 1.5 300}}
    {flow start} {flow create video -to 127.0.0.1 -duration 1s
flow start video voice}
    {flow stop} {flow stop voice}
    {flow wait} {flow start voice
flow wait voice -timeout 20s}
    {flow schedule} {flow schedule voice {0.2s {-rate 200pps} 0.5s {-ps {uniform 64 128}}}}
    {flow model} {flow create call -to 127.0.0.1 {*}[flow model VoIP -codec G.729.2]}
    {flow preview} {flow preview voice 10}
    {flow daemon} {flow daemon create boss -listen 127.0.0.1:8998 -allow 127.0.0.1
boss start}
    {flow remote} {flow remote create there -to 127.0.0.1
there send "-a 127.0.0.1 -T UDP -C 100 -t 1000"}
    {flow workers} {flow workers}
    {flow names} {foreach name [flow names] {puts "$name [$name cget -to]"}}
    {flow stats} {flow stats
set rate [dict get [flow stats -format dict] voice packetRate]}
    {flow configure} {voice configure -rate 100pps -ps {constant 300}}
    {flow cget} {voice cget -duration}
    {flow destroy} {voice destroy}

    {flow daemon create} {flow daemon create boss -listen 127.0.0.1:8998 -allow {127.0.0.1 10.0.0.0/8}}
    {flow daemon commands} {flow daemon create boss -listen 127.0.0.1:8998
boss start
boss commands}
    {flow remote create} {flow remote create there -to 127.0.0.1:8998}
    {flow remote send} {flow remote create there -to 127.0.0.1
there send "-a 127.0.0.1 -C 100 -c 512 -t 2000"}

    receiver {receiver create other -listen 127.0.0.1:9010 -log other.log
other start
other stats}
    {receiver create} {receiver create other -listen 127.0.0.1:9001 -log other.log -logformat weir}
    {receiver wait} {voice start
sink wait -flows 1 -timeout 30s}
    {receiver flows} {foreach flow [sink flows] {puts "[dict get $flow source]: [dict get $flow delayMean] s"}}
    {receiver names} {receiver names}

    logserver {logserver create logs -listen 127.0.0.1:9003 -logdir .
logs start}
    {logserver create} {logserver create logs -listen 127.0.0.1:9003 -dataports 9100-9199 -logdir .}
    {logserver clients} {logserver create logs -listen 127.0.0.1:9003
logs start
logs clients}

    log {log summary sink.log
log series sink.log -interval 100ms}
    {log summary} {log summary sink.log
dict get [log summary sink.log -format dict] total delayP99}
    {log series} {set rates [dict get [log series sink.log -interval 200ms] total bitRate]}
    {log foreach} {log foreach packet sink.log {incr bytes [dict get $packet size]}}
    {log export} {log export sink.log sink.csv -format csv}
    {log decode} {log decode sink.log -report 1 -bitrate {1000 bitrate.dat}}

    plot {plot create rates -xlabel time -xunit s
rates add -label received -log sink.log -key bitRate
rates export rates.png}
    {plot create} {plot create rates -title "A test" -xlabel time -xunit s -look dark}
    {plot add} {pic add -label delay -x {0 1 2} -y {5 7 6}
pic add -label received -log sink.log -key bitRate -interval 200ms}
    {plot append} {pic append 1 -x {3 4} -y {8 5}}
    {plot series} {pic series 1 -style steps -color #3060c0}
    {plot panel} {pic panel 1 -ylabel delay -yunit ms -ymin 0}
    {plot view} {pic view -x {1 2}}
    {plot at} {pic at 400 200}
    {plot export} {pic export pic.svg
pic export pic.png -scale 2}
    {plot stats} {pic stats}
    {plot points} {lindex [dict get [pic points 1] y] end}
    {plot layout} {dict get [pic layout -width 800] x}
    {plot configure} {pic configure -title "A test" -look dark}
    {plot window} {pic window -look dark -follow 10s}
    {plot live} {plot live voice rate late}
    {plot save} {plot save x.png -xlabel time -xunit s -series {rate {0 1 2} {5 7 6}}}

    watch {voice start
watch voice sink -interval 500ms}
    help {help flow create
help -search delay}

    itgsend {itgsend -a 127.0.0.1 -T UDP -C 100 -c 512 -t 1000}
    itgrecv {itgrecv -l received.log}
    itglog itglog
    itgdec {itgdec sink.log -b 1000 bitrate.dat}
    itgplot {itgdec sink.log -b 100 bitrate.dat
itgplot bitrate.dat png}
    itgmanager {itgmanager 127.0.0.1 -a 127.0.0.1 -C 100 -t 1000}
}
