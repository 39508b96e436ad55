package io.interlinkgateway.sandbox.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.Job.ContainerExit;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.ObjectReference;
import io.interlinkgateway.job.ObjectReference.Kind;
import io.interlinkgateway.job.ObjectReference.Use;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.SlurmTime;
import io.interlinkgateway.log.LogStream;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.pod.ObjectReferences;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.sandbox.node.PodStatuses.Exit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/// Runs one pod on the [LocalNode], in a thread of its own: waits for the Secrets that the pod refers to and for a
/// free slot, runs pre-exec, then the init containers one after the other, then the containers in parallel, and
/// reports the end. Interrupting the thread ends the pod's processes.
final class PodRun {

    private static final Logger LOG = LoggerFactory.getLogger(PodRun.class);
    private static final Duration NO_TIMEOUT = Duration.ofDays(36500);
    private static final int KILLED_BY_TERM = 15;
    private static final String TIME_LIMIT = "SLURM job reached its time limit and was terminated";

    private final LocalNode node;
    private final Pod pod;
    private final Path folder;
    private final LogFile preparation;
    private final Map<String, LogFile> logs = new LinkedHashMap<>();
    private final CountDownLatch removed = new CountDownLatch(1);
    private @Nullable Thread thread;
    private boolean ending;
    private boolean finished;

    PodRun(LocalNode node, Pod pod, Path folder) {
        this.node = node;
        this.pod = pod;
        this.folder = folder;
        this.preparation = new LogFile(folder.resolve("job.out"));
        Stream.concat(
                        pod.getSpec().getInitContainers().stream(),
                        pod.getSpec().getContainers().stream())
                .map(Container::getName)
                .forEach(name ->
                        logs.put(name, new LogFile(folder.resolve("run-" + name + ".out"))));
    }

    synchronized void start() {
        thread = Thread.ofVirtual().name("pod-" + pod.getMetadata().getName()).unstarted(this::run);
        if (!ending) {
            thread.start();
        }
    }

    void rejectAsUnschedulable() {
        change(PodStatuses::unschedulable);
        finish();
    }

    /// Ends the pod's processes and removes the pod when they have ended.
    void end() {
        synchronized (this) {
            if (ending) {
                return;
            }
            ending = true;
            if (!finished && thread != null) {
                thread.interrupt();
                return;
            }
        }
        remove();
    }

