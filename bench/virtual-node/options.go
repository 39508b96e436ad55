package main

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// options of sbatch: those of the annotation, the user, then CPUs and memory. Limits override an
// option of the same name; the last value of an option overrides earlier ones, at the position of
// the first. Requests are ignored. Without limits a job gets one CPU and 1 MB (no-limits.json).
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
	if context := pod.Spec.SecurityContext; context != nil && context.RunAsUser != nil && *context.RunAsUser >= 0 {
		all = append(all, "--uid="+strconv.FormatInt(*context.RunAsUser, 10))
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

// limits of the pod: the maximum of its init containers or the sum of its containers, whichever is
// more. CPUs are whole, memory is in bytes; 0 is none.
func limits(pod *corev1.Pod) (cpus, memory int64) {
	for _, container := range pod.Spec.Containers {
		cpus += cpuLimit(container)
		memory += memoryLimit(container)
	}
	for _, container := range pod.Spec.InitContainers {
		cpus = max(cpus, cpuLimit(container))
		memory = max(memory, memoryLimit(container))
	}
	return cpus, memory
}

// cpuLimit rounds up (requests-fraction in batch-scripts.json).
func cpuLimit(container corev1.Container) int64 {
	return int64(math.Ceil(container.Resources.Limits.Cpu().AsApproximateFloat64()))
}

// memoryLimit of a fraction of a byte is none, and 1.1Gi is such a fraction: AsInt64 fails for it.
func memoryLimit(container corev1.Container) int64 {
	bytes, _ := served(container.Resources.Limits.Memory()).AsInt64()
	return bytes
}

// served is a quantity as the API server returns it: 1.5Gi as 1536Mi, which is a whole number,
// unlike the original text.
func served(quantity *resource.Quantity) *resource.Quantity {
	canonical := resource.MustParse(quantity.String())
	return &canonical
}

// words of a shell's command line. The quotes are removed, and not restored (flags-forms in
// batch-scripts.json).
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
	if escaped {
		word.WriteRune('\\')
	}
	end()
	return all
}

// grouped joins an option and the words after it, up to the next word that starts with a dash.
func grouped(words []string) []string {
	var all []string
	inOption := false
	for _, word := range words {
		if inOption && !strings.HasPrefix(word, "-") {
			all[len(all)-1] += " " + word
			continue
		}
		if word = strings.TrimSpace(word); word != "" {
			all = append(all, word)
			inOption = strings.HasPrefix(word, "-")
		}
	}
	return all
}

var longNames = map[string]string{
	"-A": "--account", "-C": "--constraint", "-D": "--chdir", "-G": "--gpus", "-J": "--job-name", "-N": "--nodes",
	"-c": "--cpus-per-task", "-n": "--ntasks", "-o": "--output", "-p": "--partition", "-t": "--time", "-w": "--nodelist",
}

// optionName is the text before the equals sign or the blank. A short option only counts as the
// long one if it is a separate word: -c8 is a different option, and so is --cpus-per-t.
func optionName(option string) string {
	parts := words(strings.TrimSpace(option))
	if len(parts) == 0 {
		return ""
	}
	name, _, _ := strings.Cut(parts[0], "=")
	if long, ok := longNames[name]; ok {
		return long
	}
	return name
}

func withoutRepeats(options []string) []string {
	var all, names []string
	for _, option := range options {
		option = strings.TrimSpace(option)
		name := optionName(option)
		if at := slices.Index(names, name); at >= 0 {
			all[at] = option
		} else if name != "" {
			all, names = append(all, option), append(names, name)
		}
	}
	return all
}
