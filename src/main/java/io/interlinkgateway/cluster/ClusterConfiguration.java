package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.vertx5.Vertx5HttpClientFactory;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.api.PodLog;
import io.interlinkgateway.cluster.watch.JobSources;
import io.interlinkgateway.cluster.watch.LogBudgets;
import io.interlinkgateway.cluster.watch.MissingObjects;
import io.interlinkgateway.cluster.watch.OpenFollows;
import io.interlinkgateway.cluster.watch.RecordWatches;
import io.interlinkgateway.cluster.watch.WatchedNodes;
import io.interlinkgateway.cluster.watch.WatchedWorkspaces;
import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.event.WalltimeTimer;
import io.interlinkgateway.job.DeletionListener;
import io.interlinkgateway.job.WorkspaceObjects;
import io.interlinkgateway.slurm.HpcJobs;
import io.micrometer.observation.ObservationRegistry;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.ext.web.client.WebClientOptions;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

@Configuration(proxyBeanMethods = false)
@Profile("kubernetes")
class ClusterConfiguration {

    @Bean(destroyMethod = "close")
    KubernetesClient kubernetesClient(ClusterProperties properties) {
        return clientFor(Config.autoConfigure(null), properties);
    }

    /// Disables the client's own retries: by default it repeats a failed POST up to ten times.
    static KubernetesClient clientFor(Config found, ClusterProperties properties) {
        Config config =
                new ConfigBuilder(found)
                        .withRequestTimeout((int) properties.requestTimeout().toMillis())
                        .withConnectionTimeout((int) properties.connectTimeout().toMillis())
                        .withRequestRetryBackoffLimit(0)
                        .withUserAgent("interlink-gateway")
                        .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new MultiplexedClientFactory())
                .build();
    }

    /// Enables HTTP/2, which the client disables by default, so that thousands of logs share a few connections.
    private static final class MultiplexedClientFactory extends Vertx5HttpClientFactory {

        private static final int CONNECTIONS = 64;

        @Override
        protected void additionalConfig(
                WebClientOptions web, WebSocketClientOptions sockets, PoolOptions pool) {
            web.setUseAlpn(true).setProtocolVersion(HttpVersion.HTTP_2);
            pool.setHttp2MaxSize(CONNECTIONS);
        }
    }

    @Bean
    ApiServer apiServer(
            KubernetesClient client,
            ClusterProperties properties,
            ObservationRegistry observations) {
        return new ApiServer(client, properties.requestTimeout(), observations);
    }

    @Bean
    LogBudgets logBudgets(ClusterProperties properties) {
        return new LogBudgets(properties.logRequests());
    }

    @Bean
    OpenFollows openFollows() {
        return new OpenFollows();
    }

    @Bean(destroyMethod = "close")
    RecordWatches recordWatches(
            ApiServer apiServer,
            PodLog.Source logs,
            LogBudgets budgets,
            OpenFollows follows,
            Clock clock) {
        return RecordWatches.of(apiServer, logs, budgets, follows, clock);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    WatchedWorkspaces watchedWorkspaces(
            ApiServer apiServer,
            WatchedNodes nodes,
            RecordWatches records,
            WorkspaceObjects objects,
            WalltimeTimer walltimes,
            HpcJobs hpcs,
            ObjectProvider<JobObserver> observer,
            ClusterProperties properties,
            Clock clock) {
        return new WatchedWorkspaces(
                apiServer,
                new JobSources(nodes, new MissingObjects(objects), records, hpcs),
                walltimes,
                observer.getIfAvailable(() -> JobObserver.NONE),
                properties.watches(),
                clock);
    }

    @Bean
    KubernetesJobEvents jobEvents(WatchedWorkspaces workspaces) {
        return new KubernetesJobEvents(workspaces);
    }

    @Bean
    KubernetesJobs jobs(
            ApiServer apiServer,
            WatchedWorkspaces workspaces,
            ObjectProvider<DeletionListener> deletions,
            ClusterProperties properties,
            ComputeThreads compute,
            Clock clock) {
        return new KubernetesJobs(
                apiServer,
                workspaces,
                deletions.getIfAvailable(() -> DeletionListener.NONE),
                properties.replaceTimeout(),
                compute,
                clock);
    }

    @Bean(destroyMethod = "close")
    WatchedNodes watchedNodes(ApiServer apiServer, ClusterProperties properties, Clock clock) {
        return new WatchedNodes(apiServer, properties.watches().staleness(), clock);
    }

    @Bean
    KubernetesVirtualNodes virtualNodes(ApiServer apiServer, WatchedNodes watched) {
        return new KubernetesVirtualNodes(apiServer, watched);
    }

    @Bean
    PodLog.Source podLogs(ApiServer apiServer, ClusterProperties properties) {
        return new PodLog.Source(apiServer, properties.insecureSkipTlsVerifyBackend());
    }

    @Bean
    KubernetesJobLogs jobLogs(
            ApiServer apiServer,
            WatchedNodes nodes,
            PodLog.Source logs,
            LogBudgets budgets,
            OpenFollows follows,
            KubernetesCredentials credentials) {
        return new KubernetesJobLogs(apiServer, nodes, logs, budgets, follows, credentials);
    }

    @Bean
    KubernetesApiTokens apiTokens(ApiServer apiServer, NamespaceProperties properties) {
        return new KubernetesApiTokens(apiServer, properties.gatewayNamespace());
    }

    @Bean
    KubernetesWorkspaces workspaces(ApiServer apiServer, NamespaceProperties properties) {
        return new KubernetesWorkspaces(apiServer, properties);
    }

    @Bean
    KubernetesWorkspaceObjects workspaceObjects(ApiServer apiServer) {
        return new KubernetesWorkspaceObjects(apiServer);
    }

    @Bean
    KubernetesLivePods livePods(ApiServer apiServer) {
        return new KubernetesLivePods(apiServer);
    }

    @Bean
    KubernetesCredentials credentials(ApiServer apiServer, Clock clock) {
        return new KubernetesCredentials(apiServer, clock);
    }
}
