package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// A plugin is interLink's SLURM plugin: one job per pod, with a folder that contains all data about
// it.
type plugin struct {
	slurmConf string
	jobs      string
	down      string // the plugin is down while this file exists
	settings  settings
	pace      intervals

	mu     sync.Mutex
	asked  time.Time   // when SLURM was last asked for a status
	answer []podStatus // and what came out of it
}

type podStatus struct {
	uid        types.UID
	containers []corev1.ContainerStatus
}

type pingAnswer struct {
	Status    string `json:"status"`
	Resources struct {
		CPU    string `json:"cpu"`
		Memory string `json:"memory"`
	} `json:"resources"`
}

var errDown = errors.New("connection refused")

func (p *plugin) up() error {
	if _, err := os.Stat(p.down); err == nil {
		return errDown
	}
	return nil
}

func (p *plugin) folder(pod *corev1.Pod) string {
	return filepath.Join(p.jobs, pod.Namespace+"-"+string(pod.UID))
}

// run calls one of SLURM's commands, with a timeout.
func (p *plugin) run(name string, arguments ...string) (stdout, stderr string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, name, arguments...)
	command.Env = append(os.Environ(), "SLURM_CONF="+p.slurmConf)
	var out, errors bytes.Buffer
	command.Stdout, command.Stderr = &out, &errors
	err = command.Run()
	return out.String(), errors.String(), err
}

// create submits the pod's job. Any output of sbatch on stderr is treated as a refusal (interLink's
// source).
func (p *plugin) create(pod *corev1.Pod, files volumeFiles) (string, error) {
	if err := p.up(); err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	folder := p.folder(pod)
	scripts, err := scriptsFor(pod, folder, files, p.settings)
	if err != nil {
		return "", err
	}
	if err := scripts.write(folder); err != nil {
		return "", err
	}
	stdout, stderr, _ := p.run("sbatch", filepath.Join(folder, "job.slurm"))
	submitted := regexp.MustCompile(`Submitted batch job (\d+)`).FindStringSubmatch(stdout)
	if stderr != "" || submitted == nil {
		os.RemoveAll(folder)
		return "", errors.New(stderr)
	}
	return submitted[1], os.WriteFile(filepath.Join(folder, "JobID.jid"), []byte(submitted[1]), 0o644)
}

