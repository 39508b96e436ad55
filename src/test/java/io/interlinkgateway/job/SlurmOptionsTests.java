package io.interlinkgateway.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
                "--outp=/tmp/x => short for another",
                "--tim=UNLIMITED => short for another",
                "-p gpu -p cpu => given twice",
                "-p gpu --partition=cpu => given twice",
                "--comment=a#b => could act",
                "--comment='a' => could act",
                "--gres=gpu:1 --gpus-per-node=2 => contradict",
                "--mem=1G --mem-per-cpu=1G => contradict",
                "-p => lacks its value",
                "--partition= => lacks its value",
                "gpu => no option",
                "-Z => no option",
            })
    void parseRefusesWhatTheHpcWouldMisread(String flags, String message) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> SlurmOptions.parse(flags))
                .withMessageContaining(message);
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
