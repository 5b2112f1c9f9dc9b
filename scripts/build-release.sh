#!/usr/bin/env bash
# Builds the native files of a release: the extension for each PHP, and the helper program for each machine. Zig links them
# for glibc 2.17, or statically with musl.
#
#   ZIG_TOOLS=folder PHP_HEADERS="8.3=/headers 8.5=/headers" MACHINES="x86_64 aarch64" PROFILE=release scripts/build-release.sh
#
# ZIG_TOOLS contains Zig and cargo-zigbuild (make package installs them). The PHP of this machine is always included. Each
# machine requires Rust's standard library for it, installed or as source (rust-src). The output folder FOLDER
# (target/release-files) also has two lists, MADE and LEFT-OUT. PREBUILT is such a folder from another machine: its files are
# used and not built again.
set -euo pipefail
cd "$(dirname "$0")/.."

PROFILE=${PROFILE:-release}
MACHINES=${MACHINES:-x86_64 aarch64}
PHPS='8.3 8.4 8.5'
# Release helpers have a profile of their own, for their size.
helper_profile=${PROFILE/#release/helper}
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
target=$(cd "$target" && pwd)
files=${FOLDER:-target/release-files}
rm -rf "$files"
mkdir -p "$files" "$target/zig"
files=$(cd "$files" && pwd)
tools=$(cd "$ZIG_TOOLS" && pwd)
sysroot=$(rustc --print sysroot)
host=$(uname -m)-unknown-linux-gnu
export CARGO_ZIGBUILD_ZIG_PATH=$tools/ziglang/zig ZIG_GLOBAL_CACHE_DIR=$target/zig/cache ZIG_LOCAL_CACHE_DIR=$target/zig/cache

say() { printf 'package: %s\n' "$*" >&2; }
made() { printf '%s\n' "$*" >>"$files/MADE"; }
left_out() { printf '%s\n' "$*" >>"$files/LEFT-OUT"; say "left out: $*"; }
touch "$files/MADE" "$files/LEFT-OUT"

prebuilt() { # pattern of the name, description
    local found
    found=$(compgen -G "${PREBUILT:-/dev/null}/$1" || true)
    [ -n "$found" ] || return 1
    cp -p "$found" "$files/"
    made "$(grep -F "$2 (" "$PREBUILT/MADE" || printf '%s' "$2") from $PREBUILT"
}

# The wrapper removes arguments that Zig does not know. `cargo zigbuild` would give Zig's headers to bindgen.
wrapper() { # Rust's target, Zig's target
    local program=$target/zig/cc-$2
    {
        printf '#!/usr/bin/env bash\narguments=()\nfor argument in "$@"; do\n'
        printf '    case $argument in --target=* | -m64) ;; *) arguments+=("$argument") ;; esac\ndone\n'
        printf 'exec %q zig cc -- -target %s "${arguments[@]}"\n' "$tools/bin/cargo-zigbuild" "$2"
    } >"$program"
    printf '#!/usr/bin/env bash\nexec %q ar "$@"\n' "$tools/ziglang/zig" >"$target/zig/ar"
    chmod +x "$program" "$target/zig/ar"
    local name=${1//-/_}
    export "CC_$name=$program" "AR_$name=$target/zig/ar" "CARGO_TARGET_${name^^}_LINKER=$program"
}

zig_target() { # Rust's target
    case $1 in
        *-gnu) printf '%s-linux-gnu.2.17' "${1%%-*}" ;;
        *-musl) printf '%s-linux-musl' "${1%%-*}" ;;
    esac
}

has_std() { compgen -G "$sysroot/lib/rustlib/$1/lib/libstd-*.rlib" >/dev/null; }
has_source() { [ -f "$sysroot/lib/rustlib/src/rust/library/std/Cargo.toml" ]; }

build() ( # Rust's target, package, profile
    # With another linker for build scripts, Cargo would build them again, and all that depends on them.
    wrapper "$host" "$(zig_target "$host")"
    wrapper "$1" "$(zig_target "$1")"
    std=()
    case $1 in
        *-musl)
            export "CARGO_TARGET_$(tr 'a-z-' 'A-Z_' <<<"$1")_RUSTFLAGS=-C target-feature=+crt-static -C link-self-contained=no"
            ;;
    esac
    if ! has_std "$1"; then
        export RUSTC_BOOTSTRAP=1
        std=(-Zbuild-std=std,panic_unwind)
    fi
    nice cargo build --locked --profile "$3" --package "$2" --target "$1" "${std[@]}" >&2
)

