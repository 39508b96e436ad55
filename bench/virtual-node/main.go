// Command virtual-node stands in for interLink: the virtual kubelet, its API and its SLURM plugin in one process,
// for any number of nodes. What it does is what interLink was recorded to do (src/test/resources/recordings), its
// mistakes included; where the recordings are silent, interLink's documentation and source (July 2026) decide, and the
// comment says so. Claims, flavors, gangs, tunnels and other container runtimes are left out. With -scripts it is the
// plugin's script writer alone.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/clientcmd"
)

// How often interLink does things, as recorded.
type intervals struct {
	poll   time.Duration // the virtual kubelet asks for the status of its pods
	cache  time.Duration // the plugin asks SLURM about one pod at most so often
	follow time.Duration // a log that is followed is read
	ping   time.Duration // the node's state and capacity are asked for
}

var recorded = intervals{poll: 5 * time.Second, cache: 10 * time.Second, follow: 4 * time.Second, ping: 30 * time.Second}

func (i intervals) divided(by float64) intervals {
	part := func(d time.Duration) time.Duration { return time.Duration(float64(d) / by) }
	return intervals{poll: part(i.poll), cache: part(i.cache), follow: part(i.follow), ping: part(i.ping)}
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "the cluster")
	address := flag.String("address", "127.0.0.1", "where the kubelet's endpoint listens, and the node's address")
	singularity := flag.String("singularity", "/usr/bin/singularity", "the container runtime")
	enableProbes := flag.Bool("probes", true, "the plugin's EnableProbes, on in its example configuration")
	speed := flag.Float64("speed", 1, "divides the recorded intervals")
	requestLimits := flag.Bool("request-limits", true, "the limits of the virtual kubelet's clients: 5 log requests a"+
		" second and 10 in a burst, whoever asks, and as many updates of statuses; intervals may be divided, these are not")
	statusCache := flag.Bool("status-cache", true,
		"one pod's status is refreshed in 10 s; without, each pod's whenever the virtual kubelet asks")
	scriptsOnly := flag.Bool("scripts", false,
		"read pods from stdin, JSON, one a line, and write what the plugin makes of each, as JSON, one a line")
	pods := flag.Int("pods", 100, "how many pods each node may have")
	jobFolder := flag.String("folder", "/hpc/job", "the job's folder, with -scripts")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: virtual-node [flags] NODE=FOLDER ...\n       virtual-node -scripts [flags]")
		flag.PrintDefaults()
		fmt.Fprint(flag.CommandLine.Output(), `
FOLDER is that of a SLURM, with its slurm.conf. In it each node gets a folder of its name, and in that:
  jobs         has a folder for each job
  ready        appears when pods can be scheduled to the node
  plugin-down  make it, and the node's plugin is down until it is gone
  hold         make it, and nobody looks at the node's pods until it is gone
`)
	}
	flag.Parse()
	with := settings{singularity: *singularity, probes: *enableProbes}
	if *scriptsOnly {
		check(convert(os.Stdin, os.Stdout, *jobFolder, with))
		return
	}
	if *kubeconfig == "" || *speed <= 0 || flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	check(err)
	pace := recorded.divided(*speed)
	if !*statusCache {
		pace.cache = 0
	}
	reader, err := unlimited(config)
	check(err)
	shared := informers.NewSharedInformerFactory(reader, 0)
	// The library gives containers the addresses of services. In the recordings there are none.
	noServices := informers.NewSharedInformerFactoryWithOptions(reader, 0,
		informers.WithTweakListOptions(func(options *metav1.ListOptions) {
			options.FieldSelector = fields.OneTermEqualSelector("metadata.name", "none").String()
		}))
	failed := make(chan error)
	for _, argument := range flag.Args() {
		name, folder, ok := strings.Cut(argument, "=")
		if !ok {
			flag.Usage()
			os.Exit(2)
		}
		home, err := filepath.Abs(filepath.Join(folder, name))
		check(err)
		clients, err := clientsOf(config, *requestLimits)
		check(err)
		node := &node{
			name: name, home: home, address: *address, pods: *pods, clients: clients, pace: pace,
			plugin: &plugin{
				slurmConf: filepath.Join(folder, "slurm.conf"), jobs: filepath.Join(home, "jobs"), down: filepath.Join(home, "plugin-down"),
				settings: with, pace: pace,
			},
		}
		go func() { failed <- node.run(ctx, shared, noServices) }()
	}
	for range flag.NArg() {
		check(<-failed)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
