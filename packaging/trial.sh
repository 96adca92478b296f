#!/bin/sh
# Runs in a clean system, with the packages beside it: each is installed, started and removed, and leaves nothing behind.
set -eu
cd /tmp
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/tmp/home XDG_RUNTIME_DIR=/tmp/run
mkdir -p "$HOME"
mkdir -p -m 700 "$XDG_RUNTIME_DIR"

say() { printf '   %s\n' "$*"; }
fail() { printf 'packages: %s\n' "$*" >&2; exit 1; }
get() { apt-get install -qq --yes --no-install-recommends "$@" >/tmp/apt.log 2>&1 || { cat /tmp/apt.log; fail "apt-get install $*"; }; }

nothing_left() {
    left=$(find / -xdev -iname '*causeway*' -not -path '/tmp/*' -not -path '/proc/*' -not -path '/sys/*')
    [ -z "$left" ] || fail "left behind by $1: $left"
}

# What it says without any configuration, as an administrator reads it first.
ctl_answers() {
    causewayctl --version | grep -q '^causewayctl [0-9]' || fail "$1: no version"
    set +e
    causewayctl --json --data-dir /tmp/fresh status get >/tmp/answer
    exit=$?
    set -e
    [ "$exit" = 2 ] || fail "$1: exit $exit without a configuration: $(cat /tmp/answer)"
    grep -q '"code":"CW-' /tmp/answer || fail "$1: no code: $(cat /tmp/answer)"
}

agent_lives() {
    causeway --data-dir /tmp/agent 2>/tmp/agent.log &
    for _ in $(seq 100); do
        causewayctl --json --data-dir /tmp/agent config show >/dev/null 2>&1 && [ -S /tmp/agent/door/socket ] && break
        sleep 0.1
    done
    Xvfb :77 -screen 0 1280x800x24 -nolisten tcp >/dev/null 2>&1 &
    display=$!
    # The page writes the own status into the title: it runs, and speaks with the agent.
    DISPLAY=:77 NO_AT_BRIDGE=1 causeway-window --data-dir /tmp/agent 2>/tmp/window.log &
    for _ in $(seq 300); do
        DISPLAY=:77 xwininfo -root -tree 2>/dev/null | grep -q 'Causeway, ' && break
        sleep 0.1
    done
    DISPLAY=:77 xwininfo -root -tree | grep -q 'Causeway, ' || fail "$1: no window: $(cat /tmp/window.log /tmp/agent.log)"
    causeway --quit --data-dir /tmp/agent || fail "$1: does not end: $(cat /tmp/agent.log)"
    kill "$display"
    wait
}

nothing_left "the clean system"
apt-get update -qq
say "the headless package alone"
for package in causewayctl causeway; do
    dpkg-deb --field "$package.deb" Depends | grep -q libgssapi-krb5 || fail "$package.deb does not name the Kerberos library"
done
get ./causewayctl.deb
ctl_answers causewayctl.deb
if dpkg --list | grep -q -E 'libgtk|libwebkit|libx11'; then fail "the headless package brings a desktop"; fi
apt-get purge -qq --yes causewayctl >/dev/null
nothing_left causewayctl.deb

say "the desktop package in place of the headless one"
get ./causewayctl.deb
get ./causeway.deb
[ "$(dpkg-query --show --showformat='${db:Status-Status}' causewayctl 2>/dev/null || true)" != installed ] || fail "both are installed"
ctl_answers causeway.deb
get xvfb x11-utils
agent_lives causeway.deb
apt-get purge -qq --yes causeway >/dev/null
nothing_left causeway.deb

say "the same as rpm"
get rpm
rpm --query --package --requires causeway.rpm | grep -q libwebkit2gtk || fail "the rpm does not name its libraries"
rpm --query --package --requires causewayctl.rpm | grep -q libgssapi_krb5 || fail "the rpm does not name the Kerberos library"
for package in causewayctl causeway; do
    # Debian's libraries serve it; they are not in the data base of rpm.
    rpm --install --nodeps "$package.rpm"
    rpm --verify --nodeps "$package" || fail "$package.rpm is not as it was wrapped"
    ctl_answers "$package.rpm"
    [ "$package" = causewayctl ] || agent_lives "$package.rpm"
    rpm --erase "$package"
    nothing_left "$package.rpm"
done
