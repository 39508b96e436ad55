package io.interlinkgateway.documentation;

import io.interlinkgateway.failure.FindingRules;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.IdempotencyKey;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.representation.ImageDocument;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.servers.Server;
import io.swagger.v3.oas.models.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;

@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

    private static final String PROBLEM = "Problem";
    private static final String IMAGE = "Image";
    private static final String POD = "Pod";
    private static final Set<String> ANSWER_WITH_TAG =
            Set.of(
                    "submitJob",
                    "getJob",
                    "replaceJob",
                    "resubmitJob",
                    "deleteJob",
                    "resubmitPastJob");
    private static final Map<String, String> PARAMETERS =
            Map.ofEntries(
                    Map.entry("name", "Its name."),
                    Map.entry("id", "Its id."),
                    Map.entry("uid", "The UID of its pod."),
                    Map.entry("state", "Only jobs in one of these states."),
                    Map.entry("node", "Only jobs on this node."),
                    Map.entry("limit", "The maximum number of jobs on a page."),
                    Map.entry("cursor", "The nextCursor of the previous page."),
                    Map.entry("replace", "First delete an existing job with the name."),
                    Map.entry(
                            "restart",
                            "With replace=true: also replace a job with the same definition that"
                                    + " has not ended."),
                    Map.entry(
                            "gracePeriodSeconds",
                            "How long the deleted job's pod stays at most; 5 for job specs and the"
                                    + " pod's own period for pods if it is missing."),
                    Map.entry("follow", "Continue until the job's last output."),
                    Map.entry(
                            "Idempotency-Key",
                            "Any text, the same in each repeat of a request. It is stored as long"
                                    + " as its job exists, and for at least an hour."),
                    Map.entry(
                            "If-Match",
                            "The ETag of the job, or * for any. Another job with the same name is"
                                    + " not changed."),
                    Map.entry("If-None-Match", "The ETag of the previous response."),
                    Map.entry("Last-Event-ID", "The id of the last event that you received."));

    static {
        SpringDocUtils.getConfig()
                .replaceWithClass(JobName.class, String.class)
                .replaceWithClass(NodeName.class, String.class)
                .replaceWithClass(CredentialName.class, String.class)
                .replaceWithClass(IdempotencyKey.class, String.class)
                .replaceWithSchema(
                        ImageDocument.class, new Schema<>().$ref("#/components/schemas/" + IMAGE))
                .replaceWithSchema(
                        PodManifest.class, new Schema<>().$ref("#/components/schemas/" + POD));
    }

    @Bean
    OpenAPI gatewayApi() {
        return new OpenAPI()
                .info(
                        new Info()
                                .title("interLink Gateway")
                                .version("v1")
                                .description(
                                        "Runs jobs on an HPC through Kubernetes and interLink. Each"
                                                + " problem's type is the address of a page that"
                                                + " explains it."))
                .servers(List.of(new Server().url("/")))
                .tags(
                        List.of(
                                tag("Jobs", "Jobs on the HPC."),
                                tag("Logs", "The output of jobs."),
                                tag("History", "Past and live jobs, and their logs."),
                                tag("Nodes", "The virtual nodes on which jobs can run."),
                                tag(
                                        "MLflow credentials",
                                        "Credentials with which jobs log to MLflow."),
                                tag("Workspaces", "Your workspaces and roles."),
                                tag("API tokens", "Tokens for scripts.")))
                .components(new Components().addSchemas(IMAGE, image()).addSchemas(POD, pod()));
    }

    private static Tag tag(String name, String description) {
        return new Tag().name(name).description(description);
    }

    private static Schema<?> image() {
        ObjectSchema pulled = new ObjectSchema();
        pulled.addProperty("path", new StringSchema());
        pulled.addProperty("pullFrom", new StringSchema());
        pulled.addRequiredItem("path");
        Schema<Object> image = new Schema<>();
        image.setDescription(
                "A path on the HPC or a registry reference, as a text or as an object. With"
                        + " pullFrom, the first job that does not find the file pulls it, once.");
        image.addOneOfItem(new StringSchema());
        image.addOneOfItem(pulled);
        return image;
    }

    private static Schema<?> pod() {
        ObjectSchema pod = new ObjectSchema();
        pod.setDescription("A Kubernetes pod (core/v1).");
        pod.addProperty("apiVersion", new StringSchema().example("v1"));
        pod.addProperty("kind", new StringSchema().example("Pod"));
        pod.addProperty("metadata", new ObjectSchema().additionalProperties(true));
        pod.addProperty("spec", new ObjectSchema().additionalProperties(true));
        pod.setRequired(List.of("kind", "spec"));
        pod.setAdditionalProperties(true);
        return pod;
    }

    private static Schema<?> problem() {
        ObjectSchema problem = new ObjectSchema();
        problem.setDescription("An error, as in RFC 9457.");
        problem.addProperty("type", new StringSchema().example("/problems/invalid-job"));
        problem.addProperty("title", new StringSchema());
        problem.addProperty("status", new IntegerSchema());
        problem.addProperty("detail", new StringSchema());
        problem.addProperty("instance", new StringSchema());
        problem.addProperty("hint", new StringSchema().description("What to do about it."));
        problem.addProperty(
                "uid",
                new StringSchema()
                        .description(
                                "With job-gone: the UID of the last job of that name, by which the"
                                        + " history has it."));
        problem.addProperty(
                "findings",
                new ArraySchema().items(new Schema<>().$ref("#/components/schemas/Finding")));
        problem.setRequired(List.of("type", "title", "status", "detail", "hint"));
        return problem;
    }

    /// Adds the problem response to every operation. The schema is added here too, because schemas without references
    /// are removed earlier.
    @Bean
    OpenApiCustomizer problems() {
        return api -> {
            api.getComponents().addSchemas(PROBLEM, problem());
            operations(api)
                    .forEach(operation ->
                            operation.getResponses().addApiResponse("default", problemResponse()));
        };
    }

    /// Marks components of records that are never null as required, so that clients can rely on them.
    @Bean
    ModelConverter required() {
        return new RequiredFields();
    }

    /// Adds the names of the rules, which have no type in Java.
    @Bean
    OpenApiCustomizer rules() {
        return api -> {
            Schema<?> finding =
                    Objects.requireNonNull(api.getComponents().getSchemas().get("Finding"));
            Schema<String> rule = new StringSchema();
            FindingRules.ALL.stream().sorted().forEach(rule::addEnumItemObject);
            finding.getProperties().put("rule", rule);
        };
    }

    /// Describes streams as texts, because generators do not support anything else. The extension `x-events` has the
    /// schema of each event's data; the operation refers to these classes only so that their schemas are included.
    @Bean
    OpenApiCustomizer streams() {
        return api ->
                operations(api)
                        .flatMap(operation -> operation.getResponses().values().stream())
                        .map(ApiResponse::getContent)
                        .filter(Objects::nonNull)
                        .map(content -> content.get("text/event-stream"))
                        .filter(Objects::nonNull)
                        .forEach(stream ->
                                stream.setSchema(
                                        new StringSchema()
                                                .description(
                                                        "Server-sent events; their data is"
                                                                + " JSON.")));
    }

    /// Describes parameters that have the same meaning in all operations.
    @Bean
    OpenApiCustomizer parameters() {
        return api ->
                operations(api)
                        .map(Operation::getParameters)
                        .filter(Objects::nonNull)
                        .flatMap(List::stream)
                        .filter(parameter -> parameter.getDescription() == null)
                        .forEach(parameter ->
                                parameter.setDescription(PARAMETERS.get(parameter.getName())));
    }

    /// Describes response headers: the tag of a job, and the address of a created object.
    @Bean
    OpenApiCustomizer headers() {
        return api ->
                operations(api)
                        .forEach(operation ->
                                operation
                                        .getResponses()
                                        .forEach((status, response) ->
                                                addHeaders(
                                                        operation.getOperationId(),
                                                        status,
                                                        response)));
    }

    private static void addHeaders(String operation, String status, ApiResponse response) {
        if (ANSWER_WITH_TAG.contains(operation) && !Set.of("204", "default").contains(status)) {
            response.addHeaderObject(
                    HttpHeaders.ETAG, header("The job's tag, for If-Match and If-None-Match."));
        }
        if (status.equals("201")) {
            response.addHeaderObject(HttpHeaders.LOCATION, header("Its address."));
        }
    }

    private static Header header(String description) {
        return new Header().description(description).schema(new StringSchema());
    }

    private static Stream<Operation> operations(OpenAPI api) {
        return api.getPaths().values().stream().flatMap(path -> path.readOperations().stream());
    }

    private static ApiResponse problemResponse() {
        return new ApiResponse()
                .description("A problem.")
                .addHeaderObject(
                        HttpHeaders.RETRY_AFTER,
                        header(
                                        "With the status 429, and usually with 503: the number of"
                                                + " seconds after which to send the request again.")
                                .schema(new IntegerSchema()))
                .content(
                        new Content()
                                .addMediaType(
                                        "application/problem+json",
                                        new MediaType()
                                                .schema(
                                                        new Schema<>()
                                                                .$ref(
                                                                        "#/components/schemas/"
                                                                                + PROBLEM))));
    }
}
