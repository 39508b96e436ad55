package main

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
)

const recordings = "../../src/test/resources/recordings/batch-scripts.json"

var with = settings{singularity: "/usr/bin/singularity", probes: true}

func made(t *testing.T, pod *corev1.Pod) *scripts {
	t.Helper()
	files, err := filesOf(pod, fromNowhere)
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := scriptsFor(pod, "/job", files, with)
	if err != nil {
		t.Fatal(err)
	}
	return scripts
}

func podOf(t *testing.T, text string) *corev1.Pod {
	t.Helper()
	var pod corev1.Pod
	if err := yaml.UnmarshalStrict([]byte(text), &pod); err != nil {
		t.Fatal(err)
	}
	return &pod
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	text := func(value any) string { content, _ := json.MarshalIndent(value, "", " "); return string(content) }
	if text(got) != text(want) {
		t.Errorf("got %s\nwant %s", text(got), text(want))
	}
}

func TestScriptsAreThoseThatWereRecorded(t *testing.T) {
	content, err := os.ReadFile(recordings)
	if err != nil {
		t.Fatal(err)
	}
	var cases map[string]struct {
		Annotations map[string]string `json:"annotations"`
		Container   corev1.Container  `json:"container"`
		Batch       *string           `json:"job.slurm"`
		CommandLine []string          `json:"container command line"`
		Environment *string           `json:"env file"`
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	for name, recorded := range cases {
		t.Run(name, func(t *testing.T) {
			if recorded.Batch == nil {
				t.Skip("sbatch refused it, and nothing is left of it")
			}
			uid := regexp.MustCompile(`--job-name=(\S+)`).FindStringSubmatch(*recorded.Batch)[1]
			for at := range recorded.Container.Env {
				if recorded.Container.Env[at].ValueFrom != nil {
					recorded.Container.Env[at].Value = "ABC"
				}
			}
			pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{recorded.Container}}}
			pod.Annotations = recorded.Annotations
			scripts, err := scriptsFor(pod, "/ceph/interlink/default-"+uid, nil, with)
			if err != nil {
				t.Fatal(err)
			}
			batch := strings.Replace(scripts.batch, "--job-name=\n", "--job-name="+uid+"\n", 1)
			equal(t, batch, *recorded.Batch)
			if !strings.Contains(scripts.job, "\nstart "+recorded.CommandLine[0]+"\n") {
				t.Errorf("%q is not in %s", recorded.CommandLine[0], scripts.job)
			}
			want := ""
			if recorded.Environment != nil {
				want = *recorded.Environment
			}
			equal(t, scripts.environments["c"], want)
		})
	}
}

