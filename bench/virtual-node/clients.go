package main

import (
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// The clients of one virtual kubelet. interLink makes two of its own, and both have client-go's default limits for
// each group of the API: 5 requests a second, 10 in a burst; further ones wait in the order in which they came
// (cmd/virtual-kubelet/main.go, and initClientSet in pkg/virtualkubelet/virtualkubelet.go).
type clients struct {
	// Each request for a log, each submission and each round of statuses begins with a read by this one.
	provider kubernetes.Interface
	// This one writes the statuses of pods and of the node.
	controller kubernetes.Interface
	// What interLink doesn't do.
	own kubernetes.Interface
}

func clientsOf(config *rest.Config, limited bool) (clients, error) {
	made := func() (kubernetes.Interface, error) {
		if limited {
			return kubernetes.NewForConfig(config)
		}
		return unlimited(config)
	}
	provider, err := made()
	if err != nil {
		return clients{}, err
	}
	controller, err := made()
	if err != nil {
		return clients{}, err
	}
	own, err := unlimited(config)
	return clients{provider: provider, controller: controller, own: own}, err
}

func unlimited(config *rest.Config) (kubernetes.Interface, error) {
	config = rest.CopyConfig(config)
	config.QPS = -1
	return kubernetes.NewForConfig(config)
}
