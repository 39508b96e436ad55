package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/virtual-kubelet/virtual-kubelet/node/api"
	corev1 "k8s.io/api/core/v1"
)

// logs are job.out and then the container's output. timestamps and since are ignored, limitBytes
// returns the end (README of the recordings). Files that do not exist yet are treated as empty, and
// the output of init containers is not included (init-and-two.json).
func (p *plugin) logs(ctx context.Context, pod *corev1.Pod, container string, options api.ContainerLogOpts, session string) (
	io.ReadCloser, error) {
	if err := p.up(); err != nil {
		return nil, err
	}
	folder := p.folder(pod)
	file := filepath.Join(folder, "run-"+container+".out")
	output, _ := os.ReadFile(file)
	record, _ := os.ReadFile(filepath.Join(folder, "job.out"))
	text := string(record) + string(output)
	switch {
	case options.Tail > 0:
		text = tail(text, options.Tail)
	case options.LimitBytes > 0 && options.LimitBytes < len(text):
		text = text[len(text)-options.LimitBytes:]
	}
	if !options.Follow {
		return io.NopCloser(strings.NewReader(text)), nil
	}
	reader, writer := io.Pipe()
	go func() {
		_, err := io.WriteString(writer, text)
		if err == nil {
			err = p.follow(ctx, pod, file, container, int64(len(output)), session, writer)
		}
		writer.CloseWithError(err)
	}()
	return reader, nil
}

func tail(text string, lines int) string {
	all := strings.SplitAfter(text, "\n")
	if all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return strings.Join(all[max(0, len(all)-lines):], "")
}

// follow reads the container's output every few seconds. It starts with an error message, without a
// line break, for each time that the output does not exist, and ends when the container's exit code
// exists or the pod is deleted: so it does not end when SLURM kills the job (interLink's source).
// Later lines of job.out are not included.
func (p *plugin) follow(ctx context.Context, pod *corev1.Pod, path, container string, offset int64, session string,
	to io.Writer) error {
	var file *os.File
	for {
		var err error
		if file, err = os.Open(path); err == nil {
			break
		}
		_, err = io.WriteString(to, session+"Cannot open in follow mode the container logs "+path+
			" because it does not exist yet, sleeping before retrying...")
		if err == nil {
			err = sleep(ctx, p.pace.follow)
		}
		if err != nil {
			return err
		}
	}
	defer file.Close()
	if _, err := file.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	for {
		_, exited := os.Stat(filepath.Join(p.folder(pod), "run-"+container+".status"))
		_, known := p.jobID(pod)
		if _, err := io.Copy(to, file); err != nil {
			return err
		}
		if exited == nil || !known {
			return nil
		}
		if err := sleep(ctx, p.pace.follow); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, duration time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(duration):
		return nil
	}
}
