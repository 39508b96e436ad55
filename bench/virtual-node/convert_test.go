package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestPodsBecomeScriptsLineByLine(t *testing.T) {
	var out bytes.Buffer
	in := `{"metadata": {"uid": "u"}, "spec": {"containers": [{"name": "c", "image": "/i", "env": [{"name": "A", "value": "<b>"}]}]}}
no JSON
{"spec": {"containers": [{"name": "c", "image": "/i", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}]}}`
	if err := convert(strings.NewReader(in), &out, "/f", with); err != nil {
		t.Fatal(err)
	}
	var lines []converted
	for line := range strings.Lines(out.String()) {
		var one converted
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, one)
	}
	equal(t, lines[0].Batch,
		"#!/bin/bash\n#SBATCH --job-name=u\n#SBATCH --output=/f/job.out\n#SBATCH --cpus-per-task=1\n#SBATCH --mem=1\n\n/f/job.sh\n")
	equal(t, lines[0].Environments, map[string]string{"c": "A='<b>'\n"})
	equal(t, lines[1].Job, "")
	equal(t, lines[2].Error, "could not find volume v in pod ")
	equal(t, len(lines), 3)
}
