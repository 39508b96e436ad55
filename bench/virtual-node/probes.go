package main

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// The functions that run a probe on the host. A container's probes share the functions that the
// first one defines.
const probeFunctions = `
probe_http() { timeout "$timeout" curl -f -s "${1,,}://${2:-localhost}:$3$4" &>/dev/null; }

probe() {
  kind=$1 name=$2 index=$3 delay=$4 period=$5 timeout=$6 successes=$7 failures=$8 type=$9
  shift 9
  file="$folder/$kind-probe-$name-$index.status"
  say "Starting $kind probe for container $name..."
  echo UNKNOWN >"$file"
  [ "$delay" -gt 0 ] && sleep "$delay"
  good=0 bad=0
  while true; do
    if "probe_$type" "$@"; then
      good=$((good + 1)) bad=0
      [ "$good" -ge "$successes" ] && echo SUCCESS >"$file"
    else
      good=0 bad=$((bad + 1))
      echo FAILURE >"$file"
      if [ "$bad" -ge "$failures" ]; then
        echo FAILED_THRESHOLD >"$file"
        return 1
      fi
    fi
    sleep "$period"
  done
}
`

// probes of a container, as parallel processes until the job's script ends. Their commands, hosts
// and paths are inserted in double quotes (interLink's source), so a shell on the host evaluates
// them before they reach the container.
func probes(container corev1.Container, image string, with settings) string {
	var script strings.Builder
	for _, one := range []struct {
		kind  string
		probe *corev1.Probe
	}{
		{"startup", container.StartupProbe}, {"readiness", container.ReadinessProbe}, {"liveness", container.LivenessProbe},
	} {
		if one.probe == nil {
			continue
		}
		arguments, ok := probeArguments(one.probe)
		if !ok {
			continue
		}
		if script.Len() == 0 {
			fmt.Fprintf(&script, "%s\nprobe_exec() { \"%s\" exec", probeFunctions, with.singularity)
			for _, option := range defaultOptions {
				fmt.Fprintf(&script, " \"%s\"", option)
			}
			fmt.Fprintf(&script, " \"%s\" timeout \"$timeout\" \"$@\"; }\n", image)
		}
		fmt.Fprintf(&script, "probe %s \"%s\" 0 %d %d %d %d %d %s &\nprobes+=(\"$!\")\n", one.kind, container.Name,
			one.probe.InitialDelaySeconds, orElse(one.probe.PeriodSeconds, 10), orElse(one.probe.TimeoutSeconds, 1),
			orElse(one.probe.SuccessThreshold, 1), orElse(one.probe.FailureThreshold, 3), arguments)
	}
	return script.String()
}

func probeArguments(probe *corev1.Probe) (string, bool) {
	switch {
	case probe.HTTPGet != nil:
		return fmt.Sprintf("http \"%s\" \"%s\" %d \"%s\"", orElse(string(probe.HTTPGet.Scheme), "HTTP"), probe.HTTPGet.Host,
			probe.HTTPGet.Port.IntVal, orElse(probe.HTTPGet.Path, "/")), true
	case probe.Exec != nil:
		arguments := "exec"
		for _, word := range probe.Exec.Command {
			arguments += " \"" + word + "\""
		}
		return arguments, true
	default:
		return "", false
	}
}

// preStop runs the containers' hooks when the job gets SIGTERM. Their words are quoted.
func preStop(pod *corev1.Pod, with settings) string {
	var hooks strings.Builder
	for _, container := range pod.Spec.Containers {
		if container.Lifecycle == nil || container.Lifecycle.PreStop == nil {
			continue
		}
		command := ""
		switch hook := container.Lifecycle.PreStop; {
		case hook.Exec != nil && len(hook.Exec.Command) > 0:
			parts := append([]string{with.singularity, "exec"}, defaultOptions...)
			parts = append(parts, image(pod, container), "timeout", "30")
			command = quotedAll(append(parts, hook.Exec.Command...))
		case hook.HTTPGet != nil && hook.HTTPGet.Port.Type == intstr.Int:
			url := fmt.Sprintf("%s://%s:%d%s", strings.ToLower(orElse(string(hook.HTTPGet.Scheme), "http")),
				orElse(hook.HTTPGet.Host, "localhost"), hook.HTTPGet.Port.IntVal, orElse(hook.HTTPGet.Path, "/"))
			command = "curl -f -s --max-time 10 " + quoted(url)
		default:
			continue
		}
		fmt.Fprintf(&hooks, "  say \"Running preStop hook for container %s...\"\n", container.Name)
		fmt.Fprintf(&hooks, "  %s >>\"$folder/prestop-%s.out\" 2>&1 || true\n", command, container.Name)
	}
	if hooks.Len() == 0 {
		return ""
	}
	return "pre_stop() {\n" + hooks.String() + "  kill \"${pids[@]}\" 2>/dev/null\n  wait\n}\ntrap pre_stop SIGTERM\n"
}

func orElse[T comparable](value, other T) T {
	var none T
	if value == none {
		return other
	}
	return value
}
