import { visible } from '../lib/ansi';
import { type Evidence, isFinal, type Job, type JobReason, type JobState } from '../api/types';
import type { IconName } from './icons';

/** How a state of a job is shown: a word, an icon and a colour, which say the same. */
export interface StateLook {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: Tone;
}

export type Tone = 'good' | 'bad' | 'busy' | 'wait' | 'odd' | 'none';

export const STATE_LOOKS: Record<JobState, StateLook> = {
  QUEUED: { word: 'Queued', icon: 'queued', tone: 'wait' },
  STARTING: { word: 'Starting', icon: 'starting', tone: 'busy' },
  RUNNING: { word: 'Running', icon: 'running', tone: 'busy' },
  SUCCEEDED: { word: 'Succeeded', icon: 'succeeded', tone: 'good' },
  FAILED: { word: 'Failed', icon: 'failed', tone: 'bad' },
  CANCELLING: { word: 'Cancelling', icon: 'cancelling', tone: 'wait' },
  UNKNOWN: { word: 'Unknown', icon: 'unknown', tone: 'odd' },
};

/** The reasons in plain words. */
const REASONS: Record<JobReason, string> = {
  NODE_FULL: 'Node full',
  NODE_NOT_READY: 'Node not ready',
  SECRET_MISSING: 'Secret missing',
  SUBMITTING: 'Being submitted',
  IN_HPC_QUEUE: 'In the queue of the HPC',
  REQUEUED: 'Back in the queue',
  EXIT_CODE: 'Exit code',
  OUT_OF_MEMORY: 'Out of memory',
  TIME_LIMIT: 'Time limit',
  CANCELLED_ON_HPC: 'Cancelled on the HPC',
  NODE_FAILED: 'Compute node failed',
  SUBMISSION_REFUSED: 'Submission refused',
  PRE_EXEC_FAILED: 'preExec failed',
  IMAGE_UNAVAILABLE: 'Image unavailable',
  COMMAND_NOT_FOUND: 'Command not found',
  OTHER: 'Other',
  SUCCESS_UNCONFIRMED: 'Success not confirmed',
  CONTRADICTION: 'Contradiction',
  MAY_START_AGAIN: 'May start again',
  STATUS_UNREADABLE: 'Status unreadable',
  NODE_UNREACHABLE: 'Node unreachable',
};

/** A past job that was deleted before it ended: whether the HPC ended it is another question. */
const REMOVED: StateLook = { word: 'Removed', icon: 'cancelling', tone: 'none' };

/** The state of a job as `lookOf` takes it; `isLive` is whether its pod exists. */
export function shownState({ state }: Job, isLive: boolean): string {
  return isLive || isFinal(state) || state === 'UNKNOWN' ? state : 'REMOVED';
}

/** The look of a state, also of one that this console does not know yet. */
export function lookOf(state: string): StateLook {
  if (state === 'REMOVED') return REMOVED;
  return isKnown(state) ? STATE_LOOKS[state] : { word: visible(state), icon: 'unknown', tone: 'odd' };
}

function isKnown(state: string): state is JobState {
  return Object.hasOwn(STATE_LOOKS, state);
}

/** A reason in plain words; one that this console does not know as it is. */
export function reasonText(reason: string): string {
  return Object.entries(REASONS).find(([known]) => known === reason)?.[1] ?? visible(reason);
}

/** How a job's state is known. */
export const SOURCES: Record<Evidence['source'], string> = {
  API_SERVER: 'the pod’s status, as interLink reports it',
  JOB_RECORD: 'the job’s own record in its log',
  SLURM: 'SLURM itself',
};
