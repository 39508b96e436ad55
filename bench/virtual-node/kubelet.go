package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/virtual-kubelet/virtual-kubelet/errdefs"
	"github.com/virtual-kubelet/virtual-kubelet/node/api"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
)

// jobID is the annotation by which a pod is found again after a restart.
const jobID = "JobID"

// A kubelet is interLink's provider: it hands pods to the plugin and writes what becomes of them into their status.
// The library calls it, and retries a pod whose Secret is missing with growing delays and without a word.
type kubelet struct {
	node   *node
	mu     sync.Mutex
	pods   map[types.UID]*corev1.Pod
	api    map[types.UID]podStatus // what the API of interLink last heard of each pod
	notify func(*corev1.Pod)
}

func newKubelet(ctx context.Context, n *node) (*kubelet, error) {
	k := &kubelet{node: n, pods: map[types.UID]*corev1.Pod{}, api: map[types.UID]podStatus{}}
	list, err := n.clients.provider.CoreV1().Pods("").List(ctx, metav1.ListOptions{
		FieldSelector: fields.OneTermEqualSelector("spec.nodeName", n.name).String(),
	})
	if err != nil {
		return nil, err
	}
	for _, pod := range list.Items {
		if _, submitted := pod.Annotations[jobID]; submitted {
			k.pods[pod.UID] = &pod
		}
	}
	return k, nil
}

func (k *kubelet) NotifyPods(_ context.Context, notify func(*corev1.Pod)) { k.notify = notify }

// CreatePod answers at once; the pod is handed over meanwhile, so its status is written twice.
func (k *kubelet) CreatePod(_ context.Context, pod *corev1.Pod) error {
	pod = pod.DeepCopy()
	initialized := corev1.ConditionTrue
	if len(pod.Spec.InitContainers) > 0 {
		initialized = corev1.ConditionFalse
	}
	now := metav1.Now()
	pod.Status.Phase = corev1.PodPending
	pod.Status.HostIP = k.node.address
	pod.Status.PodIP = k.node.address
	pod.Status.PodIPs = []corev1.PodIP{{IP: k.node.address}}
	pod.Status.StartTime = &now
	pod.Status.Conditions = []corev1.PodCondition{
		{Type: corev1.PodInitialized, Status: initialized},
		{Type: corev1.PodReady, Status: corev1.ConditionFalse},
		{Type: corev1.PodScheduled, Status: corev1.ConditionTrue},
	}
	k.mu.Lock()
	k.pods[pod.UID] = pod
	k.mu.Unlock()
	k.notify(pod.DeepCopy())
	go k.submit(pod.DeepCopy())
	return nil
}

func (k *kubelet) submit(pod *corev1.Pod) {
	state := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{
		Reason: "Remote pod submitted", Message: "The pod has been submitted to the remote plugin for creation",
	}}
	var id string
	files, err := k.awaitFiles(pod)
	reason := "CFGMaps/Secrets not found"
	if err == nil {
		id, err = k.node.plugin.create(pod, files)
		reason = "ProviderFailed"
	}
	if err == nil {
		if pod.Annotations == nil {
			pod.Annotations = map[string]string{}
		}
		pod.Annotations[jobID] = id
	} else {
		// The four layers of bad-partition.json: plugin, API, request, execution.
		inner := errors.New("error creating pod (HTTP 504): " + session("CreatePod") + " call exit status: 500. Body: " +
			err.Error())
		err = fmt.Errorf("error doing createRequest() in RemoteExecution() return value  error detail %#v error: %w", inner,
			inner)
		now := metav1.Now()
		pod.Status.StartTime = &now
		pod.Status.Phase = corev1.PodFailed
		pod.Status.Reason = reason
		pod.Status.Message = err.Error()
		for i := range pod.Status.Conditions {
			pod.Status.Conditions[i].Status = corev1.ConditionFalse
		}
		state = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode: 1, Reason: reason, Message: err.Error(),
		}}
	}
	for _, container := range pod.Spec.Containers {
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: container.Name, Image: container.Image, State: state,
		})
	}
	k.mu.Lock()
	_, known := k.pods[pod.UID]
	if known {
		k.pods[pod.UID] = pod
	}
	k.mu.Unlock()
	if !known { // deleted meanwhile
		if err := k.node.plugin.delete(pod); err != nil {
			log.Print(err)
		}
		return
	}
	k.notify(pod.DeepCopy())
}

// awaitFiles reads what the pod's volumes are filled from. While a Secret or ConfigMap is missing, for up to five
// minutes, the pod is in a phase that Kubernetes does not have. It begins by a read of the pod, whose answer it does
// not use (both interLink's source).
func (k *kubelet) awaitFiles(pod *corev1.Pod) (volumeFiles, error) {
	k.node.clients.provider.CoreV1().Pods(pod.Namespace).Get(context.Background(), pod.Name, metav1.GetOptions{})
	read := fromCluster(context.Background(), k.node.clients.provider, pod.Namespace)
	for tries := 0; ; tries++ {
		files, err := filesOf(pod, read)
		k.mu.Lock()
		_, known := k.pods[pod.UID]
		k.mu.Unlock()
		if !apierrors.IsNotFound(err) || !known || tries == 150 {
			return files, err
		}
		if tries == 0 {
			pod.Status.Phase = "Initializing"
			k.notify(pod.DeepCopy())
		}
		time.Sleep(2 * time.Second)
	}
}

func (k *kubelet) UpdatePod(context.Context, *corev1.Pod) error { return nil }

