#!/usr/bin/env bash
# Installs Apptainer and a small image, busybox.sif, into .cache/apptainer, unless this version did so already.
# Debian has Apptainer only in unstable: its package and the libraries that it was built with are unpacked into that
# folder, and this machine's own packages and package lists stay as they are. Needs root, Debian and its sources.
# --check: component.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../component.sh"
cache=$here/../../.cache/apptainer
stamp=$(sha256sum <"$here/install.sh")
begin "${1-}" "$cache" "$stamp" busybox.sif
cache=$(cd "$cache" && pwd -P)
sources=/etc/apt/sources.list.d/debian.sources
[ "$(id -u)" = 0 ] && [ -r "$sources" ] && command -v dpkg >/dev/null ||
  { echo "apptainer: needs root and Debian's package sources" >&2; exit 1; }
rm -rf "$cache/usr" "$cache/etc" "$cache/var" "$cache/work" "$cache/busybox.sif"
work=$cache/work
mkdir -p "$work"/{lists/partial,cache/archives/partial,packages,tools}
mirror=$(awk '/^URIs:/ {print $2; exit}' "$sources")
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] $mirror sid main" >"$work/sources.list"
cat >"$work/apt.conf" <<CONF
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/lists";
Dir::Cache "$work/cache";
Acquire::Languages "none";
APT::Sandbox::User "root";
CONF
cd "$work/packages"
export APT_CONFIG=$work/apt.conf
apt-get -qq update
apt-get -qq download apptainer libc6 libseccomp2 libsqlite3-0 zlib1g
for package in *.deb; do dpkg -x "$package" "$cache"; done
rm -f ./*.deb
unset APT_CONFIG

# The tools that Apptainer calls, from this machine's own release.
apt-get -qq -o APT::Sandbox::User=root download patchelf squashfs-tools squashfuse libsquashfuse0 libfuse3-3 liblzo2-2 \
  busybox-static
for package in *.deb; do dpkg -x "$package" "$work/tools"; done
libraries=usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
mkdir -p "$cache/usr/lib/tools"
cp -a "$work/tools/$libraries"/*.so* "$cache/usr/lib/tools/"
cp -a "$work/tools/${libraries#usr/}"/*.so* "$cache/usr/lib/tools/" 2>/dev/null || true
patch=$work/tools/usr/bin/patchelf
for tool in mksquashfs unsquashfs squashfuse squashfuse_ll; do
  cp "$work/tools/usr/bin/$tool" "$cache/usr/bin/"
  "$patch" --force-rpath --set-rpath "$cache/usr/lib/tools" "$cache/usr/bin/$tool"
done
# Apptainer's two programs get unstable's loader and libraries, and nothing else does.
for program in "$cache/usr/bin/apptainer" "$cache/$libraries/apptainer/bin/starter"; do
  "$patch" --set-interpreter "$cache/$libraries/ld-linux-x86-64.so.2" --force-rpath --set-rpath "$cache/$libraries" \
    "$program"
done
# It looks for its configuration beside itself, in Debian's folders one level deeper.
for parent in "$cache/usr" "$cache/usr/lib"; do
  for folder in etc var; do ln -sfn "$cache/$folder" "$parent/$folder"; done
done
ln -sfn apptainer "$cache/usr/bin/singularity"
# A root without CAP_SYS_RESOURCE can't raise its limits; with no default capabilities it need not.
sed -i 's/^root default capabilities = .*/root default capabilities = no/' "$cache/etc/apptainer/apptainer.conf"

# An image without any registry.
image=$work/image
mkdir -p "$image"/{bin,etc,tmp,dev,proc,sys,root,var,usr}
cp "$work/tools/bin/busybox" "$image/bin/" 2>/dev/null || cp "$work/tools/usr/bin/busybox" "$image/bin/"
for applet in $("$image/bin/busybox" --list); do
  [ "$applet" = busybox ] || ln -s busybox "$image/bin/$applet"
done
echo 'root:x:0:0:root:/root:/bin/sh' >"$image/etc/passwd"
echo "root:x:0:" >"$image/etc/group"
cd "$cache"
PATH=$cache/usr/bin:$PATH apptainer --silent build "$cache/busybox.sif" "$image"
rm -rf "$work"
PATH=$cache/usr/bin:$PATH singularity exec --no-privs --no-home "$cache/busybox.sif" /bin/true
echo "$stamp" >"$cache/stamp"
