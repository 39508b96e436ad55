package io.interlinkgateway.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a process of this machine takes.
///
/// @param id the system's number of it
record RunningProcess(long id) {

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    /// @param number as text
    static RunningProcess of(String number) {
        return new RunningProcess(Long.parseLong(number.strip()));
    }

    /// The processor time so far, to the hundredth of a second.
    Duration processorTime() {
        return ProcessHandle.of(id)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }

    /// What it was started with.
    List<String> arguments() {
        return ProcessHandle.of(id)
                .flatMap(process -> process.info().arguments())
                .map(List::of)
                .orElseThrow();
    }

    /// Resident memory, in megabytes.
    double resident() throws IOException {
        Matcher matcher = RESIDENT.matcher(Files.readString(Path.of("/proc/" + id + "/status")));
        if (!matcher.find()) {
            throw new IllegalStateException("The process " + id + " is gone.");
        }
        return Double.parseDouble(matcher.group(1)) * 1024 / 1e6;
    }
}
