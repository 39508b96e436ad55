package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/virtual-kubelet/virtual-kubelet/node/api"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// A virtual node without a cluster: an API server that knows one pod and counts requests, and a squeue that says that
// all jobs run and notes which it was asked about.
type fixture struct {
	kubelet  *kubelet
	requests atomic.Int32
	squeue   string
}

func fixtureOf(t *testing.T, pace intervals, limited bool) *fixture {
	t.Helper()
	folder := t.TempDir()
	made := &fixture{squeue: filepath.Join(folder, "asked")}
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		made.requests.Add(1)
		answer.Header().Set("Content-Type", "application/json")
		io.WriteString(answer, `{"kind":"Pod","apiVersion":"v1","metadata":{"namespace":"space","name":"job","uid":"a"}}`)
	}))
	t.Cleanup(server.Close)
	clients, err := clientsOf(&rest.Config{Host: server.URL}, limited)
	must(t, err)
	script := "#!/bin/sh\nfor last; do :; done\necho $last >>" + made.squeue + "\necho '0 R'\n"
	must(t, os.WriteFile(filepath.Join(folder, "squeue"), []byte(script), 0o755))
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	made.kubelet = &kubelet{
		node: &node{
			clients: clients, home: folder, pace: pace,
			plugin: &plugin{jobs: folder, down: filepath.Join(folder, "plugin-down"), pace: pace},
		},
		pods: map[types.UID]*corev1.Pod{}, api: map[types.UID]podStatus{},
	}
	return made
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// submitted makes the files of a job whose id is the pod's UID.
func (f *fixture) submitted(t *testing.T, uid string) *corev1.Pod {
	t.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "space", Name: "job", UID: types.UID(uid)},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
	}
	must(t, os.MkdirAll(f.kubelet.node.plugin.folder(pod), 0o755))
	f.write(t, pod, "JobID.jid", uid)
	return pod
}

func (f *fixture) write(t *testing.T, pod *corev1.Pod, file, text string) {
	t.Helper()
	out, err := os.OpenFile(filepath.Join(f.kubelet.node.plugin.folder(pod), file), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	must(t, err)
	defer out.Close()
	_, err = io.WriteString(out, text)
	must(t, err)
}

// asked are the jobs that SLURM was asked about, in turn.
func (f *fixture) asked(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(f.squeue)
	must(t, err)
	return strings.Join(strings.Fields(string(text)), " ")
}

func (f *fixture) ask(pods ...*corev1.Pod) string {
	var known []string
	for _, pod := range pods {
		if status, ok := f.kubelet.ask(pod); ok {
			known = append(known, fmt.Sprint(status.uid, " ", status.containers[0].State.Running != nil))
		}
	}
	return strings.Join(known, ", ")
}

func TestOnePodIsRefreshedInAnIntervalHoweverManyAreAskedAbout(t *testing.T) {
	made := fixtureOf(t, recorded, true)
	a, b, c := made.submitted(t, "a"), made.submitted(t, "b"), made.submitted(t, "c")

	equal(t, made.ask(a, b, c, a), "a true, a true")
	made.kubelet.node.plugin.asked = time.Now().Add(-recorded.cache)
	equal(t, made.ask(b, a, c), "b true, a true")
	equal(t, made.asked(t), "a b")
}

func TestEachPodIsRefreshedWithoutTheCache(t *testing.T) {
	pace := recorded
	pace.cache = 0
	made := fixtureOf(t, pace, true)

	equal(t, made.ask(made.submitted(t, "a"), made.submitted(t, "b")), "a true, b true")
	equal(t, made.asked(t), "a b")
}

func drained(client kubernetes.Interface) int {
	requests := 0
	for client.CoreV1().RESTClient().GetRateLimiter().TryAccept() {
		requests++
	}
	return requests
}

func TestLogRequestsWaitOnceTenCameAtOnce(t *testing.T) {
	made := fixtureOf(t, recorded, true)
	made.submitted(t, "a")
	provider := made.kubelet.node.clients.provider
	equal(t, provider.CoreV1().RESTClient().GetRateLimiter().QPS(), 5)
	if requests := drained(provider); requests < 10 {
		t.Errorf("only %d requests at once", requests)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := made.kubelet.containerLogs(ctx, "space", "job", "main", api.ContainerLogOpts{}); err == nil {
		t.Error("a further request did not wait")
	}
	if drained(made.kubelet.node.clients.controller) < 10 {
		t.Error("updates of statuses waited with the requests for logs")
	}
}

func TestLogRequestsDoNotWaitWithoutLimits(t *testing.T) {
	made := fixtureOf(t, recorded, false)
	made.submitted(t, "a")
	for range 30 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		logs, err := made.kubelet.containerLogs(ctx, "space", "job", "main", api.ContainerLogOpts{})
		cancel()
		must(t, err)
		logs.Close()
	}
	if made.kubelet.node.clients.provider.CoreV1().RESTClient().GetRateLimiter() != nil {
		t.Error("the client is limited")
	}
}

func TestFollowCostsOneRequestAndBringsWhatCameAtEachPoll(t *testing.T) {
	pace := recorded
	pace.follow = 10 * time.Millisecond
	made := fixtureOf(t, pace, true)
	pod := made.submitted(t, "a")
	made.write(t, pod, "job.out", "record\n")
	made.write(t, pod, "run-main.out", "first\n")
	logs, err := made.kubelet.containerLogs(t.Context(), "space", "job", "main", api.ContainerLogOpts{Follow: true})
	must(t, err)
	read := func(want string) {
		t.Helper()
		text := make([]byte, len(want))
		_, err := io.ReadFull(logs, text)
		must(t, err)
		equal(t, string(text), want)
	}

	read("record\nfirst\n")
	for line := range 20 {
		text := fmt.Sprintln("line", line)
		made.write(t, pod, "job.out", "this is never followed\n")
		made.write(t, pod, "run-main.out", text)
		read(text)
	}
	made.write(t, pod, "run-main.status", "0\n")
	rest, err := io.ReadAll(logs)
	must(t, err)
	equal(t, string(rest), "")
	equal(t, made.requests.Load(), 1)
}
