#!/usr/bin/env bash
# Unpacks HAProxy from Debian's packages into .cache/haproxy, unless this script did so already. Nothing is installed.
# Needs Debian. --check: component.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../component.sh"
cache=$here/../../.cache/haproxy
stamp=$(sha256sum <"$here/install.sh")
begin "${1-}" "$cache" "$stamp" haproxy
cache=$(cd "$cache" && pwd -P)
rm -rf "$cache/root" "$cache/packages"
mkdir "$cache/packages"
cd "$cache/packages"
packages=(haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 libpcre2-8-0)
download() { apt-get -qq -o APT::Sandbox::User=root download "${packages[@]}"; }
download 2>/dev/null || { apt-get -qq update && download; }
for package in *.deb; do dpkg -x "$package" "$cache/root"; done
rm -rf "$cache/packages"
libraries=$cache/root/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
cat >"$cache/haproxy" <<SCRIPT
#!/bin/sh
LD_LIBRARY_PATH=$libraries exec "$cache/root/usr/sbin/haproxy" "\$@"
SCRIPT
chmod +x "$cache/haproxy"
"$cache/haproxy" -v >/dev/null
echo "$stamp" >"$cache/stamp"
