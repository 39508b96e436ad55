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
            Set.of("submitJob", "getJob", "replaceJob", "resubmitJob", "deleteJob");
    private static final Map<String, String> PARAMETERS =
            Map.ofEntries(
                    Map.entry("name", "Its name."),
                    Map.entry("id", "Its id."),
                    Map.entry("state", "Only jobs in one of these states."),
                    Map.entry("node", "Only jobs on this node."),
                    Map.entry("limit", "The most jobs on a page."),
                    Map.entry("cursor", "The nextCursor of the page before."),
                    Map.entry("replace", "Delete the job that has the name first."),
                    Map.entry(
                            "restart",
                            "Beside replace=true: also a job of the same definition that has not"
                                    + " ended."),
                    Map.entry("follow", "Go on until the job has written its last."),
                    Map.entry(
                            "Idempotency-Key",
                            "A text of your own, the same in each repeat. It is remembered while"
                                    + " its job exists, and for an hour at least."),
                    Map.entry(
                            "If-Match",
                            "The ETag of the job that is meant, or * for any; no other job of that"
                                    + " name is touched."),
                    Map.entry("If-None-Match", "The ETag of the answer before."),
                    Map.entry("Last-Event-ID", "The id of the last event that you have."));

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
                                tag("Jobs", "What runs on the HPC."),
                                tag("Logs", "What a job writes."),
                                tag("Nodes", "Where jobs can run."),
                                tag("MLflow credentials", "What a job logs to MLflow with."),
                                tag("Workspaces", "Where you may do what."),
                                tag("API tokens", "For scripts.")))
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
                        + " pullFrom the first job that misses the file pulls it, once.");
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
        problem.setDescription("What went wrong, by RFC 9457.");
        problem.addProperty("type", new StringSchema().example("/problems/invalid-job"));
        problem.addProperty("title", new StringSchema());
        problem.addProperty("status", new IntegerSchema());
        problem.addProperty("detail", new StringSchema());
        problem.addProperty("instance", new StringSchema());
        problem.addProperty("hint", new StringSchema().description("What to do about it."));
        problem.addProperty(
                "findings",
                new ArraySchema().items(new Schema<>().$ref("#/components/schemas/Finding")));
        problem.setRequired(List.of("type", "title", "status", "detail", "hint"));
        return problem;
    }

    /// Every operation may answer with a problem. Its schema is added only now: what nothing refers to yet is removed
    /// before.
    @Bean
    OpenApiCustomizer problems() {
        return api -> {
            api.getComponents().addSchemas(PROBLEM, problem());
            operations(api)
                    .forEach(operation ->
                            operation.getResponses().addApiResponse("default", problemResponse()));
        };
    }

    /// What a record's component always has, a client can rely on.
    @Bean
    ModelConverter required() {
        return new RequiredFields();
    }

    /// The rules are a set of names, not a type.
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

    /// A stream is a text, for no generator reads anything else from it. Its extension `x-events` names the schema of
    /// each event's data; the operation names these classes only for their schemas to be there.
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

    /// Describes the parameters that mean the same wherever they are.
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

    /// Describes the headers of answers: of those with a job its tag, of those that make something its address.
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
                    HttpHeaders.ETAG, header("The job's, for If-Match and If-None-Match."));
        }
        if (status.equals("201")) {
            response.addHeaderObject(HttpHeaders.LOCATION, header("Where it is."));
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
                                        "With the status 429 and mostly with 503: after how many"
                                                + " seconds to send the request again.")
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
