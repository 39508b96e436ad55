package io.interlinkgateway.submission;

/// Example bodies for the API's description. They run unchanged in the sandbox.
final class Examples {

    /// The same name in each media type: Swagger UI keeps the name when another type is chosen, and shows no example
    /// if that type has none with the name.
    static final String NAME = "example";

    static final String SPEC =
            """
            {
              "node": "sandbox",
              "image": "/ceph/hpc/data/st2301-itwin-users/itwinai_v10.1.sif",
              "command": ["/bin/sh", "-c"],
              "args": ["echo training with $BATCH_SIZE images at once"],
              "env": {"BATCH_SIZE": "1024"},
              "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
              "slurm": {"partition": "gpu", "gres": "gpu:1", "nodes": 1, "tasksPerNode": 1, "timeLimit": "PT55M"},
              "labels": {"experiment": "3dgan"}
            }
            """;

    static final String POD =
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: 3dgan-train
              annotations:
                slurm-job.vk.io/flags: "-p gpu --gres=gpu:1 --ntasks-per-node=1 --nodes=1"
            spec:
              containers:
              - name: 3dgan-container
                image: /ceph/hpc/data/st2301-itwin-users/itwinai_v10.1.sif
                command: ["/bin/sh", "-c"]
                args: ["echo training"]
                resources:
                  limits: {cpu: "1", memory: 1Gi}
              nodeSelector:
                kubernetes.io/hostname: sandbox
            """;

    static final String CHANGES = "{\"env\": {\"BATCH_SIZE\": \"2048\"}}";

    private Examples() {}
}