// DeletePod fails while the plugin is down, and the library tries again with growing delays; interLink's newest
// version does likewise.
func (k *kubelet) DeletePod(_ context.Context, pod *corev1.Pod) error {
	k.mu.Lock()
	_, known := k.pods[pod.UID]
	k.mu.Unlock()
	if !known {
		return errdefs.NotFound("pod not found")
	}
	if err := k.node.plugin.delete(pod); err != nil {
		return err
	}
	k.mu.Lock()
	delete(k.pods, pod.UID)
	delete(k.api, pod.UID)
	k.mu.Unlock()
	pod = pod.DeepCopy()
	now := metav1.Now()
	pod.Status.Reason = "VKProviderPodDeleted"
	for i := range pod.Status.ContainerStatuses {
		pod.Status.ContainerStatuses[i].Ready = false
		pod.Status.ContainerStatuses[i].State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			Reason: "VKProviderPodContainerDeleted", Message: "VK provider terminated container upon deletion", FinishedAt: now,
		}}
	}
	go k.notify(pod)
	return nil
}

func (k *kubelet) GetPod(_ context.Context, namespace, name string) (*corev1.Pod, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, pod := range k.pods {
		if pod.Namespace == namespace && pod.Name == name {
			return pod.DeepCopy(), nil
		}
	}
	return nil, errdefs.NotFound("pod not found")
}

func (k *kubelet) GetPodStatus(ctx context.Context, namespace, name string) (*corev1.PodStatus, error) {
	pod, err := k.GetPod(ctx, namespace, name)
	if err != nil {
		return nil, err
	}
	return &pod.Status, nil
}

func (k *kubelet) GetPods(context.Context) ([]*corev1.Pod, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var pods []*corev1.Pod
	for _, pod := range k.pods {
		pods = append(pods, pod.DeepCopy())
	}
	return pods, nil
}

// poll asks the plugin for one pod after the other, in no order, as long as they have not ended for Kubernetes.
func (k *kubelet) poll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(k.node.pace.poll):
		}
		// So that a test can say what SLURM has done by the next look.
		if _, err := os.Stat(filepath.Join(k.node.home, "hold")); err == nil {
			continue
		}
		// For the addresses of pods in a private network, which are left out: but it waits behind the requests for logs.
		k.node.clients.provider.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
		pods, _ := k.GetPods(ctx)
		for _, pod := range pods {
			if pod.Annotations[jobID] == "" || pod.Status.Phase == corev1.PodFailed ||
				pod.Status.Phase == corev1.PodSucceeded {
				continue
			}
			status, ok := k.ask(pod)
			if !ok {
				continue
			}
			k.mu.Lock()
			current, known := k.pods[pod.UID]
			if known {
				current = current.DeepCopy()
				update(current, status)
				k.pods[pod.UID] = current
			}
			k.mu.Unlock()
			if known {
				k.notify(current.DeepCopy())
			}
		}
	}
}

// ask is a question to interLink's API. The plugin answers from its cache within ten seconds, whichever pod that
// answer was about; then the API says what it last heard of this pod, which may be nothing (secret-late.json).
func (k *kubelet) ask(pod *corev1.Pod) (podStatus, bool) {
	answers, err := k.node.plugin.statuses([]*corev1.Pod{pod})
	if err != nil {
		log.Printf("%s: %v", pod.Name, err)
		return podStatus{}, false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, answer := range answers {
		k.api[answer.uid] = answer
	}
	status, ok := k.api[pod.UID]
	return status, ok
}

// update writes the containers' states into the pod's, as interLink does: the image is lost, conditions grow or
// shrink, and a pod that was Running stays so while its job waits again (node-fail-requeue.json).
func update(pod *corev1.Pod, status podStatus) {
	ended, failure, running := 0, "", false
	for _, container := range status.containers {
		container = *container.DeepCopy()
		switch {
		case container.State.Terminated != nil:
			ended++
			container.State.Terminated.Reason = "Completed"
			if code := container.State.Terminated.ExitCode; code != 0 {
				failure = fmt.Sprintf("Error: %d", code)
			}
		case container.State.Running != nil:
			running = true
		}
		replaced := false
		for i := range pod.Status.ContainerStatuses {
			if pod.Status.ContainerStatuses[i].Name == container.Name {
				pod.Status.ContainerStatuses[i] = container
				replaced = true
			}
		}
		if !replaced {
			pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, container)
		}
	}
	switch {
	case ended == len(status.containers) && failure != "":
		pod.Status.Phase = corev1.PodFailed
		pod.Status.Reason = failure
		for i := range pod.Status.ContainerStatuses {
			if terminated := pod.Status.ContainerStatuses[i].State.Terminated; terminated != nil {
				terminated.Reason = failure
			}
		}
	case ended == len(status.containers):
		pod.Status.Phase = corev1.PodSucceeded
		pod.Status.Reason = "Completed"
		pod.Status.Conditions = append(pod.Status.Conditions,
			corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionFalse})
	case running && pod.Status.Phase != corev1.PodRunning:
		pod.Status.Phase = corev1.PodRunning
		pod.Status.Reason = "Running"
		pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	}
}

// containerLogs asks the API server for the pod first, and so waits until the provider's client may.
func (k *kubelet) containerLogs(ctx context.Context, namespace, name, container string, options api.ContainerLogOpts) (
	io.ReadCloser, error) {
	pod, err := k.node.clients.provider.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	label := session("GetLogs")
	logs, err := k.node.plugin.logs(ctx, pod, container, options, label)
	if err != nil {
		return nil, errors.New(label + "Unexpected error occured while getting logs. Status code: 500. Check InterLink's" +
			" logs for further informations")
	}
	return logs, nil
}

// session is what interLink puts before messages, to find a request again in its logs.
func session(call string) string {
	return fmt.Sprintf("HTTP InterLink session %s#%d: ", call, rand.Intn(100000))
}
