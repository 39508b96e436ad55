package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	vk "github.com/virtual-kubelet/virtual-kubelet/node"
	"github.com/virtual-kubelet/virtual-kubelet/node/api"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/record"
)

// A virtual node: its object in the cluster, its kubelet's endpoint, and the pods on it.
type node struct {
	name    string
	home    string
	address string
	pods    int
	clients clients
	plugin  *plugin
	pace    intervals
}

// run serves the node until the context ends.
func (n *node) run(ctx context.Context, shared, services informers.SharedInformerFactory) error {
	if err := os.MkdirAll(n.plugin.jobs, 0o755); err != nil {
		return err
	}
	kubelet, err := newKubelet(ctx, n)
	if err != nil {
		return err
	}
	port, err := n.serveLogs(ctx, kubelet)
	if err != nil {
		return err
	}
	ownPods := informers.NewSharedInformerFactoryWithOptions(n.clients.controller, 0,
		informers.WithTweakListOptions(func(options *metav1.ListOptions) {
			options.FieldSelector = fields.OneTermEqualSelector("spec.nodeName", n.name).String()
		}))
	pods, err := vk.NewPodController(vk.PodControllerConfig{
		PodClient:   n.clients.controller.CoreV1(),
		PodInformer: ownPods.Core().V1().Pods(),
		// No event of the virtual kubelet is in the recordings.
		EventRecorder:     &record.FakeRecorder{},
		Provider:          kubelet,
		ConfigMapInformer: shared.Core().V1().ConfigMaps(),
		SecretInformer:    shared.Core().V1().Secrets(),
		ServiceInformer:   services.Core().V1().Services(),
	})
	if err != nil {
		return err
	}
	heart, err := vk.NewNodeController(&heartbeat{node: n, object: n.object(port)}, n.object(port),
		n.clients.controller.CoreV1().Nodes(),
		vk.WithNodeEnableLeaseV1(n.clients.controller.CoordinationV1().Leases(corev1.NamespaceNodeLease), vk.DefaultLeaseDuration))
	if err != nil {
		return err
	}
	for _, factory := range []informers.SharedInformerFactory{shared, services, ownPods} {
		factory.Start(ctx.Done())
		factory.WaitForCacheSync(ctx.Done())
	}
	ended := make(chan error, 2)
	go func() { ended <- pods.Run(ctx, 10) }()
	<-pods.Ready()
	go func() { ended <- heart.Run(ctx) }()
	go kubelet.poll(ctx)
	go n.sayWhenReady(ctx)
	if err := <-ended; ctx.Err() == nil {
		return err
	}
	// interLink leaves its node behind. So does this one when it is killed; asked to end, it goes without a trace.
	return n.clients.own.CoreV1().Nodes().Delete(context.WithoutCancel(ctx), n.name, metav1.DeleteOptions{})
}

// object is the node as it registers: not ready (node-ready.json, interLink's documentation).
func (n *node) object(port int32) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: n.name,
			Labels: map[string]string{
				"alpha.service-controller.kubernetes.io/exclude-balancer": "true",
				"kubernetes.io/hostname":                                  n.name,
				"kubernetes.io/os":                                        "virtual-kubelet",
				"kubernetes.io/role":                                      "agent",
				"node.kubernetes.io/exclude-from-external-load-balancers": "true",
				"nvidia-gpu-type":                                         "A100",
				"virtual-node.interlink/type":                             "virtual-kubelet",
			},
		},
		Spec: corev1.NodeSpec{
			ProviderID: "external:///" + n.name,
			Taints: []corev1.Taint{
				{Key: "virtual-node.interlink/no-schedule", Value: "true", Effect: corev1.TaintEffectNoSchedule},
			},
		},
		Status: corev1.NodeStatus{
			NodeInfo: corev1.NodeSystemInfo{
				KubeletVersion: "test", OperatingSystem: "linux", Architecture: "virtual-kubelet",
			},
			Addresses:       []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: n.address}},
			DaemonEndpoints: corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: port}},
			Capacity:        n.capacity("100", "3000G"), // interLink's defaults, until the first ping
			Allocatable:     n.capacity("100", "3000G"),
			Conditions:      conditions(false),
		},
	}
}

func (n *node) capacity(cpu, memory string) corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:    resource.MustParse(cpu),
		corev1.ResourceMemory: resource.MustParse(memory),
		corev1.ResourcePods:   *resource.NewQuantity(int64(n.pods), resource.DecimalSI),
		"nvidia.com/gpu":      resource.MustParse("2"),
	}
}

