package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode"

	corev1 "k8s.io/api/core/v1"
)

// What the plugin writes into a job's folder before it submits the job.
type scripts struct {
	batch        string            // job.slurm, for sbatch
	job          string            // job.sh, which the batch script calls
	environments map[string]string // by the name of their container
}

// The functions of job.sh write the job's record into job.out, and each container's output and exit code into files
// of their own, added to what a run before a requeue left (node-fail-requeue.json). The words of the record are
// interLink's, the rest is not.
const functions = `
say() { printf '%s %s\n' "$(date -Is --utc)" "$1"; }

# A shared file system may show a file late.
await() {
  say "Checking if file exists: $1 ..."
  attempt=1
  while [ "$attempt" -le 60 ]; do
    if [ -e "$1" ]; then
      say "attempt $attempt/60 file found $1"
      return
    fi
    say "attempt $attempt/60 file not found $1"
    attempt=$((attempt + 1))
    sleep 2
  done
}

init() {
  name=$1
  shift
  say "Running init container $name..."
  time ("$@") &>>"$folder/init-$name.out"
  code=$?
  echo "$code" >"$folder/init-$name.status"
  await "$folder/init-$name.status"
  if [ "$code" != 0 ]; then
    say "InitContainer $name failed with status $code" >&2
    exit "$code"
  fi
}

pids=() names=()
start() {
  name=$1
  shift
  time ("$@") &>>"$folder/run-$name.out" &
  pids+=("$!") names+=("$name")
  say "Running in background $name pid $!..."
}

finish() {
  highest=0
  for i in "${!pids[@]}"; do
    say "Waiting for container ${names[i]} pid ${pids[i]}..."
    wait "${pids[i]}"
    code=$?
    echo "$code" >"$folder/run-${names[i]}.status"
    say "Container ${names[i]} pid ${pids[i]} ended with status $code."
    await "$folder/run-${names[i]}.status"
    [ "$code" -gt "$highest" ] && highest=$code
  done
  say "End of script, highest exit code $highest..."
  exit "$highest"
}
`

func scriptsFor(pod *corev1.Pod, folder, singularity string) scripts {
	made := scripts{environments: map[string]string{}}
	var job strings.Builder
	job.WriteString("#!/bin/bash\n")
	fmt.Fprintf(&job, "folder=%s\n%s\n", quoted(folder), functions)
	fmt.Fprintf(&job, "echo \"This pod %s/%s has been submitted to SLURM node $SLURMD_NODENAME.\"\n", pod.Name, pod.UID)
	fmt.Fprintf(&job, "echo \"To get more info, please run: scontrol show job $SLURM_JOBID.\"\n")
	add := func(function string, container corev1.Container) {
		variables := environment(container)
		if variables != "" {
			made.environments[container.Name] = variables
		}
		fmt.Fprintf(&job, "%s %s\n", function, commandLine(pod, container, folder, singularity))
	}
	for _, container := range pod.Spec.InitContainers {
		add("init", container)
	}
	for _, container := range pod.Spec.Containers {
		add("start", container)
	}
	job.WriteString("finish\n")
	made.job = job.String()
	made.batch = batchScript(pod, folder)
	return made
}

func (s scripts) write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, content := range s.environments {
		if err := os.WriteFile(environmentFile(folder, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "job.sh"), []byte(s.job), 0o774); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "job.slurm"), []byte(s.batch), 0o774)
}

// batchScript: options of the annotation, then what the limits ask for; then pre-exec as it is, and job.sh on a line of
// its own. A line break in an option ends its line, and the rest is a command (newline-flags.json).
func batchScript(pod *corev1.Pod, folder string) string {
	var script strings.Builder
	fmt.Fprintf(&script, "#!/bin/bash\n#SBATCH --job-name=%s\n#SBATCH --output=%s/job.out\n", pod.UID, folder)
	for _, option := range options(pod) {
		fmt.Fprintf(&script, "#SBATCH %s\n", option)
	}
	if preExec, ok := pod.Annotations["slurm-job.vk.io/pre-exec"]; ok {
		script.WriteString("\n" + preExec)
	}
	fmt.Fprintf(&script, "\n%s/job.sh\n", folder)
	return script.String()
}

// options of sbatch. Limits win over the annotation, and an option's last value over earlier ones, at the first one's
// place. Requests do not count. Without limits a job gets one CPU and 1 MB (no-limits.json).
func options(pod *corev1.Pod) []string {
	cpus, memory := limits(pod)
	var all []string
	cpusGiven, memoryGiven := false, false
	for _, option := range grouped(words(pod.Annotations["slurm-job.vk.io/flags"])) {
		switch optionName(option) {
		case "--cpus-per-task":
			if cpus > 0 {
				continue
			}
			cpusGiven = true
		case "--mem":
			if memory > 0 {
				continue
			}
			memoryGiven = true
		}
		all = append(all, option)
	}
	if cpus > 0 {
		all = append(all, "--cpus-per-task="+strconv.FormatInt(cpus, 10))
	} else if !cpusGiven {
		all = append(all, "--cpus-per-task=1")
	}
	if memory > 0 {
		all = append(all, "--mem="+strconv.FormatInt(memory/1024/1024, 10))
	} else if !memoryGiven {
		all = append(all, "--mem=1")
	}
	return withoutRepeats(all)
}

