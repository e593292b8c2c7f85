# Sourced by the Makefile's recipes and by every script in tools/: where built things live and which tools are used.
# Nothing here installs anything; that is tools/setup's work.

HOOKPROOF_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
HOOKPROOF_CACHE=${HOOKPROOF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hookproof}
export HOOKPROOF_ROOT HOOKPROOF_CACHE

# One target folder outside the checkout, so that a fresh clone does not build the world again. Absolute, because
# `make -s bin` promises a path that holds from any folder.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$HOOKPROOF_CACHE/target}
case $CARGO_TARGET_DIR in /*) ;; *) CARGO_TARGET_DIR=$HOOKPROOF_ROOT/$CARGO_TARGET_DIR ;; esac

# cargo-leptos sets this for its builds and `leptos` reads it at compile time: plain cargo must see the same value, or each
# would rebuild `leptos` and all that depends on it after the other.
export LEPTOS_OUTPUT_NAME=hookproof

# Tools that tools/setup installed for this project come first, then the ones from package.json.
export PATH="$HOOKPROOF_CACHE/tools/bin:$HOOKPROOF_ROOT/node_modules/.bin:$PATH"

# The toolchain that tools/setup settled on; no file means the one that rustup would take anyway.
if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && [ -s "$HOOKPROOF_CACHE/toolchain" ]; then
    RUSTUP_TOOLCHAIN=$(cat "$HOOKPROOF_CACHE/toolchain")
    export RUSTUP_TOOLCHAIN
fi

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
