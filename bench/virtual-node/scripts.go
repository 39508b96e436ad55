package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// The files that the plugin writes into a job's folder before it submits the job.
type scripts struct {
	batch        string            // job.slurm, for sbatch
	job          string            // job.sh, which the batch script calls
	environments map[string]string // by the name of their container
	folders      []string          // of volumes
	files        map[string][]byte // of volumes, by path
}

// The functions of job.sh write the job's record into job.out, and each container's output and exit
// code into separate files, appended to those of a run before a requeue (node-fail-requeue.json).
// The text of the record is interLink's; the rest is not.
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

pids=() names=() probes=()
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
  kill "${probes[@]}" 2>/dev/null
  say "End of script, highest exit code $highest..."
  exit "$highest"
}
`

// The plugin's configuration.
type settings struct {
	singularity string // the container runtime
	probes      bool   // EnableProbes
}

var defaultOptions = []string{"--no-privs", "--no-home"}

func scriptsFor(pod *corev1.Pod, folder string, files volumeFiles, with settings) (*scripts, error) {
	made := &scripts{environments: map[string]string{}, files: map[string][]byte{}}
	var job strings.Builder
	job.WriteString("#!/bin/bash\n")
	fmt.Fprintf(&job, "folder=%s\n%s\n", quoted(folder), functions)
	fmt.Fprintf(&job, "echo \"This pod %s/%s has been submitted to SLURM node $SLURMD_NODENAME.\"\n", pod.Name, pod.UID)
	fmt.Fprintf(&job, "echo \"To get more info, please run: scontrol show job $SLURM_JOBID.\"\n")
	job.WriteString(preStop(pod, with))
	add := func(function string, container corev1.Container) error {
		if variables := environment(container); variables != "" {
			made.environments[container.Name] = variables
		}
		mounts, err := made.mounts(pod, container, folder, files)
		if err != nil {
			return err
		}
		fmt.Fprintf(&job, "%s %s\n", function, commandLine(pod, container, folder, mounts, with))
		return nil
	}
	for _, container := range pod.Spec.InitContainers {
		if err := add("init", container); err != nil {
			return nil, err
		}
	}
	for _, container := range pod.Spec.Containers {
		if err := add("start", container); err != nil {
			return nil, err
		}
		if with.probes {
			job.WriteString(probes(container, image(pod, container), with))
		}
	}
	job.WriteString("finish\n")
	made.job = job.String()
	made.batch = batchScript(pod, folder)
	return made, nil
}

func (s *scripts) write(folder string) error {
	for _, made := range append(s.folders, folder) {
		if err := os.MkdirAll(made, 0o755); err != nil {
			return err
		}
	}
	for path, content := range s.files {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
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

// batchScript: options of the annotation, then those for the limits; then pre-exec unchanged, and
// job.sh on a separate line. A line break in an option ends the line, and the rest is a command
// (newline-flags.json).
func batchScript(pod *corev1.Pod, folder string) string {
	var script strings.Builder
	fmt.Fprintf(&script, "#!/bin/bash\n#SBATCH --job-name=%s\n#SBATCH --output=%s/job.out\n", pod.UID, folder)
	for _, option := range options(pod) {
		fmt.Fprintf(&script, "#SBATCH %s\n", option)
	}
	if address, ok := pod.Annotations["interlink.eu/pod-ip"]; ok {
		script.WriteString("\nexport POD_IP=" + address + "\n")
	}
	if commands, ok := pod.Annotations["interlink.eu/wstunnel-client-commands"]; ok {
		script.WriteString("\n" + commands + "\n")
	}
	if preExec, ok := pod.Annotations["slurm-job.vk.io/pre-exec"]; ok {
		script.WriteString("\n" + preExec)
	}
	fmt.Fprintf(&script, "\n%s/job.sh\n", folder)
	return script.String()
}

// commandLine runs a container: exec with a command, run (the image's entry point) without one.
// Annotations are inserted unchanged, so an empty one leaves a blank.
func commandLine(pod *corev1.Pod, container corev1.Container, folder, mounts string, with settings) string {
	verb := "run"
	if len(container.Command) > 0 {
		verb = "exec"
	}
	parts := append([]string{container.Name, with.singularity, verb}, defaultOptions...)
	parts = append(parts,
		pod.Annotations["slurm-job.vk.io/singularity-mounts"], pod.Annotations["slurm-job.vk.io/singularity-options"])
	if len(container.Env) > 0 {
		parts = append(parts, "--env-file "+environmentFile(folder, container.Name))
	}
	parts = append(parts, mounts, image(pod, container))
	for _, word := range append(append([]string{}, container.Command...), container.Args...) {
		parts = append(parts, quoted(word))
	}
	return strings.Join(parts, " ")
}

// image with the prefix, unless it is a path or has that prefix already. Other schemes get it too:
// oras://a becomes docker://oras://a (interLink's source).
func image(pod *corev1.Pod, container corev1.Container) string {
	prefix, ok := pod.Annotations["slurm-job.vk.io/image-root"]
	if !ok {
		prefix = "docker://"
	}
	if strings.HasPrefix(container.Image, "/") || strings.HasPrefix(container.Image, prefix) {
		return container.Image
	}
	return prefix + container.Image
}

func environmentFile(folder, container string) string {
	return filepath.Join(folder, container+"_envfile.properties")
}

// environment is quoted for a shell, but Singularity evaluates the values anyway
// (env-special.json).
func environment(container corev1.Container) string {
	var lines []string
	for _, variable := range container.Env {
		lines = append(lines, variable.Name+"="+quoted(variable.Value)+"\n")
	}
	// The library returns them in random order.
	sort.Strings(lines)
	return strings.Join(lines, "")
}

func quotedAll(words []string) string {
	all := make([]string, len(words))
	for at, word := range words {
		all[at] = quoted(word)
	}
	return strings.Join(all, " ")
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
