#!/usr/bin/env bash
# What hapline takes beside other programs that read the same log: a table in Markdown.
#
#   benches/versus.sh LOG [LONGER]
#
# LOG is of `option httplog` behind syslog headers of RFC 3164; LONGER, of the same kind, shows how time grows. Each round
# runs every command once, so that all meet the same machine, and a time is the median of its rounds. A ratio below 1 is in
# hapline's favour. Programs that are not installed are left out.
#
# ROUNDS: 7 unless told otherwise. HAPLINE: another build than target/release/hapline. THREADS: all cores.
set -euo pipefail
export LC_ALL=C TZ=UTC

log=${1:?usage: benches/versus.sh LOG [LONGER]}
longer=${2:-}
rounds=${ROUNDS:-7}
hapline=${HAPLINE:-target/release/hapline}
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
export hapline log longer room

has() { command -v "$1" > /dev/null; }
bytes() { wc -c < "$1"; }

# --- Logs that are made of LOG

# Every request found a server that refuses connections.
all_failed() {
    sed -E 's#( [0-9-]+/[0-9-]+)/[0-9-]+/[0-9-]+(/\+?[0-9]+) [0-9-]+ ([0-9]+ [^ ]+ [^ ]+) [^ ]{4} #\1/-1/-1\2 503 \3 sC-- #' "$log"
}

# What the lines below have in common: which line is a request's, and what stands behind its queues.
requests='
    function is_request() { return $10 ~ /^[-0-9]+(\/[-0-9]+)(\/[-0-9]+)(\/[-0-9]+)\/[+]?[0-9]+$/ }
    function captures_and_request(  rest, nth) {
        rest = $0
        for (nth = 1; nth <= 17; nth++) sub(/^[^ ]+ +/, "", rest)
        return rest
    }'

# The same fields in another order, for a log-format of its own.
reordered() {
    awk "$requests"'
        !is_request() { print; next }
        { print $1, $2, $3, $4, $5, $11, $15, $9, $10, $12, $8, $7, $6, $13, $14, $16, $17, captures_and_request() }' "$log"
}

# The log-format of these lines, with as many blocks of captures as the first request has.
reordered_format() {
    local captures
    captures=$(awk "$requests"'
        is_request() {
            rest = captures_and_request()
            sub(/"[^"]*"?$/, "", rest)
            print (rest ~ /} {/) ? " %hr %hs" : (rest ~ /{/) ? " %hr" : ""
            exit
        }' "$log")
    echo "%ST %tsc %b/%s %TR/%Tw/%Tc/%Tr/%Ta %B %ft [%tr] %ci:%cp %CC %CS %ac/%fc/%bc/%sc/%rc %sq/%bq$captures %{+Q}r"
}

# Three hosts, each second line with an ISO 8601 stamp, each fourth one of `option tcplog`.
mixed() {
    awk "$requests"'
        BEGIN { months = "JanFebMarAprMayJunJulAugSepOctNovDec" }
        !is_request() { print; next }
        {
            stamp = $1 " " $2 " " $3
            if (NR % 2) {
                month = (index(months, $1) + 2) / 3
                stamp = sprintf("%s-%02d-%02dT%s.000000+00:00", substr($7, 9, 4), month, $2, $3)
            }
            head = stamp " lb" (NR % 3 + 1) " " $5 " " $6 " " $7 " " $8 " " $9
            if (NR % 4) {
                print head, $10, $11, $12, $13, $14, $15, $16, $17, captures_and_request()
            } else {
                split($10, timers, "/")
                print head, timers[2] "/" timers[3] "/" timers[5], $12, substr($15, 1, 2), $16, $17
            }
        }' "$log"
}

all_failed > "$room/failed.log"
reordered > "$room/reordered.log"
mixed > "$room/mixed.log"
format=$(reordered_format)
export format

# A log that is not understood is soon read.
understood() {
    "$hapline" report "$@" > "$room/report"
    grep -q '100 % understood' "$room/report" || echo "versus: not all of $1 is understood" >&2
}
understood "$log"
understood "$room/failed.log"
understood "$room/reordered.log" --log-format "$format"
understood "$room/mixed.log"

# --- Times

declare -A commands
order=()
add() {
    commands[$1]=$2
    order+=("$1")
}

add report '$hapline report $log'
add report_1 '$hapline report --threads 1 $log'
add failed '$hapline report $room/failed.log'
add reordered '$hapline report --log-format "$format" $room/reordered.log'
add mixed '$hapline report $room/mixed.log'
add pipe 'cat $log | $hapline report -'
add parse '$hapline parse --threads 1 --format json $log'
if has halog; then
    add halog 'halog -srv -q < $log'
    add halog_pipe 'cat $log | halog -srv -q'
    add halog_status 'halog -st -q < $log'
    add halog_terms 'halog -tc -q < $log'
    add halog_urls 'halog -u -q < $log'
    for table in servers status terms urls; do
        add "stats_$table" "\$hapline stats $table \$log"
    done
fi
if has gzip; then
    gzip -6c "$log" > "$room/log.gz"
    add gz '$hapline report $room/log.gz'
    add gzip 'gzip -dc $room/log.gz | wc -l'
fi
if has zstd; then
    zstd -qc "$log" > "$room/log.zst"
    add zst '$hapline report $room/log.zst'
    add zstd 'zstd -dc $room/log.zst | wc -l'
fi
if [[ $longer ]]; then
    add longer '$hapline report $longer'
fi

for ((round = 0; round < rounds; round++)); do
    for name in "${order[@]}"; do
        began=$EPOCHREALTIME
        bash -c "${commands[$name]}" > /dev/null
        ended=$EPOCHREALTIME
        echo $((${ended/./} - ${began/./})) >> "$room/$name.times"
    done
done

# The median of a command, in us.
median() { sort -n "$room/$1.times" | sed -n "$(((rounds + 1) / 2))p"; }

# --- Memory and instructions

# The most private memory that a command held, in kB, as seen every few ms; it reads $log as standard input.
peak() {
    local most=0 key kilobytes
    "$@" < "$log" > /dev/null &
    while kill -0 $! 2> /dev/null; do
        while read -r key kilobytes _; do
            if [[ $key == RssAnon: ]] && ((kilobytes > most)); then most=$kilobytes; fi
        done 2> /dev/null < /proc/$!/status || true
        sleep 0.005
    done
    wait $!
    echo "$most"
}

# Instructions that a command takes for each line of $log, which it is given as standard input if it names no file.
instructions() {
    local lines total=()
    for lines in 20000 50000; do
        head -n "$lines" "$log" > "$room/head.log"
        valgrind --tool=callgrind --callgrind-out-file="$room/callgrind" "$@" < "$room/head.log" > /dev/null 2>&1
        total+=("$(awk '/^(summary|totals):/ { print $2; exit }' "$room/callgrind")")
    done
    echo $(((total[1] - total[0]) / 30000))
}

# --- The table

# A row: what is asked, hapline's number and the other one, how they are shown, and what they are divided by before.
row() {
    awk -v what="$1" -v own="$2" -v other="$3" -v shown="$4" -v by="${5:-1}" 'BEGIN {
        printf "| %s | " shown " | " shown " | %.2f |\n", what, own / by, other / by, own / other
    }'
}

# A row of two commands.
versus() { row "$1" "$(median "$2")" "$(median "$3")" '%.0f ms' 1000; }

# A row of one command on a log of its own beside the report on LOG, byte by byte.
a_byte() {
    local own other
    own=$(awk -v us="$(median "$2")" -v bytes="$(bytes "$3")" 'BEGIN { print us * 1000 / bytes }')
    other=$(awk -v us="$(median report)" -v bytes="$(bytes "$log")" 'BEGIN { print us * 1000 / bytes }')
    row "$1" "$own" "$other" '%.2f ns/byte'
}

version() { "$@" 2> /dev/null | sed -n 1p | tr -d '*' | sed -E 's/^ +//; s/ +- .*//; s/,? by .*//'; }

about() {
    local model programs
    model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sed -n 1p)
    programs=$(version "$hapline" --version)
    if has halog && has haproxy; then programs+=", halog of $(version haproxy -v)"; fi
    if has gzip; then programs+=", $(version gzip --version)"; fi
    if has zstd; then programs+=", $(version zstd --version)"; fi
    echo "$(nproc) cores of $model. $programs. $(wc -l < "$log") lines in $(($(bytes "$log") / 1000000)) MB," \
        "medians of $rounds rounds. A ratio below 1 is in hapline's favour."
    echo
}

