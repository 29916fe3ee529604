#!/usr/bin/env bash
# Trains presets and measures the speed on a machine with a GPU, in ten minutes.
#
#     OUT=results PRESETS=presets bash benchmarks/gpu.sh
#
# For a machine with one GPU, JAX and PyTorch, and no TensorFlow, no network and
# no installed package: the checkout is enough. Every part stops in time, keeps
# what it has, and does not take the others with it if it fails.
#
#   OUT      folder for all results; created. Default: gpu_results
#   PRESETS  folder with NAME.npz, a recording of `replay.py record`, and
#            NAME.txt, its `keras-gan-zoo train` command, for each preset.
#            They share the time that is left. None: only the speed is measured
#   WHEELS   folder of wheels to unpack and use, such as Keras; none needed
#   MINUTES  of everything. Default: 9.5
#   SPEED    minutes of them for the speed. Default: 3; 0 leaves it out
#   ROWS     rows of benchmarks/speed. Default: dcgan_64 dcgan_28
#   DTYPES   Default: float32 mixed_bfloat16
#   MACHINE  what to call the machine on the cards. Default: a GPU
#   PYTHON   Default: python3, or python
#
# Leaves in $OUT: machine.txt, speed.jsonl, a folder with model.keras and its
# card for each preset, a log of each part, and summary.txt.
set -u
began=$SECONDS
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=${OUT:-gpu_results}
PRESETS=${PRESETS:-}
WHEELS=${WHEELS:-}
SPEED=${SPEED:-3}
ROWS=${ROWS:-dcgan_64 dcgan_28}
DTYPES=${DTYPES:-float32 mixed_bfloat16}
MACHINE=${MACHINE:-a GPU}
PYTHON=${PYTHON:-$(command -v python3 || command -v python)}
mkdir -p "$OUT" || exit 1
OUT=$(cd "$OUT" && pwd)
: > "$OUT/summary.txt"

# Whole seconds of a number of minutes, which may have a fraction.
seconds() { awk -v m="$1" 'BEGIN { printf "%d", 60 * m }'; }
limit=$(seconds "${MINUTES:-9.5}")
left() { echo $((limit - (SECONDS - began))); }
say() { echo "$*" | tee -a "$OUT/summary.txt"; }

# part NAME SECONDS COMMAND...: runs it with a limit and a log.
part() {
    local name=$1 allowed=$2
    shift 2
    if [ "$allowed" -lt 5 ]; then
        say "$name: no time left"
        return
    fi
    local start=$SECONDS
    timeout -k 5 "$allowed" "$@" > "$OUT/$name.log" 2>&1
    local status=$? result=done
    [ "$status" -eq 124 ] && result="stopped after its $allowed s"
    [ "$status" -ne 0 ] && [ "$status" -ne 124 ] && result="failed ($status)"
    say "$name: $result, $((SECONDS - start)) s"
}

export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
export PYTHONUNBUFFERED=1 XLA_PYTHON_CLIENT_PREALLOCATE=false
if [ -n "$WHEELS" ]; then
    for wheel in "$WHEELS"/*.whl; do
        "$PYTHON" -m zipfile -e "$wheel" "$OUT/.packages"
    done
    export PYTHONPATH="$OUT/.packages:$PYTHONPATH"
fi
{
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv || true
    "$PYTHON" --version
    nproc
} > "$OUT/machine.txt" 2>&1

# Each way gets its share of what is left for the speed, first steps included.
if [ "$(seconds "$SPEED")" -gt 0 ]; then
    end=$(($(left) - $(seconds "$SPEED")))
    ways=("jax fit" "torch torch" "torch fit")
    many=$(($(wc -w <<< "$ROWS") * $(wc -w <<< "$DTYPES") * ${#ways[@]}))
    for row in $ROWS; do
        for dtype in $DTYPES; do
            for way in "${ways[@]}"; do
                read -r backend kind <<< "$way"
                share=$((($(left) - end) / many))
                many=$((many - 1))
                part "speed_${row}_${dtype}_${backend}_$kind" "$share" \
                    env KERAS_BACKEND="$backend" \
                    "$PYTHON" "$root/benchmarks/gpu_speed.py" "$kind" "$row" \
                    --dtype "$dtype" --output "$OUT/speed.jsonl" \
                    --seconds "$((share / 3))"
            done
        done
    done
fi

# A training stops itself, some seconds before it is stopped.
if [ -n "$PRESETS" ]; then
    shopt -s nullglob
    recordings=("$PRESETS"/*.npz)
    many=${#recordings[@]}
    for recording in "${recordings[@]}"; do
        name=$(basename "$recording" .npz)
        share=$(($(left) / many))
        many=$((many - 1))
        margin=$((share < 120 ? share / 4 : 30))
        until=$(($(date +%s) + share - margin))
        part "$name" "$share" \
            env KERAS_BACKEND="${BACKEND:-jax}" \
            "$PYTHON" "$root/benchmarks/replay.py" train "$recording" \
            "$(cat "${recording%.npz}.txt")" --out "$OUT/$name" \
            --until "$until" --machine "$MACHINE"
    done
fi
say "all: $((SECONDS - began)) s of $limit"
