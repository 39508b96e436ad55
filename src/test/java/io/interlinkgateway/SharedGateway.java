package io.interlinkgateway;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.MockMvcPrint;

/// One gateway in the sandbox for every test that needs no other: it starts once, and serves HTTP on a port and by
/// MockMvc. Its jobs, credentials and workspaces are those of all these tests, which run one after another.
///
/// The workspace `limited` has every limit, `attacked` those that attacks evaded, `few` takes one job, `nothing` allows
/// no image. No caller has a limit on requests.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "gateway.security.allowed-origins=https://portal.example.org",
            "gateway.caller.requests-per-second=100000",
            "gateway.caller.burst=100000",
            "gateway.events.heartbeat=200ms",
            "gateway.events.walltime-marks=59s",
            "gateway.sandbox.running-jobs=1000",
            "gateway.slurm.allowed-options=site-plugin",
            "gateway.limits.workspaces.limited.nodes=sandbox",
            "gateway.limits.workspaces.limited.partitions=gpu,cpu",
            "gateway.limits.workspaces.limited.accounts=st2301",
            "gateway.limits.workspaces.limited.qos=normal",
            "gateway.limits.workspaces.limited.flags=hint,exclude",
            "gateway.limits.workspaces.limited.max-walltime=2h",
            "gateway.limits.workspaces.limited.max-gpus=2",
            "gateway.limits.workspaces.limited.max-memory=1Gi",
            "gateway.limits.workspaces.limited.images=docker://ghcr.io/intertwin-eu/,/ceph/images",
            "gateway.limits.workspaces.limited.mounts=/ceph/data",
            "gateway.limits.workspaces.limited.pre-exec=false",
            "gateway.limits.workspaces.attacked.partitions=gpu,cpu",
            "gateway.limits.workspaces.attacked.max-walltime=12h",
            "gateway.limits.workspaces.attacked.max-gpus=1",
            "gateway.limits.workspaces.attacked.max-memory=8Gi",
            "gateway.limits.workspaces.attacked.images=/ceph/images,docker://ghcr.io/intertwin-eu/",
            "gateway.limits.workspaces.attacked.mounts=/ceph/data",
            "gateway.limits.workspaces.attacked.pre-exec=false",
            "gateway.limits.workspaces.few.max-jobs=1",
            "gateway.limits.workspaces.nothing.images="
        })
@AutoConfigureMockMvc(print = MockMvcPrint.NONE)
public @interface SharedGateway {}
