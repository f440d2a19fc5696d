# `just` lists what there is.
default:
    @just --list

# What continuous integration runs.
check:
    .ci/run

# The pipeline of the lecture.
demo:
    cargo run --release -- examples/08_pipeline.cq

# One script, or one theme: `just test gallery`, `just test queues`.
test *NAMES:
    cargo test --test it {{NAMES}}

# Take over the snapshots that changed, after reading them: they show program and result.
accept:
    INSTA_UPDATE=always cargo test --test it gallery
    git diff --stat -- tests/scripts/gallery

# cq beside its peers.
bench *NAMES:
    cargo bench --bench peers -- {{NAMES}}