built() { printf '%s/%s/%s/%s' "$target" "$1" "$2" "$3"; } # Rust's target, profile, file

# The header folder of each PHP version: this machine's own, then PHP_HEADERS.
declare -A headers=()
if command -v php-config >/dev/null; then
    minor=$(php-config --version | cut -d. -f1,2)
    headers[$minor]=$(php-config --include-dir)
fi
for given in ${PHP_HEADERS:-}; do
    case " $PHPS " in
        *" ${given%%=*} "*) headers[${given%%=*}]=${given#*=} ;;
        *) say "PHP_HEADERS names ${given%%=*}: the extension is made for $PHPS"; exit 1 ;;
    esac
done

for php in $PHPS; do
    machines=
    for machine in $MACHINES; do
        prebuilt "cloversync-php$php-*-nts-$machine.so" "the extension for PHP $php on $machine" || machines+=" $machine"
    done
    [ -n "$machines" ] || continue
    if [ -z "${headers[$php]:-}" ]; then
        left_out "the extension for PHP $php on${machines}: no headers (PHP_HEADERS=\"$php=/folder\")"
        continue
    fi
    read -r version api programs <<<"$(scripts/php-from-headers.sh "${headers[$php]}" "$target/zig")"
    [ -n "${programs:-}" ] || exit 1
    [ "${version%.*}" = "$php" ] || { say "${headers[$php]} is of PHP $version, not $php"; exit 1; }

    for machine in $machines; do
        rust=$machine-unknown-linux-gnu
        if ! has_std "$rust"; then
            left_out "the extension for PHP $php on $machine: Rust has no $rust here (rustup target add $rust)"
            continue
        fi
        if [ "$machine" != "$(uname -m)" ] && [ ! -d "/usr/$machine-linux-gnu/include" ]; then
            left_out "the extension for PHP $php on $machine: no C headers for it in /usr/$machine-linux-gnu/include"
            continue
        fi
        say "the extension for PHP $php ($version) on $machine"
        (
            export PHP=$programs/php PHP_CONFIG=$programs/php-config
            [ "$machine" = "$(uname -m)" ] || export "BINDGEN_EXTRA_CLANG_ARGS_${rust//-/_}=-isystem /usr/$machine-linux-gnu/include"
            build "$rust" cloversync "$PROFILE"
        )
        cp "$(built "$rust" "$PROFILE" libcloversync.so)" "$files/cloversync-php$php-$api-nts-$machine.so"
        made "the extension for PHP $php on $machine (glibc 2.17 and later)"
    done
done

if [ -n "${PREBUILT:-}" ]; then
    find "$PREBUILT" -maxdepth 1 -name 'NOTICE-*' -exec cp {} "$files/" \;
fi
for machine in $MACHINES; do
    ! prebuilt "clover-helper-$machine" "the helper for $machine" || continue
    musl=$machine-unknown-linux-musl
    gnu=$machine-unknown-linux-gnu
    if has_std "$musl" || has_source; then
        rust=$musl kind='static, any Linux'
    elif has_std "$gnu"; then
        rust=$gnu kind='glibc 2.17 and later'
    else
        left_out "the helper for $machine: Rust has no $musl here (rustup target add $musl, or component add rust-src)"
        continue
    fi
    say "the helper for $machine ($rust)"
    build "$rust" clover-helper "$helper_profile"
    cp "$(built "$rust" "$helper_profile" clover-helper)" "$files/clover-helper-$machine"
    if [ "$rust" = "$musl" ]; then
        cp "$tools/ziglang/lib/libc/musl/COPYRIGHT" "$files/NOTICE-musl"
        cp "$tools/ziglang/lib/libunwind/LICENSE.TXT" "$files/NOTICE-libunwind"
    fi
    made "the helper for $machine ($kind)"
done

[ -s "$files/MADE" ] || { say 'nothing could be built'; exit 1; }
scripts/check-glibc.sh "$files"/clover* >&2