// delete cancels the job and removes its folder, including its log (deleted-running.json).
func (p *plugin) delete(pod *corev1.Pod) error {
	if err := p.up(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if id, known := p.jobID(pod); known {
		if _, stderr, err := p.run("scancel", id); err != nil {
			return fmt.Errorf("scancel: %s", stderr)
		}
	}
	return os.RemoveAll(p.folder(pod))
}

func (p *plugin) jobID(pod *corev1.Pod) (string, bool) {
	id, err := os.ReadFile(filepath.Join(p.folder(pod), "JobID.jid"))
	return string(id), err == nil
}

// ping reports the free resources: all CPUs and memory that are not allocated, on nodes that sinfo
// lists (interLink's source).
func (p *plugin) ping() (pingAnswer, error) {
	answer := pingAnswer{Status: "ok"}
	if err := p.up(); err != nil {
		return answer, err
	}
	stdout, stderr, err := p.run("sinfo", "--json")
	if err != nil {
		return answer, fmt.Errorf("sinfo: %s", stderr)
	}
	var sinfo struct {
		Nodes []struct {
			CPUs            int64 `json:"cpus"`
			AllocatedCPUs   int64 `json:"alloc_cpus"`
			Memory          int64 `json:"real_memory"`
			AllocatedMemory int64 `json:"alloc_memory"`
		} `json:"nodes"`
	}
	if err := json.Unmarshal([]byte(stdout), &sinfo); err != nil {
		return answer, err
	}
	cpus, memory := int64(0), int64(0)
	for _, node := range sinfo.Nodes {
		cpus += node.CPUs - node.AllocatedCPUs
		memory += node.Memory - node.AllocatedMemory
	}
	answer.Resources.CPU = strconv.FormatInt(cpus, 10)
	answer.Resources.Memory = strconv.FormatInt(memory, 10) + "Mi"
	return answer, nil
}

// statuses asks SLURM, but returns its previous response if that is recent, even if it was about
// other pods (interLink's source; visible in secret-late.json).
func (p *plugin) statuses(pods []*corev1.Pod) ([]podStatus, error) {
	if err := p.up(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.asked) < p.pace.cache {
		return p.answer, nil
	}
	var answer []podStatus
	for _, pod := range pods {
		status, err := p.status(pod)
		if err != nil {
			return nil, err
		}
		answer = append(answer, status)
	}
	p.answer, p.asked = answer, time.Now()
	return answer, nil
}

// How interLink parses squeue's output, a raw wait status and a short state: it takes the first of
// these letters that occurs, so CF (CONFIGURING) and NF (NODE_FAIL) are read as F, and CA
// (CANCELLED) as none; and a number of up to 255 before a space, so 256 is read as 56
// (pre-exec-fails.json).
var (
	stateLetters = regexp.MustCompile(`CD|CG|F|OOM|PD|PR|R|ST|S|TO`)
	lastDigits   = regexp.MustCompile(`([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])\s`)
)

func (p *plugin) status(pod *corev1.Pod) (podStatus, error) {
	folder := p.folder(pod)
	id, known := p.jobID(pod)
	answer := podStatus{uid: pod.UID}
	if !known {
		for _, container := range pod.Spec.Containers {
			answer.containers = append(answer.containers, corev1.ContainerStatus{Name: container.Name})
		}
		return answer, nil
	}
	stdout, stderr, _ := p.run("squeue", "--noheader", "-a", "--states=all", "-O", "exit_code,StateCompact", "-j", id)
	now := time.Now()
	// After SLURM has purged the job, the job's files are used.
	state, code := "forgotten", ""
	if stderr == "" {
		digits := lastDigits.FindStringSubmatch(stdout)
		if digits == nil {
			return answer, fmt.Errorf("squeue: %q", stdout)
		}
		state, code = stateLetters.FindString(stdout), digits[1]
	}
	for _, container := range pod.Spec.Containers {
		status := corev1.ContainerStatus{Name: container.Name}
		switch state {
		case "PD", "S":
			status.State.Waiting = &corev1.ContainerStateWaiting{}
		case "R", "CG":
			status.Ready = true
			status.State.Running = &corev1.ContainerStateRunning{StartedAt: firstSeen(folder, "StartedAt.time", now)}
		default:
			exitCode, err := exitCode(folder, container.Name, code)
			if err != nil {
				return answer, err
			}
			terminated := &corev1.ContainerStateTerminated{
				ExitCode: exitCode, StartedAt: seen(folder, "StartedAt.time"),
			}
			if state != "forgotten" {
				terminated.FinishedAt = firstSeen(folder, "FinishedAt.time", now)
			}
			switch state {
			case "TO":
				terminated.Message = "SLURM job reached its time limit and was terminated"
			case "OOM":
				terminated.Message = "SLURM job was killed due to out-of-memory condition"
			}
			status.State.Terminated = terminated
		}
		answer.containers = append(answer.containers, status)
	}
	return answer, nil
}

// exitCode is the code in the container's status file, else squeue's digits.
func exitCode(folder, container, digits string) (int32, error) {
	text := digits
	for _, kind := range []string{"run-", "init-"} {
		if content, err := os.ReadFile(filepath.Join(folder, kind+container+".status")); err == nil {
			text = strings.TrimSpace(string(content))
			break
		}
	}
	code, err := strconv.ParseInt(text, 10, 32)
	return int32(code), err
}

// seen is when the plugin first noticed that the job runs or has ended, which is later than the
// event itself. A job that it never noticed running has no start.
func seen(folder, file string) metav1.Time {
	content, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		return metav1.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, string(content))
	if err != nil {
		return metav1.Time{}
	}
	return metav1.NewTime(at)
}

func firstSeen(folder, file string, now time.Time) metav1.Time {
	if at := seen(folder, file); !at.IsZero() {
		return at
	}
	os.WriteFile(filepath.Join(folder, file), []byte(now.Format(time.RFC3339Nano)), 0o644)
	return metav1.NewTime(now)
}
