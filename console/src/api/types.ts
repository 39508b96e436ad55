import type { components } from './schema';

type Schemas = components['schemas'];

export type ArchivedLog = Schemas['ArchivedLog'];
export type ApiToken = Schemas['ApiToken'];
export type Cancellation = Schemas['Cancellation'];
export type CredentialVerdict = Schemas['CredentialVerdict'];
export type DeletedJob = Schemas['DeletedJob'];
export type Evidence = Schemas['Evidence'];
export type Finding = Schemas['Finding'];
export type Job = Schemas['Job'];
export type JobChange = Schemas['JobChange'];
export type JobReason = NonNullable<Job['reason']>;
export type JobSpec = Schemas['JobSpec'];
export type JobState = Job['state'];
export type MlflowLink = Schemas['MlflowLink'];
export type MlflowCredential = Schemas['MlflowCredential'];
export type NewMlflowCredential = Schemas['NewMlflowCredential'];
export type Node = Schemas['Node'];
export type NodePeriod = Schemas['NodePeriod'];
export type PastJob = Schemas['PastJob'];
export type Pod = Schemas['Pod'];
export type Preflight = Schemas['Preflight'];
export type Problem = Schemas['Problem'];
export type Role = Schemas['Workspace']['role'];
export type Workspace = Schemas['Workspace'];

/** All states in the order of a job's life. */
export const JOB_STATES: readonly JobState[] = [
  'QUEUED',
  'STARTING',
  'RUNNING',
  'CANCELLING',
  'UNKNOWN',
  'FAILED',
  'SUCCEEDED',
];

export function isFinal(state: JobState): boolean {
  return state === 'SUCCEEDED' || state === 'FAILED';
}

/** Whether a definition is a Kubernetes pod rather than a job spec. */
export function isPod(definition: JobSpec | Pod): definition is Pod {
  return 'kind' in definition && 'spec' in definition;
}

/** The names of a pod's containers, the main ones first; none for a job spec, whose only container has no name. */
export function containersOf(definition: JobSpec | Pod): string[] {
  if (!isPod(definition)) return [];
  const { containers = [], initContainers = [] } = definition.spec as Record<string, { name: string }[] | undefined>;
  return [...containers, ...initContainers].map(({ name }) => name);
}
