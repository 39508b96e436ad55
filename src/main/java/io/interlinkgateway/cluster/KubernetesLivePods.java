package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.PartialObjectMetadataList;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.ModelFields;
import io.interlinkgateway.slurm.LivePods;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// The pods of a cluster, read from the API server each time, with their metadata only.
final class KubernetesLivePods implements LivePods {

    private static final int CHUNK = 500;

    private final ApiServer apiServer;

    KubernetesLivePods(ApiServer apiServer) {
        this.apiServer = apiServer;
    }

    @Override
    public Set<String> uids(Workspace workspace) {
        Set<String> uids = new HashSet<>();
        String next = "";
        do {
            ApiServer.Answer answer =
                    apiServer.accepted(
                            apiServer.metadata(
                                    "/api/v1/namespaces/"
                                            + workspace
                                            + "/pods?limit="
                                            + CHUNK
                                            + "&continue="
                                            + next));
            PartialObjectMetadataList chunk =
                    Serialization.unmarshal(answer.body(), PartialObjectMetadataList.class);
            ModelFields.orEmpty(chunk.getItems())
                    .forEach(pod -> uids.add(pod.getMetadata().getUid()));
            String token = chunk.getMetadata().getContinue();
            next = token == null ? "" : URLEncoder.encode(token, StandardCharsets.UTF_8);
        } while (!next.isEmpty());
        return uids;
    }
}