func TestOptions(t *testing.T) {
	for _, one := range []struct{ flags, want string }{
		{"-p gpu  --gres gpu:1", "-p gpu|--gres gpu:1"},
		{"-p gpu --time=1 --partition=cpu", "--partition=cpu|--time=1"},
		{"-p=gpu -p cpu", "-p cpu"},
		{"-c8 --mem=4G", "-c8|--mem=4G|--cpus-per-task=1"},
		{"-c 8", "-c 8"},
		{"--cpus-per-t=8", "--cpus-per-t=8|--cpus-per-task=1"},
		{"-Oo/tmp/x", "-Oo/tmp/x"},
		{"--comment='two words' --hold", "--comment=two words|--hold"},
		{"--comment='a\n#SBATCH --uid=0'", "--comment=a\n#SBATCH --uid=0"},
		{"lonely words -p gpu", "lonely|words|-p gpu"},
		{"--mem-per-cpu=1G", "--mem-per-cpu=1G"},
		{"' --hold' --hold", "--hold"},
		{`--comment=a\`, `--comment=a\`},
		{"--a \u2003 --b\u0085--c", "--a|--b|--c"},
	} {
		want := one.want
		if !strings.Contains(want, "--cpus-per-task") && !strings.Contains(want, "-c ") {
			want += "|--cpus-per-task=1"
		}
		if !strings.Contains(want, "--mem=") {
			want += "|--mem=1"
		}
		pod := &corev1.Pod{}
		pod.Annotations = map[string]string{"slurm-job.vk.io/flags": one.flags}
		equal(t, strings.Join(options(pod), "|"), want)
	}
}

func TestSizes(t *testing.T) {
	for _, one := range []struct{ flags, init, first, second, want string }{
		{"", "", "cpu: 500m, memory: 1500M", "", "--cpus-per-task=1 --mem=1430"},
		{"", "", "cpu: 1500m, memory: 1Gi", "cpu: 2, memory: 512Mi", "--cpus-per-task=4 --mem=1536"},
		{"", "cpu: 2, memory: 20Gi", "cpu: 1, memory: 1Gi", "", "--cpus-per-task=2 --mem=20480"},
		{"", "", "memory: 1.1Gi", "", "--cpus-per-task=1 --mem=1"},
		{"", "", "memory: 1.5Gi", "", "--cpus-per-task=1 --mem=1536"},
		{"", "", "memory: 1024000m", "", "--cpus-per-task=1 --mem=0"},
		{"", "", "memory: 100k", "", "--cpus-per-task=1 --mem=0"},
		{"", "", "memory: 400m", "", "--cpus-per-task=1 --mem=1"},
		{"", "", "cpu: 0, memory: 0", "", "--cpus-per-task=1 --mem=1"},
		{"--mem=900G", "", "memory: 0", "", "--mem=900G --cpus-per-task=1"},
		{"--mem=900G", "", "memory: 1.1Gi", "", "--mem=900G --cpus-per-task=1"},
		{"--mem=900G -c 4", "", "cpu: 1, memory: 1Gi", "", "--cpus-per-task=1 --mem=1024"},
		{"-c4", "", "cpu: 1, memory: 1Gi", "", "-c4 --cpus-per-task=1 --mem=1024"},
	} {
		container := func(limits string) string { return "{name: c, resources: {limits: {" + limits + "}}}" }
		text := "spec: {containers: [" + container(one.first) + "," + container(one.second) + "], initContainers: [" +
			container(one.init) + "]}"
		pod := podOf(t, text)
		pod.Annotations = map[string]string{"slurm-job.vk.io/flags": one.flags}
		equal(t, strings.Join(options(pod), " "), one.want)
	}
	equal(t, options(podOf(t, "spec: {securityContext: {runAsUser: 1000}}")), []string{"--uid=1000", "--cpus-per-task=1", "--mem=1"})
}

const volumes = `
metadata: {name: j}
spec:
  containers:
  - name: c
    image: /i.sif
    volumeMounts:
    - {name: scratch, mountPath: "/x,/etc:/mnt"}
    - {name: s, mountPath: /s, readOnly: true}
    - {name: m, mountPath: /m/one, subPath: one}
    - {name: p, mountPath: /p}
    - {name: d, mountPath: /d}
  volumes:
  - {name: scratch, emptyDir: {}}
  - {name: s, secret: {secretName: a, items: [{key: k, path: in/k}]}}
  - {name: m, configMap: {name: b}}
  - {name: p, projected: {sources: [{serviceAccountToken: {path: token}}, {configMap: {name: b}}]}}
  - {name: d, downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}
  - {name: claim, persistentVolumeClaim: {claimName: d}}
`

func TestVolumesAreBoundAsTheyAreWritten(t *testing.T) {
	pod := podOf(t, volumes)
	scripts := made(t, pod)
	line := regexp.MustCompile(`(?m)^start .*$`).FindString(scripts.job)
	equal(t, strings.Fields(line), []string{
		"start", "c", "/usr/bin/singularity", "run", "--no-privs", "--no-home",
		"--bind", "/job/emptyDirs/scratch:/x,/etc:/mnt:rw",
		"--bind", "/job/secrets/s/in/k:/s/in/k:ro",
		"--bind", "/job/configMaps/m/key:/m/one:rw",
		"--bind", "/job/projectedVolumeMaps/p/key:/p/key:rw",
		"--bind", "/job/projectedVolumeMaps/p/token:/p/token:rw",
		"--bind", "/job/downwardAPIs/d/name:/d/name:rw",
		"/i.sif",
	})
	equal(t, string(scripts.files["/job/downwardAPIs/d/name"]), "j")

	pod.Spec.Containers[0].VolumeMounts = append(pod.Spec.Containers[0].VolumeMounts,
		corev1.VolumeMount{Name: "claim", MountPath: "/claim"})
	if job := made(t, pod).job; strings.Contains(job, "--bind") {
		t.Errorf("a claim drops all mounts: %s", job)
	}
}

func TestWhatIsBoundIsThere(t *testing.T) {
	folder := t.TempDir()
	pod := podOf(t, volumes)
	files, err := filesOf(pod, func(secret, configMap string) (map[string][]byte, error) {
		return map[string][]byte{"k": []byte("of " + secret + configMap)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := scriptsFor(pod, folder, files, with)
	if err != nil {
		t.Fatal(err)
	}
	if err := scripts.write(folder); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(folder + "/secrets/s/in/k")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, string(content), "of a")
	for _, path := range append(slices.Collect(maps.Keys(scripts.files)), scripts.folders...) {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

func TestImages(t *testing.T) {
	for _, one := range []struct{ image, root, want string }{
		{"/i.sif", "oras://", "/i.sif"},
		{"ghcr.io/a", "", "docker://ghcr.io/a"},
		{"docker://a", "", "docker://a"},
		{"oras://a", "", "docker://oras://a"},
		{"oras://a", "oras://", "oras://a"},
		{"a", "/images/", "/images/a"},
	} {
		pod := &corev1.Pod{}
		if one.root != "" {
			pod.Annotations = map[string]string{"slurm-job.vk.io/image-root": one.root}
		}
		equal(t, image(pod, corev1.Container{Image: one.image}), one.want)
	}
}

func TestProbesArePastedInDoubleQuotesAndHooksAreQuoted(t *testing.T) {
	pod := podOf(t, `
spec:
  containers:
  - name: c
    image: a
    livenessProbe: {exec: {command: [sh, -c, $(touch pwned-probe)]}, initialDelaySeconds: 3}
    readinessProbe: {httpGet: {path: /$(id), port: 8080}}
    startupProbe: {tcpSocket: {port: 1}}
    lifecycle: {preStop: {exec: {command: [sh, -c, $(id)]}}}
`)
	job := made(t, pod).job
	for _, want := range []string{
		`probe liveness "c" 0 3 10 1 1 3 exec "sh" "-c" "$(touch pwned-probe)" &`,
		`probe readiness "c" 0 0 10 1 1 3 http "HTTP" "" 8080 "/$(id)" &`,
		`probe_exec() { "/usr/bin/singularity" exec "--no-privs" "--no-home" "docker://a" timeout "$timeout" "$@"; }`,
		`  /usr/bin/singularity exec --no-privs --no-home docker://a timeout 30 sh -c '$(id)' >>`,
	} {
		if !strings.Contains(job, want) {
			t.Errorf("%s is not in %s", want, job)
		}
	}
	files := volumeFiles{}
	scripts, err := scriptsFor(pod, "/job", files, settings{singularity: "singularity"})
	if err != nil || strings.Contains(scripts.job, "pwned-probe") {
		t.Errorf("without EnableProbes there is none: %v", scripts)
	}
}
