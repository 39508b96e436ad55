package io.interlinkgateway.sandbox;

import io.interlinkgateway.caller.Workspaces;
import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.event.WalltimeTimer;
import io.interlinkgateway.job.DeletionListener;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.node.VirtualNodes;
import io.interlinkgateway.sandbox.node.LocalNode;
import io.interlinkgateway.sandbox.node.LoopbackOnly;
import io.interlinkgateway.sandbox.node.PodStore;
import io.interlinkgateway.slurm.LivePods;
import io.interlinkgateway.token.ApiTokens;
import java.time.Clock;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;

/// Configures the sandbox, and refuses to start if it could be reached from other machines.
@Configuration(proxyBeanMethods = false)
@Profile("sandbox")
@EnableConfigurationProperties(SandboxProperties.class)
class SandboxConfiguration {

    private final Clock clock;

    SandboxConfiguration(Environment environment, ObjectProvider<Clock> clock) {
        LoopbackOnly.require(environment);
        this.clock = clock.getIfAvailable(Clock::systemUTC);
    }

    @Bean
    PodStore sandboxPods() {
        return new PodStore();
    }

    @Bean
    SandboxCredentials sandboxCredentials() {
        return new SandboxCredentials(clock);
    }

    @Bean(destroyMethod = "close")
    LocalNode sandboxNode(
            SandboxProperties properties, PodStore pods, SandboxCredentials credentials) {
        return new LocalNode(properties.nodeSettings(), pods, credentials, clock);
    }

    @Bean
    SandboxJobs sandboxJobs(
            SandboxProperties properties,
            PodStore pods,
            LocalNode node,
            SandboxCredentials credentials,
            ObjectProvider<DeletionListener> deletions,
            ComputeThreads compute) {
        return new SandboxJobs(
                properties,
                pods,
                node,
                credentials,
                deletions.getIfAvailable(() -> DeletionListener.NONE),
                compute,
                clock);
    }

    @Bean(destroyMethod = "close")
    SandboxJobEvents sandboxJobEvents(
            PodStore pods,
            SandboxJobs jobs,
            ObjectProvider<JobObserver> observer,
            WalltimeTimer walltimes) {
        return new SandboxJobEvents(
                pods, jobs::read, observer.getIfAvailable(() -> JobObserver.NONE), walltimes);
    }

    @Bean
    VirtualNodes sandboxVirtualNodes(SandboxProperties properties) {
        return new SandboxVirtualNodes(properties, clock);
    }

    @Bean
    ApiTokens sandboxApiTokens() {
        return new SandboxApiTokens();
    }

    /// Every workspace exists.
    @Bean
    Workspaces sandboxWorkspaces() {
        return (_, _) -> {};
    }

    @Bean
    LivePods sandboxLivePods(PodStore pods) {
        return workspace ->
                pods.after(workspace, "")
                        .map(pod -> pod.getMetadata().getUid())
                        .collect(Collectors.toSet());
    }

    @Bean
    JobLogs sandboxJobLogs(PodStore pods, LocalNode node, SandboxCredentials credentials) {
        return new SandboxJobLogs(pods, node, credentials);
    }
}