about
echo "| question | hapline | beside it | ratio |"
echo "|---|--:|--:|--:|"
if has halog; then
    versus '`report` beside `halog -srv -q`' report halog
    versus '`report --threads 1` beside the same' report_1 halog
    versus '`cat LOG \| hapline report -` beside `cat LOG \| halog -srv -q`' pipe halog_pipe
    versus '`stats servers` beside `halog -srv -q`' stats_servers halog
    versus '`stats status` beside `halog -st -q`' stats_status halog_status
    versus '`stats terms` beside `halog -tc -q`' stats_terms halog_terms
    versus '`stats urls` beside `halog -u -q`' stats_urls halog_urls
fi
a_byte 'every request failed, beside LOG as it is' failed "$room/failed.log"
a_byte 'a log-format of its own, beside LOG' reordered "$room/reordered.log"
a_byte 'three hosts, two stamps and two formats mixed, beside LOG' mixed "$room/mixed.log"
if has gzip; then versus '`report LOG.gz` beside `gzip -dc LOG.gz \| wc -l`' gz gzip; fi
if has zstd; then versus '`report LOG.zst` beside `zstd -dc LOG.zst \| wc -l`' zst zstd; fi
if [[ $longer ]]; then
    times=$(awk -v long="$(bytes "$longer")" -v short="$(bytes "$log")" 'BEGIN { printf "%.2f", long / short }')
    due=$(awk -v us="$(median report)" -v times="$times" 'BEGIN { print us * times }')
    row "a log $times times as long, beside $times times LOG" "$(median longer)" "$due" '%.0f ms' 1000
fi
if has halog; then
    row 'peak private memory of `report`, beside `halog -srv -q`' \
        "$(peak "$hapline" report "$log")" "$(peak halog -srv -q)" '%.1f MB' 1000
fi
if [[ $longer ]]; then
    row 'peak private memory of `report LONGER`, beside `report LOG`' \
        "$(peak "$hapline" report "$longer")" "$(peak "$hapline" report "$log")" '%.1f MB' 1000
fi
if has valgrind && has halog && (($(head -n 50000 "$log" | wc -l) == 50000)); then
    row 'instructions a line, `report --threads 1` beside `halog -srv`' \
        "$(instructions "$hapline" report --threads 1 "$room/head.log")" "$(instructions halog -srv)" '%.0f'
fi
echo "| \`parse --threads 1 --format json\` | $(($(bytes "$log") / $(median parse))) MB/s | | |"