    void awaitEnd(Duration patience) {
        try {
            if (!removed.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("Processes of the job {} are still running.", pod.getMetadata().getName());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    LogStream log(String container, boolean follow) throws IOException {
        return new FileLogStream(preparation, Objects.requireNonNull(logs.get(container)), follow);
    }

    /// @return nothing if the job has no time limit
    /// @throws InvalidValueException if sbatch would refuse the time
    private Optional<Duration> walltime() {
        return Optional.ofNullable(pod.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(MetadataNames.FLAGS))
                .flatMap(flags -> SlurmOptions.parse(flags).value("time"))
                .flatMap(time -> SlurmTime.parse(time).limit());
    }

    private void run() {
        try {
            Files.createDirectories(home());
            change(current -> PodStatuses.scheduled(current, node.name()));
            Optional<Map<String, Map<String, String>>> secrets = awaitSecrets();
            if (secrets.isEmpty()) {
                change(PodStatuses::abandoned);
                return;
            }
            Map<String, Map<String, String>> environments = environments(secrets.get());
            Optional<Duration> walltime = walltime();
            String jobId = node.nextJobId();
            change(current -> PodStatuses.submitted(current, jobId, now()));
            node.slots().acquire();
            try {
                Outcome outcome = execute(environments, walltime, jobId);
                change(current -> PodStatuses.ended(current, outcome.exits, outcome.record, now()));
            } finally {
                node.slots().release();
            }
        } catch (InvalidValueException refused) {
            change(current ->
                    PodStatuses.refused(current, String.valueOf(refused.getMessage()), now()));
        } catch (InterruptedException _) {
            LOG.debug("The job {} was ended.", pod.getMetadata().getName());
        } catch (IOException | RuntimeException | ExecutionException failure) {
            LOG.error("The job {} can't be run.", pod.getMetadata().getName(), failure);
            change(current ->
                    PodStatuses.refused(current, "The sandbox could not run the job.", now()));
        } finally {
            finish();
        }
    }

    /// interLink does not submit a pod before all objects that it refers to exist. For environment variables it waits
    /// without a limit and reports nothing (recording `secret-missing`); for volumes it waits five minutes, in a
    /// phase of its own.
    ///
    /// @return the pod's Secrets by name; empty if they did not exist in time
    private Optional<Map<String, Map<String, String>>> awaitSecrets() throws InterruptedException {
        List<ObjectReference> references = ObjectReferences.of(pod);
        Optional<Long> mountDeadline = Optional.empty();
        while (true) {
            long version = node.secrets().version();
            Map<String, Map<String, String>> secrets = secrets(references);
            Optional<MissingObject> missing = firstMissing(references, secrets);
            if (missing.isEmpty()) {
                return Optional.of(secrets);
            }
            long deadline = System.nanoTime() + NO_TIMEOUT.toNanos();
            if (missing.get().reference().use() == Use.VOLUME) {
                deadline =
                        mountDeadline.orElseGet(
                                () -> System.nanoTime() + node.mountTimeout().toNanos());
                mountDeadline = Optional.of(deadline);
                change(PodStatuses::waitingForMounts);
            }
            if (!node.secrets().awaitChangeAfter(version, deadline)) {
                return Optional.empty();
            }
        }
    }

    private Map<String, Map<String, String>> secrets(List<ObjectReference> references) {
        Map<String, Map<String, String>> secrets = new HashMap<>();
        references.stream()
                .filter(reference -> reference.kind() == Kind.SECRET)
                .map(ObjectReference::name)
                .distinct()
                .forEach(name ->
                        node.secret(pod, name).ifPresent(secret -> secrets.put(name, secret)));
        return secrets;
    }

    private static Optional<MissingObject> firstMissing(
            List<ObjectReference> references, Map<String, Map<String, String>> secrets) {
        return MissingObject.among(
                        references,
                        (kind, name) ->
                                switch (kind) {
                                    case SECRET ->
                                            Optional.ofNullable(secrets.get(name.value()))
                                                    .map(Map::keySet);
                                    case CONFIG_MAP -> Optional.empty();
                                })
                .filter(MissingObject::holdsTheJob)
                .findFirst();
    }

    private Map<String, Map<String, String>> environments(
            Map<String, Map<String, String>> secrets) {
        Pod scheduled = PodStatuses.scheduled(pod, node.name());
        Map<String, Map<String, String>> environments = new LinkedHashMap<>();
        containers()
                .forEach(container ->
                        environments.put(
                                container.getName(),
                                ContainerEnvironment.of(scheduled, container, secrets)));
        return environments;
    }

    private List<Container> containers() {
        return Stream.concat(
                        pod.getSpec().getInitContainers().stream(),
                        pod.getSpec().getContainers().stream())
                .toList();
    }

    /// How a pod ended.
    ///
    /// @param exits what interLink would report about its containers
    /// @param record what the job's own record would contain
    private record Outcome(List<Exit> exits, JobRecord record) {}

    private Outcome execute(
            Map<String, Map<String, String>> environments,
            Optional<Duration> walltime,
            String jobId)
            throws InterruptedException, ExecutionException {
        long deadline = System.nanoTime() + walltime.orElse(NO_TIMEOUT).toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                return execute(environments, threads, deadline, jobId);
            } catch (TimeoutException _) {
                LocalDateTime killedAt = LocalDateTime.ofInstant(seconds(), ZoneOffset.UTC);
                String message = writeTimeLimit(jobId, killedAt);
                threads.shutdownNow();
                return sameForAll(
                        new Exit(
                                KILLED_BY_TERM,
                                Optional.of(TIME_LIMIT),
                                startedAt(),
                                Optional.empty()),
                        new JobRecord.Killed(
                                startedAt(),
                                Optional.of(killedAt),
                                JobRecord.KillCause.TIME_LIMIT,
                                message));
            } catch (InterruptedException failure) {
                threads.shutdownNow();
                throw failure;
            }
        }
    }

    private Outcome sameForAll(Exit exit, JobRecord record) {
        return new Outcome(pod.getSpec().getContainers().stream().map(_ -> exit).toList(), record);
    }

    private Outcome execute(
            Map<String, Map<String, String>> environments,
            ExecutorService threads,
            long deadline,
            String jobId)
            throws InterruptedException, ExecutionException, TimeoutException {
        change(PodStatuses::initialising);
        Instant beganAt = seconds();
        Optional<Outcome> failure = prepare(environments, threads, deadline, jobId);
        if (failure.isPresent()) {
            return failure.get();
        }
        Instant startedAt = now();
        change(current -> PodStatuses.running(current, startedAt));
        List<Future<Exit>> running = new ArrayList<>();
        for (Container container : pod.getSpec().getContainers()) {
            running.add(threads.submit(run(container, environments, Optional.of(startedAt))));
        }
        List<Exit> exits = new ArrayList<>();
        List<ContainerExit> recorded = new ArrayList<>();
        for (Future<Exit> exit : running) {
            exits.add(awaited(exit, deadline));
            recorded.add(
                    new ContainerExit(
                            pod.getSpec().getContainers().get(recorded.size()).getName(),
                            exits.getLast().code(),
                            seconds()));
        }
        return new Outcome(
                exits,
                new JobRecord.Ended(
                        beganAt,
                        seconds(),
                        exits.stream().mapToInt(Exit::code).max().orElse(0),
                        recorded,
                        false,
                        exits.stream()
                                .filter(exit -> exit.code() != 0)
                                .findFirst()
                                .flatMap(Exit::fault)));
    }

    /// Runs pre-exec and the init containers.
    ///
    /// @return the outcome for the containers if they can't be started because pre-exec or an init container failed
    private Optional<Outcome> prepare(
            Map<String, Map<String, String>> environments,
            ExecutorService threads,
            long deadline,
            String jobId)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            Optional<Exit> preExec = preExec(threads, deadline);
            if (preExec.isPresent()) {
                return preExec.map(exit -> sameForAll(exit, new JobRecord.NoHeader()));
            }
            writeHeader(jobId);
        } finally {
            preparation.complete();
        }
        Instant beganAt = seconds();
        for (Container container : pod.getSpec().getInitContainers()) {
            Future<Exit> running = threads.submit(run(container, environments, Optional.empty()));
            Exit exit = awaited(running, deadline);
            if (exit.code() != 0) {
                String message =
                        "The init container "
                                + container.getName()
                                + " ended with exit code "
                                + exit.code()
                                + ".";
                return Optional.of(
                        sameForAll(
                                new Exit(
                                        exit.code(),
                                        Optional.of(message),
                                        Optional.empty(),
                                        Optional.empty()),
                                new JobRecord.Ended(
                                        beganAt,
                                        seconds(),
                                        exit.code(),
                                        List.of(
                                                new ContainerExit(
                                                        container.getName(),
                                                        exit.code(),
                                                        seconds())),
                                        false,
                                        exit.fault())));
            }
        }
        return Optional.empty();
    }

    /// The plugin writes pre-exec and, on the next line, its own job script into one file. So the containers run if
    /// the shell reaches that line, no matter which commands failed before.
    private Optional<Exit> preExec(ExecutorService threads, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        String text =
                Objects.requireNonNullElse(
                                pod.getMetadata().getAnnotations(), Map.<String, String>of())
                        .get(MetadataNames.PRE_EXEC);
        if (text == null) {
            return Optional.empty();
        }
        Path reached = folder.resolve("job.sh-reached");
        String script = text + "\n: > '" + reached.toString().replace("'", "'\\''") + "'\n";
        ContainerRun run =
                new ContainerRun(
                        List.of("/bin/sh", "-c", script),
                        Map.of(),
                        home(),
                        temporaryFolder("pre-exec"),
                        preparation,
                        Optional.empty(),
                        node::grace);
        int code = awaited(threads.submit(run), deadline).code();
        if (Files.exists(reached)) {
            return Optional.empty();
        }
        // No container wrote a status file, so interLink takes the last two digits of squeue's raw
        // wait status, which is the code times 256 (recording pre-exec-fails).
        int misread = code * 256 % 100;
        return Optional.of(new Exit(misread, Optional.empty(), Optional.empty(), Optional.empty()));
    }

    private ContainerRun run(
            Container container,
            Map<String, Map<String, String>> environments,
            Optional<Instant> startedAt) {
        Map<String, String> environment =
                Objects.requireNonNull(environments.get(container.getName()));
        List<String> command =
                container.getCommand().isEmpty()
                        ? List.of()
                        : Stream.concat(
                                        container.getCommand().stream(),
                                        container.getArgs().stream())
                                .toList();
        return new ContainerRun(
                command,
                environment,
                home(),
                temporaryFolder(container.getName()),
                Objects.requireNonNull(logs.get(container.getName())),
                startedAt,
                node::grace);
    }

    private static Exit awaited(Future<Exit> exit, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        return exit.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /// Writes the lines that separate the containers' output from that of pre-exec in interLink's logs.
    private void writeHeader(String jobId) {
        preparation.append(
                "This pod "
                        + pod.getMetadata().getName()
                        + "/"
                        + pod.getMetadata().getUid()
                        + " has been submitted to SLURM node "
                        + node.name()
                        + ".");
        preparation.append("To get more info, please run: scontrol show job " + jobId + ".");
    }

    /// @return SLURM's message
    private String writeTimeLimit(String jobId, LocalDateTime killedAt) {
        String message =
                "*** JOB %s ON %s CANCELLED AT %s DUE TO TIME LIMIT ***"
                        .formatted(
                                jobId,
                                node.name(),
                                DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(killedAt));
        String line = "slurmstepd-" + node.name() + ": error: " + message;
        Stream.concat(Stream.of(preparation), logs.values().stream())
                .filter(log -> !log.isComplete())
                .forEach(log -> log.append(line));
        return message;
    }

    private Optional<Instant> startedAt() {
        return node.pods().find(PodStore.Key.of(pod)).stream()
                .flatMap(current -> current.getStatus().getContainerStatuses().stream())
                .filter(status -> status.getState().getRunning() != null)
                .map(status -> Instant.parse(status.getState().getRunning().getStartedAt()))
                .findFirst();
    }

    private Path home() {
        return folder.resolve("home");
    }

    private Path temporaryFolder(String name) {
        try {
            return Files.createDirectories(folder.resolve("tmp").resolve(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Instant now() {
        return node.clock().instant();
    }

    private Instant seconds() {
        return now().truncatedTo(ChronoUnit.SECONDS);
    }

    private void change(UnaryOperator<Pod> change) {
        node.pods().change(PodStore.Key.of(pod), pod.getMetadata().getUid(), change);
    }

    private void finish() {
        preparation.complete();
        logs.values().forEach(LogFile::complete);
        synchronized (this) {
            finished = true;
            if (!ending) {
                return;
            }
        }
        remove();
    }

    private void remove() {
        preparation.complete();
        logs.values().forEach(LogFile::complete);
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException failure) {
            LOG.warn(
                    "The folder of the job {} could not be deleted.",
                    pod.getMetadata().getName(),
                    failure);
        }
        node.remove(pod);
        removed.countDown();
    }
}
