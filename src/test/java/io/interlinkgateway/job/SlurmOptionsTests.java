package io.interlinkgateway.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import io.interlinkgateway.failure.InvalidValueException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlurmOptionsTests {

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "-p gpu --gres=gpu:1 --ntasks-per-node=1 --nodes=1 => --partition=gpu --gres=gpu:1"
                        + " --ntasks-per-node=1 --nodes=1",
                "-p gpu --gres=gpu:1  --time 120 => --partition=gpu --gres=gpu:1 --time=120",
                "-p gpu --gres=gpu:1 --gpus-per-node=1 --ntasks-per-node=1 --nodes=2"
                        + " --cpus-per-task=4 --time=00:30:00 --exclude gn42 => --partition=gpu"
                        + " --gres=gpu:1 --gpus-per-node=1 --ntasks-per-node=1 --nodes=2"
                        + " --cpus-per-task=4 --time=00:30:00 --exclude=gn42",
                "-N2 -t=10 -H --exclusive => --nodes=2 --time=10 --hold --exclusive",
                "--requeue --nodelist node[1-3],gn42 => --requeue --nodelist=node[1-3],gn42",
                "-c8 -Opgpu => --cpus-per-task=8 --overcommit --partition=gpu",
                "-koff -p=gpu -st7-0 => --no-kill=off --partition=gpu --oversubscribe --time=7-0",
                "--tasks=4 --tasks-per-node 2 --share => --ntasks=4 --ntasks-per-node=2"
                        + " --oversubscribe",
                "--dependency=afterok:123?afterany:124 => --dependency=afterok:123?afterany:124",
                "--export=NONE,A=b,C --nice --exclusive=user => --export=NONE,A=b,C --nice"
                        + " --exclusive=user",
                "--site-plugin=x --other-plugin => --site-plugin=x --other-plugin",
            })
    void parseRendersEachOptionByItsLongName(String flags, String rendered) {
        assertThat(SlurmOptions.parse(flags).rendered()).isEqualTo(rendered);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "--output=/tmp/x => not allowed",
                "-o /tmp/x => not allowed",
                "--wrap=id => not allowed",
                "--uid=0 => not allowed",
                "--job-name=x => not allowed",
                "--array=1-3 => not allowed",
                "--export-file=/ceph/x => not allowed",
                "--container=/ceph/x => not allowed",
                "--outp=/tmp/x => an abbreviation of another",
                "--tim=UNLIMITED => an abbreviation of another",
                "-p gpu -p cpu => given twice",
                "-p gpu --partition=cpu => given twice",
                "--comment=a#b => has a meaning in shells",
                "--comment='a' => has a meaning in shells",
                "--gres=gpu:1 --gpus-per-node=2 => contradict",
                "--mem=1G --mem-per-cpu=1G => contradict",
                "-p => requires a value",
                "--partition= => requires a value",
                "gpu => not an option",
                "-Z => not an option",
                "-OZ => not an option",
                "-Oo/tmp/x => not allowed",
                "-Oa0-999 => not allowed",
                "-OD/tmp => not allowed",
                "-Oi/etc/passwd => not allowed",
                "-OW => not allowed",
                "--cluster=other => not allowed",
                "--context=x => not allowed",
                "--comment --hold => requires a value",
                "--nice 5 => not an option",
                "--hold=yes => does not take a value",
                "--export=NONE,/etc:/mnt, => can't have the value",
                "--ntasks=2 --tasks=2 => given twice",
                "-- => not an option",
                "- => not an option",
                "--comment=a{b => can't have the value",
            })
    void parseRefusesWhatTheHpcWouldMisread(String flags, String message) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> SlurmOptions.parse(flags))
                .withMessageContaining(message);
    }

    @Test
    void anOptionThatSbatchLacksIsKnownAsSuchWithTheNearest() {
        assertThat(SlurmOptions.parse("--gress=gpu:1 --partion=gpu --site-plugin=x").unknown())
                .containsOnly(
                        entry("gress", Optional.of("gres")),
                        entry("partion", Optional.of("partition")),
                        entry("site-plugin", Optional.empty()));
    }

    @Test
    void whatIsShortForARefusedOptionIsLeftOut() {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> SlurmOptions.parse("--outp=x"))
                .extracting(InvalidValueException::hint)
                .isEqualTo("Remove it: the option that it abbreviates is not allowed.");
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> SlurmOptions.parse("--parti=x"))
                .extracting(InvalidValueException::hint)
                .isEqualTo("Write the option's full name, such as --partition.");
    }

    @Test
    void anOptionThatMayBeLeftOutDoesNotCount() {
        String flags = "-Jtest --job-name=test -t 2800";

        assertThat(SlurmOptions.names(flags)).containsExactly("job-name", "job-name", "time");
        assertThat(SlurmOptions.parse(flags, Set.of("job-name")).rendered())
                .isEqualTo("--time=2800");
    }

    @Test
    void whiteSpaceAroundTheOptionsIsThatOfAShell() {
        assertThat(SlurmOptions.parse(" \n-p gpu\t\r\n").rendered()).isEqualTo("--partition=gpu");
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> SlurmOptions.parse("-p gpu\u2003"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-p gpu\necho injected",
                "-p gpu\r--uid=0",
                "-p\tgpu",
                "-p gpu\u0000",
                "--comment=$(id)",
                "--comment=a;b"
            })
    void parseRefusesCharactersThatActOnTheHpc(String flags) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> SlurmOptions.parse(flags));
    }
}
