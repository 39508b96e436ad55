#!/usr/bin/env bash
# up.sh DIR [--no-memory-limits | --many-jobs] [--rest]: starts SLURM on free ports of the loopback address, with all its files in
# DIR (root; no systemd, no cgroups). Returns when jobs can run. DIR/env.sh configures sbatch, squeue, scontrol and
# scancel for it. Partitions: cpu (default) and gpu on node1, which has two fake GPUs; cloud on node2, which powers up
# when a job requests it: the job is CONFIGURING for the number of seconds in DIR/resume-seconds (which can be changed at
# any time) and up to half a minute more, until SLURM's next check. Memory limits are enforced unless the option is
# given. Nodes report 64 CPUs and 256 GiB, independently of this machine, so that real job specs fit. With --many-jobs
# they report 1024 CPUs, and SLURM does not sample the processes of each job every second. With --rest SLURM also accepts
# JSON web tokens, which rest.sh needs.
set -euo pipefail
usage() { echo "usage: up.sh DIR [--no-memory-limits | --many-jobs] [--rest]" >&2; exit 2; }
enforce="JobAcctGatherParams=OverMemoryKill"
cpus=64 frequency=1 tokens=
[ $# != 0 ] || usage
for option in "${@:2}"; do
  case $option in
    --no-memory-limits) enforce= ;;
    --many-jobs) enforce= cpus=1024 frequency=0 ;;
    --rest) tokens=yes ;;
    *) usage ;;
  esac
done
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
dir=$PWD
trap '[ $? = 0 ] || { tail -n 5 "$dir"/*.log >&2; "$here/down.sh" "$dir"; }' EXIT
export PATH=/usr/sbin:$PATH

# Below the range of ports for outgoing connections.
read -r controller first second rest < <(python3 -c '
import random, socket
def free(port):
    try:
        socket.create_server(("127.0.0.1", port)).close()
        return True
    except OSError:
        return False
ports = random.sample(range(10000, 32000), 1000)
print(*[port for port in ports if free(port)][:4])')

# The daemons listen on the address of this machine's host name: if that is not a loopback address, they get another
# name.
host=$(hostname -s)
rename=()
case $(getent ahostsv4 "$host" | awk 'NR == 1 {print $1}') in
  127.*) ;;
  *)
    host=localhost
    rename=(unshare --uts sh -c 'hostname localhost; exec "$@"' sh)
    ;;
esac

mkdir controller spool-node1 spool-node2 gpus
chmod 700 controller
mknod -m 666 gpus/gpu0 c 1 3
mknod -m 666 gpus/gpu1 c 1 3
(umask 077 && head -c 128 /dev/urandom >munge.key)
if [ "$tokens" ]; then
  (umask 077 && head -c 32 /dev/urandom >jwt.key)
  tokens="AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=$dir/jwt.key"
  install -d -o nobody -g nogroup -m 755 rest
  echo "$rest" >rest-port
fi
cat >slurm.conf <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.sock
$tokens
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=$frequency
$enforce
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SchedulerParameters=sched_interval=5,bf_interval=5,batch_sched_delay=0,sched_min_interval=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=256
MailProg=/bin/true
ReturnToService=2
MinJobAge=86400
KillWait=5
PropagatePrioProcess=1
StateSaveLocation=$dir/controller
SlurmdSpoolDir=$dir/spool-%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd-%n.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd-%n.log
GresTypes=gpu
SlurmdParameters=config_overrides
# A negative SuspendTime would disable powering down, and with it powering up.
SuspendTime=86400
SuspendProgram=/bin/true
ResumeProgram=$dir/resume
ResumeTimeout=120
NodeName=node1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$first CPUs=$cpus RealMemory=262144 Gres=gpu:2
NodeName=node2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$second CPUs=$cpus RealMemory=262144 State=CLOUD
PartitionName=cpu Nodes=node1 Default=YES MaxTime=INFINITE
PartitionName=gpu Nodes=node1 MaxTime=INFINITE
PartitionName=cloud Nodes=node2 MaxTime=INFINITE
CONF
echo "NodeName=node1 Name=gpu File=$dir/gpus/gpu[0-1]" >gres.conf
echo "CgroupAutomount=no" >cgroup.conf
# -b: the controller waits for a node that reports a recent boot. slurmd's output before it becomes a daemon must be
# redirected, or it never starts a job.
cat >resume <<SCRIPT
#!/bin/sh
export SLURM_CONF=$dir/slurm.conf PATH=$PATH
second=0
while [ \$second -lt "\$(cat $dir/resume-seconds)" ]; do
  sleep 1
  second=\$((second + 1))
done
exec ${rename[*]:+unshare --uts sh -c 'hostname localhost; exec "\$@"' sh} nice -n -20 /usr/sbin/slurmd -b -f $dir/slurm.conf -N node2 </dev/null >>$dir/daemons.log 2>&1
SCRIPT
echo 5 >resume-seconds
chmod +x resume
echo "export SLURM_CONF=$dir/slurm.conf" >env.sh
export SLURM_CONF=$dir/slurm.conf

daemon() { "${rename[@]}" "$@" </dev/null >>daemons.log 2>&1; }
daemon munged --key-file="$dir/munge.key" --socket="$dir/munge.sock" --pid-file="$dir/munged.pid" \
  --log-file="$dir/munged.log" --seed-file="$dir/munged.seed"
daemon slurmctld -f "$SLURM_CONF"
# The step daemons kill a job's processes one by one; this ensures that the remaining ones have no time to react.
daemon nice -n -20 slurmd -f "$SLURM_CONF" -N node1
for _ in $(seq 300); do
  [ "$(timeout 5 sinfo -h -n node1 -p cpu -o %t 2>/dev/null)" = idle ] && exit 0
  sleep 0.1
done
echo "slurm: node1 is not idle after 30 s" >&2
exit 1
