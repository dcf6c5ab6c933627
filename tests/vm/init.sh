#!/bin/sh
# Process 1 of the guest: runs COMMAND and switches the guest off.
#
#   init.sh WINDOW MODULES COMMAND ?ARG ...?
#
# WINDOW is the one folder of the host that the guest writes: into `output` and, at the end,
# `status`.  MODULES holds the kernel's modules, in a folder for each release.
PATH=$PATH:/usr/sbin:/sbin
export PATH HOME=/run TMPDIR=/run/tmp
window=$1 modules=$2
shift 2

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir -p /run/window /run/tmp /run/lib /dev/shm /dev/pts
mount -t hostfs -o hostfs="$window" none /run/window 2>/dev/null ||
    mount -t hostfs -o "$window" none /run/window || exit # the way before Linux 6.8
exec >/run/window/output 2>&1
mount -t tmpfs tmpfs /dev/shm
mount -t devpts -o ptmxmode=666 devpts /dev/pts
[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd

# The kernel loads modules when they are asked for, as everywhere; it only has to be told
# where they are.
ln -s "$modules" /run/lib/modules
printf '#!/bin/sh\nexec modprobe -d /run "$@"\n' >/run/modprobe
chmod +x /run/modprobe
echo /run/modprobe >/proc/sys/kernel/modprobe

# Except these: Debian has taken DCCP out of what loads itself, and tun is found by a device
# file that is not there before.
for module in dccp_ipv4 dccp_ipv6 tun; do
    modprobe -d /run $module
done

ip link set lo up
cd /run/tmp || exit
"$@"
echo $? >/run/window/status
sync
echo o >/proc/sysrq-trigger
sleep 60
