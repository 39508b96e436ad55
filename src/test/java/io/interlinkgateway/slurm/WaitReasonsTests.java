package io.interlinkgateway.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.job.HpcJob.WaitReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WaitReasonsTests {

    private static String message(String code) {
        return WaitReasons.of(code).map(WaitReason::message).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Priority | Jobs of higher priority go first.
                    Resources | The compute nodes do not have enough free resources for the job.
                    QOSMaxGRESPerUser | The user has reached the limit of the quality of service per user: generic resources, such as GPUs.
                    QOSMaxJobsPerUserLimit | The user has reached the limit of the quality of service per user: jobs that run.
                    QOSMaxWallDurationPerJobLimit | The job requests more than the quality of service allows one job: walltime.
                    AssocGrpCPUMinutesLimit | The jobs of the account together have reached its limit of CPUs × minutes.
                    AssocGrpGRESRunMinutes | The jobs of the account together have reached its limit of generic resources, such as GPUs × remaining minutes.
                    AssocMaxMemPerNode | The job requests more than the account allows on one compute node: memory.
                    AssocMaxJobsLimit | The user has reached the limit of the account: jobs that run.
                    MaxCpuPerAccount | The account has reached the limit of the quality of service per account: CPUs.
                    QOSMinGRES | The job requests less than the quality of service requires: generic resources, such as GPUs.
                    """)
    void codesAreMadePlain(String code, String message) {
        assertThat(message(code)).isEqualTo(message);
    }

    /// All that SLURM 22.05 to 25.11 document.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "AccountNotAllowed AccountingPolicy AssociationJobLimit AssociationResourceLimit"
                    + " AssociationTimeLimit BadConstraints BeginTime BurstBufferOperation"
                    + " BurstBufferResources BurstBufferStageIn Cleaning Constraints DeadLine"
                    + " Dependency DependencyNeverSatisfied FedJobLock FrontEndDown InactiveLimit"
                    + " InvalidAccount InvalidQOS JobArrayTaskLimit JobHeldAdmin JobHeldUser"
                    + " JobHoldMaxRequeue JobLaunchFailure Licenses MaxMemPerLimit NodeDown"
                    + " NonZeroExitCode OutOfMemory PartitionConfig PartitionDown PartitionInactive"
                    + " PartitionNodeLimit PartitionTimeLimit PowerNotAvail PowerReserved Priority"
                    + " Prolog QOSJobLimit QOSNotAllowed QOSResourceLimit QOSTimeLimit"
                    + " QOSUsageThreshold RaisedSignal ReqNodeNotAvail Reservation"
                    + " ReservationDeleted ReservationInvalid Resources SchedDefer SystemFailure"
                    + " TimeLimit",
                "AssocGrpBB AssocGrpBBMinutes AssocGrpBBRunMinutes AssocGrpBilling"
                    + " AssocGrpBillingMinutes AssocGrpBillingRunMinutes AssocGrpCPUMinutesLimit"
                    + " AssocGrpCPURunMinutesLimit AssocGrpCpuLimit AssocGrpEnergy"
                    + " AssocGrpEnergyMinutes AssocGrpEnergyRunMinutes AssocGrpGRES"
                    + " AssocGrpGRESMinutes AssocGrpGRESRunMinutes AssocGrpJobsLimit"
                    + " AssocGrpLicense AssocGrpLicenseMinutes AssocGrpLicenseRunMinutes"
                    + " AssocGrpMemLimit AssocGrpMemMinutes AssocGrpMemRunMinutes AssocGrpNodeLimit"
                    + " AssocGrpNodeMinutes AssocGrpNodeRunMinutes AssocGrpSubmitJobsLimit"
                    + " AssocGrpUnknown AssocGrpUnknownMinutes AssocGrpUnknownRunMinutes"
                    + " AssocGrpWallLimit AssocMaxBBMinutesPerJob AssocMaxBBPerJob"
                    + " AssocMaxBBPerNode AssocMaxBillingMinutesPerJob AssocMaxBillingPerJob"
                    + " AssocMaxBillingPerNode AssocMaxCpuMinutesPerJobLimit AssocMaxCpuPerJobLimit"
                    + " AssocMaxCpuPerNode AssocMaxEnergyMinutesPerJob AssocMaxEnergyPerJob"
                    + " AssocMaxEnergyPerNode AssocMaxGRESMinutesPerJob AssocMaxGRESPerJob"
                    + " AssocMaxGRESPerNode AssocMaxJobsLimit AssocMaxLicenseMinutesPerJob"
                    + " AssocMaxLicensePerJob AssocMaxMemMinutesPerJob AssocMaxMemPerJob"
                    + " AssocMaxMemPerNode AssocMaxNodeMinutesPerJob AssocMaxNodePerJobLimit"
                    + " AssocMaxSubmitJobLimit AssocMaxUnknownMinutesPerJob AssocMaxUnknownPerJob"
                    + " AssocMaxUnknownPerNode AssocMaxWallDurationPerJobLimit",
                "MaxBBPerAccount MaxBillingPerAccount MaxCpuPerAccount MaxEnergyPerAccount"
                    + " MaxGRESPerAccount MaxJobsPerAccount MaxLicensePerAccount"
                    + " MaxMemoryPerAccount MaxNodePerAccount MaxSubmitJobsPerAccount"
                    + " MaxUnknownPerAccount QOSGrpBB QOSGrpBBMinutes QOSGrpBBRunMinutes"
                    + " QOSGrpBilling QOSGrpBillingMinutes QOSGrpBillingRunMinutes"
                    + " QOSGrpCPUMinutesLimit QOSGrpCPURunMinutesLimit QOSGrpCpuLimit QOSGrpEnergy"
                    + " QOSGrpEnergyMinutes QOSGrpEnergyRunMinutes QOSGrpGRES QOSGrpGRESMinutes"
                    + " QOSGrpGRESRunMinutes QOSGrpJobsLimit QOSGrpLicense QOSGrpLicenseMinutes"
                    + " QOSGrpLicenseRunMinutes QOSGrpMemLimit QOSGrpMemoryMinutes"
                    + " QOSGrpMemoryRunMinutes QOSGrpNodeLimit QOSGrpNodeMinutes"
                    + " QOSGrpNodeRunMinutes QOSGrpSubmitJobsLimit QOSGrpUnknown"
                    + " QOSGrpUnknownMinutes QOSGrpUnknownRunMinutes QOSGrpWallLimit",
                "QOSMaxBBPerJob QOSMaxBBPerNode QOSMaxBBPerUser QOSMaxBillingMinutesPerJob"
                    + " QOSMaxBillingPerJob QOSMaxBillingPerNode QOSMaxBillingPerUser"
                    + " QOSMaxCpuMinutesPerJobLimit QOSMaxCpuPerJobLimit QOSMaxCpuPerNode"
                    + " QOSMaxCpuPerUserLimit QOSMaxEnergyMinutesPerJob QOSMaxEnergyPerJob"
                    + " QOSMaxEnergyPerNode QOSMaxEnergyPerUser QOSMaxGRESMinutesPerJob"
                    + " QOSMaxGRESPerJob QOSMaxGRESPerNode QOSMaxGRESPerUser QOSMaxJobsPerUserLimit"
                    + " QOSMaxLicenseMinutesPerJob QOSMaxLicensePerJob QOSMaxLicensePerUser"
                    + " QOSMaxMemoryMinutesPerJob QOSMaxMemoryPerJob QOSMaxMemoryPerNode"
                    + " QOSMaxMemoryPerUser QOSMaxNodeMinutesPerJob QOSMaxNodePerJobLimit"
                    + " QOSMaxNodePerUserLimit QOSMaxSubmitJobPerUserLimit"
                    + " QOSMaxUnknownMinutesPerJob QOSMaxUnknownPerJob QOSMaxUnknownPerNode"
                    + " QOSMaxUnknownPerUser QOSMaxWallDurationPerJobLimit QOSMinBB QOSMinBilling"
                    + " QOSMinCpuNotSatisfied QOSMinEnergy QOSMinGRES QOSMinLicense QOSMinMemory"
                    + " QOSMinNode QOSMinUnknown"
            })
    void everyDocumentedCodeHasASentence(String codes) {
        for (String code : codes.split(" ", -1)) {
            assertThat(message(code))
                    .as(code)
                    .doesNotContain(code)
                    .doesNotContain("SLURM's reason is")
                    .endsWith(".");
        }
    }

    @Test
    void anUnknownCodeIsShownAsItIs() {
        assertThat(message("QOSGrpQubits")).isEqualTo("SLURM's reason is QOSGrpQubits.");
        assertThat(WaitReasons.of("QOSGrpQubits").orElseThrow().code()).isEqualTo("QOSGrpQubits");
    }

    @Test
    void noReasonIsNone() {
        assertThat(WaitReasons.of("None")).isEmpty();
        assertThat(WaitReasons.of("")).isEmpty();
    }
}