// limits of the pod: the highest of its containers', not their sum. CPUs are whole, memory is in bytes; 0 is none.
func limits(pod *corev1.Pod) (cpus, memory int64) {
	for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for _, container := range containers {
			cpus = max(cpus, int64(math.Ceil(container.Resources.Limits.Cpu().AsApproximateFloat64())))
			memory = max(memory, container.Resources.Limits.Memory().Value())
		}
	}
	return cpus, memory
}

// words of a shell's command line. The quotes go, and do not come back (flags-forms in batch-scripts.json).
func words(text string) []string {
	var all []string
	var word strings.Builder
	started, escaped, quote := false, false, rune(0)
	end := func() {
		if started {
			all = append(all, word.String())
			word.Reset()
			started = false
		}
	}
	for _, r := range text {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped, started = true, true
		case quote == 0 && (r == '\'' || r == '"'):
			quote, started = r, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && unicode.IsSpace(r):
			end()
		default:
			word.WriteRune(r)
			started = true
		}
	}
	end()
	return all
}

// grouped joins an option and the words after it, up to the next that begins with a dash.
func grouped(words []string) []string {
	var all []string
	for _, word := range words {
		last := len(all) - 1
		if last >= 0 && !strings.HasPrefix(word, "-") && strings.HasPrefix(all[last], "-") {
			all[last] += " " + word
		} else {
			all = append(all, word)
		}
	}
	return all
}

var longNames = map[string]string{
	"-A": "--account", "-C": "--constraint", "-D": "--chdir", "-G": "--gpus", "-J": "--job-name", "-N": "--nodes",
	"-c": "--cpus-per-task", "-n": "--ntasks", "-o": "--output", "-p": "--partition", "-t": "--time", "-w": "--nodelist",
}

func optionName(option string) string {
	name := strings.FieldsFunc(option, func(r rune) bool { return r == '=' || unicode.IsSpace(r) })
	if len(name) == 0 {
		return ""
	}
	if long, ok := longNames[name[0]]; ok {
		return long
	}
	return name[0]
}

func withoutRepeats(options []string) []string {
	place := map[string]int{}
	var all []string
	for _, option := range options {
		name := optionName(option)
		if at, seen := place[name]; seen {
			all[at] = option
		} else if name != "" {
			place[name] = len(all)
			all = append(all, option)
		}
	}
	return all
}

// commandLine runs a container: exec with a command, run (the image's entry point) without one. Annotations go in as
// they are, so what is empty leaves its space behind.
func commandLine(pod *corev1.Pod, container corev1.Container, folder, singularity string) string {
	verb := "run"
	if len(container.Command) > 0 {
		verb = "exec"
	}
	parts := []string{
		container.Name, singularity, verb, "--no-privs", "--no-home",
		pod.Annotations["slurm-job.vk.io/singularity-mounts"], pod.Annotations["slurm-job.vk.io/singularity-options"],
	}
	if len(container.Env) > 0 {
		parts = append(parts, "--env-file "+environmentFile(folder, container.Name))
	}
	parts = append(parts, "", image(pod, container))
	for _, word := range append(append([]string{}, container.Command...), container.Args...) {
		parts = append(parts, quoted(word))
	}
	return strings.Join(parts, " ")
}

func image(pod *corev1.Pod, container corev1.Container) string {
	if strings.HasPrefix(container.Image, "/") || strings.Contains(container.Image, "://") {
		return container.Image
	}
	if prefix, ok := pod.Annotations["slurm-job.vk.io/image-root"]; ok {
		return prefix + container.Image
	}
	return "docker://" + container.Image
}

func environmentFile(folder, container string) string {
	return filepath.Join(folder, container+"_envfile.properties")
}

// environment is quoted for a shell, but Singularity evaluates the values all the same (env-special.json).
func environment(container corev1.Container) string {
	var lines []string
	for _, variable := range container.Env {
		lines = append(lines, variable.Name+"="+quoted(variable.Value)+"\n")
	}
	// The library hands them over in no order.
	sort.Strings(lines)
	return strings.Join(lines, "")
}

var unsafe = regexp.MustCompile(`[^\w@%+=:,./-]`)

func quoted(word string) string {
	switch {
	case word == "":
		return "''"
	case unsafe.MatchString(word):
		return "'" + strings.ReplaceAll(word, "'", `'"'"'`) + "'"
	default:
		return word
	}
}