// conditions of a node: reasons and messages are the same whatever the status (node-plugin-down.json).
func conditions(ready bool) []corev1.NodeCondition {
	status := func(is bool) corev1.ConditionStatus {
		if is {
			return corev1.ConditionTrue
		}
		return corev1.ConditionFalse
	}
	now := metav1.Now()
	condition := func(kind corev1.NodeConditionType, is bool, reason, message string) corev1.NodeCondition {
		return corev1.NodeCondition{
			Type: kind, Status: status(is), Reason: reason, Message: message, LastHeartbeatTime: now, LastTransitionTime: now,
		}
	}
	return []corev1.NodeCondition{
		condition("Ready", ready, "KubeletPending", "kubelet is pending."),
		condition("OutOfDisk", false, "KubeletHasSufficientDisk", "kubelet has sufficient disk space available"),
		condition("MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
		condition("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
		condition("NetworkUnavailable", !ready, "RouteCreated", "RouteController created a route"),
	}
}

// heartbeat pings the plugin and writes what it says into the node: its state, its free CPUs and memory.
type heartbeat struct {
	node   *node
	object *corev1.Node
}

func (h *heartbeat) Ping(context.Context) error { return nil }

func (h *heartbeat) NotifyNodeStatus(ctx context.Context, notify func(*corev1.Node)) {
	go func() {
		// interLink's first ping comes an interval after the start. Here it comes at once, or every test would wait.
		for delay := time.Duration(0); ; delay = h.node.pace.ping {
			select {
			case <-ctx.Done():
				return
			case <-time.After(delay):
			}
			h.ping()
			notify(h.object.DeepCopy())
		}
	}()
}

func (h *heartbeat) ping() {
	free, err := h.node.plugin.ping()
	answer, connectivity := "", corev1.NodeCondition{
		Type: "InterlinkConnectivity", Status: corev1.ConditionFalse, Reason: "InterlinkPingFailed",
		Message: "Ping failed with code -1. Response: 503",
	}
	if err == nil {
		text, _ := json.Marshal(free)
		answer = string(text)
		connectivity.Status, connectivity.Reason = corev1.ConditionTrue, "InterlinkPingSuccessful"
		connectivity.Message = "Ping successful with code 200. Response: " + answer
		h.object.Status.Capacity = h.node.capacity(free.Resources.CPU, free.Resources.Memory)
		h.object.Status.Allocatable = h.node.capacity(free.Resources.CPU, free.Resources.Memory)
	}
	connectivity.LastHeartbeatTime, connectivity.LastTransitionTime = metav1.Now(), metav1.Now()
	h.object.Status.Conditions = append(conditions(err == nil), connectivity)
	h.object.Annotations = map[string]string{"interlink.virtual-kubelet.io/ping-response": answer}
}

// sayWhenReady makes the file ready once the node is, and the cluster's controller has taken its own taints away.
func (n *node) sayWhenReady(ctx context.Context) {
	for ctx.Err() == nil {
		object, err := n.clients.own.CoreV1().Nodes().Get(ctx, n.name, metav1.GetOptions{})
		if err == nil && len(object.Spec.Taints) == 1 && object.Status.Conditions[0].Status == corev1.ConditionTrue {
			if err := os.WriteFile(filepath.Join(n.home, "ready"), nil, 0o644); err != nil {
				log.Print(err)
			}
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// serveLogs listens on a free port with a certificate that it signed itself, as interLink does by default.
func (n *node) serveLogs(ctx context.Context, kubelet *kubelet) (int32, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return 0, err
	}
	certificate := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: n.name},
		IPAddresses:  []net.IP{net.ParseIP(n.address)},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(1, 0, 0),
	}
	signed, err := x509.CreateCertificate(rand.Reader, certificate, certificate, &key.PublicKey, key)
	if err != nil {
		return 0, err
	}
	listener, err := tls.Listen("tcp", net.JoinHostPort(n.address, "0"), &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{signed}, PrivateKey: key}},
	})
	if err != nil {
		return 0, err
	}
	server := &http.Server{
		Handler:     api.PodHandler(api.PodHandlerConfig{GetContainerLogs: kubelet.containerLogs, GetPods: kubelet.GetPods}, true),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	go func() {
		if err := server.Serve(listener); ctx.Err() == nil {
			log.Print(err)
		}
	}()
	return int32(listener.Addr().(*net.TCPAddr).Port), nil
}
