package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"

	corev1 "k8s.io/api/core/v1"
)

// The script that the plugin writes for a pod, or why it writes none.
type converted struct {
	Batch        string            `json:"batch"`
	Job          string            `json:"job"`
	Environments map[string]string `json:"environments"`
	Error        string            `json:"error,omitempty"`
}

// convert reads pods, one per line, and writes their scripts, one per line. There is no cluster:
// Secrets and ConfigMaps have one key each, and variables have the values in the pod.
func convert(in io.Reader, out io.Writer, folder string, with settings) error {
	pods := bufio.NewReaderSize(in, 1<<20)
	scripts := bufio.NewWriterSize(out, 1<<20)
	encoder := json.NewEncoder(scripts)
	encoder.SetEscapeHTML(false)
	for {
		line, err := pods.ReadBytes('\n')
		if len(line) > 0 {
			if err := encoder.Encode(scriptsOf(line, folder, with)); err != nil {
				return err
			}
			// Flushes the result for a caller that waits for it.
			if pods.Buffered() == 0 {
				if err := scripts.Flush(); err != nil {
					return err
				}
			}
		}
		if errors.Is(err, io.EOF) {
			return scripts.Flush()
		}
		if err != nil {
			return err
		}
	}
}

func scriptsOf(line []byte, folder string, with settings) converted {
	var pod corev1.Pod
	if err := json.Unmarshal(line, &pod); err != nil {
		return converted{Error: err.Error()}
	}
	files, err := filesOf(&pod, fromNowhere)
	if err != nil {
		return converted{Error: err.Error()}
	}
	made, err := scriptsFor(&pod, folder, files, with)
	if err != nil {
		return converted{Error: err.Error()}
	}
	return converted{Batch: made.batch, Job: made.job, Environments: made.environments}
}
