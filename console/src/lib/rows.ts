import type { Job, PastJob } from '../api/types';
import { milliseconds } from './time';

/** A job of a table of live and past jobs. */
export interface JobRow {
  readonly job: Job;
  /** Whether its pod exists. */
  readonly isLive: boolean;
  /** How long it ran, in milliseconds, as the history knows it. */
  readonly runTime?: number;
}

/** The live jobs, which are known from the event stream. */
export interface Live {
  /** The newest first. */
  readonly all: readonly Job[];
  /** The jobs that were deleted since the console was opened, as they were last known. */
  readonly allRemoved: readonly Job[];
  /** Whether all live jobs are known. */
  readonly isComplete: boolean;
}

/** Each job once, the newest first. What the events deliver is newer than what the history has. */
export function rowsOf({ all, allRemoved, isComplete }: Live, past: readonly PastJob[]): JobRow[] {
  if (past.length + allRemoved.length === 0) return all.map((job) => ({ job, isLive: true }));
  const live = new Set(all.map(({ uid }) => uid));
  const remembered = new Set(past.map(({ job }) => job.uid));
  return [
    ...all.map((job) => ({ job, isLive: true })),
    ...allRemoved.filter(({ uid }) => !remembered.has(uid)).map((job) => ({ job, isLive: false })),
    ...past.filter(({ job }) => !live.has(job.uid)).map((one) => rowOf(one, one.live && !isComplete)),
  ].sort((one, other) => compare(other.job.createdAt, one.job.createdAt) || compare(one.job.name, other.job.name));
}

function rowOf({ job, runTime }: PastJob, isLive: boolean): JobRow {
  const span = milliseconds(runTime ?? '');
  return { job, isLive, ...(span !== undefined && { runTime: span }) };
}

/** The order of two texts by their characters' codes, which is the order of times. */
export function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
