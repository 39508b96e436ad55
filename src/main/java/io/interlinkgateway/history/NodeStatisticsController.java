package io.interlinkgateway.history;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobReason;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// How jobs fared on a node. The figures cover the jobs of all workspaces, and show nothing else of them.
@RestController
@Tag(name = "Nodes")
class NodeStatisticsController {

    private static final List<Duration> PERIODS = List.of(Duration.ofDays(1), Duration.ofDays(7));
    private static final int DECIMALS = 4;

    private final VirtualNodes nodes;
    private final JobHistory history;

    NodeStatisticsController(VirtualNodes nodes, JobHistory history) {
        this.nodes = nodes;
        this.history = history;
    }

    @Schema(
            name = "NodeStatistics",
            description = "How jobs of all workspaces fared on a node lately.")
    record Response(
            String node,
            @Schema(description = "The last day and the last week.") List<Period> periods) {}

    @Schema(name = "NodePeriod", description = "How jobs fared on a node in a period.")
    record Period(
            @Schema(description = "How far back it begins.", example = "PT24H") Duration period,
            @Schema(
                            description =
                                    "By SLURM partition. Only jobs whose pods name one, or whose"
                                            + " node has a slurmrestd, have a known partition.")
                    List<Partition> partitions,
            @Schema(description = "How many jobs ended with success.") long succeeded,
            @Schema(description = "How many jobs failed.") long failed,
            @Schema(description = "Why jobs failed, the most frequent reason first.")
                    List<Failure> failures) {

        static Period of(Duration period, NodeStatistics statistics) {
            long failed = statistics.failed().values().stream().mapToLong(Long::longValue).sum();
            long ended = failed + statistics.succeeded();
            return new Period(
                    period,
                    statistics.partitions().stream().map(Partition::from).toList(),
                    statistics.succeeded(),
                    failed,
                    statistics.failed().entrySet().stream()
                            .map(reason ->
                                    Failure.of(
                                            JobReason.of(reason.getKey()),
                                            reason.getValue(),
                                            ended))
                            .sorted(
                                    Comparator.comparingLong(Failure::jobs)
                                            .reversed()
                                            .thenComparing(Failure::reason))
                            .toList());
        }
    }

    @Schema(name = "PartitionStatistics", description = "The jobs of a SLURM partition.")
    record Partition(
            @Nullable @Schema(description = "Missing for jobs whose partition is not known.")
                    String name,
            @Schema(description = "How many jobs started or ended in the period.") long jobs,
            @Nullable @Schema(description = "The time from the creation of a job to its start.")
                    Quantiles queueTime,
            @Nullable @Schema(description = "The time from the start of a job to its end.")
                    Quantiles runTime) {

        static Partition from(NodeStatistics.Partition partition) {
            return new Partition(
                    partition.name().orElse(null),
                    partition.jobs(),
                    partition.queueWait().map(Quantiles::from).orElse(null),
                    partition.runTime().map(Quantiles::from).orElse(null));
        }
    }

    @Schema(name = "Quantiles", description = "Quantiles of a duration, in whole seconds.")
    record Quantiles(
            @Schema(description = "Half of the jobs took at most this.", example = "PT4M10S")
                    Duration median,
            @Schema(description = "Nine of ten jobs took at most this.", example = "PT1H2M")
                    Duration p90,
            @Schema(description = "All jobs took at most this.", example = "PT3H")
                    Duration longest) {

        static Quantiles from(NodeStatistics.Quantiles quantiles) {
            return new Quantiles(quantiles.median(), quantiles.p90(), quantiles.longest());
        }
    }

    @Schema(name = "FailureShare", description = "How often jobs failed for a reason.")
    record Failure(
            JobReason reason,
            @Schema(description = "How many jobs failed for it.") long jobs,
            @Schema(description = "Their share of all jobs that ended, 0 to 1.", example = "0.0125")
                    BigDecimal share) {

        static Failure of(JobReason reason, long jobs, long ended) {
            return new Failure(
                    reason,
                    jobs,
                    BigDecimal.valueOf(jobs)
                            .divide(BigDecimal.valueOf(ended), DECIMALS, RoundingMode.HALF_UP));
        }
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping(
            path = "/api/v1/nodes/{name}/statistics",
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE})
    @Operation(
            operationId = "getNodeStatistics",
            summary = "Get statistics of a virtual node",
            description =
                    "How long jobs waited and ran in the last day and the last week, and why they"
                            + " failed. The figures cover the jobs of all workspaces.")
    Response get(@PathVariable NodeName name) {
        VirtualNode node =
                nodes.find(name)
                        .orElseThrow(() -> new GatewayException.NotFound("node", name.value()));
        return new Response(
                node.name().value(),
                PERIODS.stream()
                        .map(period -> Period.of(period, history.statistics(node.name(), period)))
                        .toList());
    }
}
