#!/usr/bin/env bash
# How long hapline takes beside other programs that read the same log: a table in Markdown.
#
#   benches/versus.sh LOG [ROUNDS]
#
# Each round runs every command once, so that all meet the same machine, and a row is the median of its rounds. Programs
# that are not installed are left out. HAPLINE names another build than target/release/hapline.
set -euo pipefail

log=${1:?usage: benches/versus.sh LOG [ROUNDS]}
rounds=${2:-5}
hapline=${HAPLINE:-target/release/hapline}
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

commands=()
add() { commands+=("$1"); }
has() { command -v "$1" >/dev/null; }

export hapline log room
add '$hapline report $log'
add '$hapline report --threads 1 $log'
add '$hapline parse --format json $log'
add 'cat $log | $hapline report -'
add 'wc -l < $log'
if has halog; then
    add 'halog -srv -q < $log'
    add 'cat $log | halog -srv -q'
fi
if has gzip; then
    gzip -c "$log" > "$room/log.gz"
    add '$hapline report $room/log.gz'
    add 'gzip -dc $room/log.gz | wc -l'
fi
if has zstd; then
    zstd -qc "$log" > "$room/log.zst"
    add '$hapline report $room/log.zst'
    add 'zstd -dc $room/log.zst | wc -l'
fi

for ((round = 0; round < rounds; round++)); do
    for at in "${!commands[@]}"; do
        began=$EPOCHREALTIME
        bash -c "${commands[at]}" > /dev/null
        ended=$EPOCHREALTIME
        echo $((${ended/./} - ${began/./})) >> "$room/$at"
    done
done

bytes=$(wc -c < "$log")
echo "| command | median, ms | MB/s |"
echo "|---|--:|--:|"
for at in "${!commands[@]}"; do
    median=$(sort -n "$room/$at" | sed -n "$((rounds / 2 + 1))p")
    shown=${commands[at]//\$hapline/hapline}
    shown=${shown//\$room\//}
    shown=${shown//\$log/log}
    echo "| \`${shown//|/\\|}\` | $((median / 1000)) | $((bytes / median)) |"
done
