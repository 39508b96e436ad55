import { describe, expect, it } from 'vitest';
import type { Job, PastJob } from '../api/types';
import { rowsOf } from './rows';

function job(uid: string, more: Partial<Job> = {}): Job {
  return {
    name: `job-${uid}`,
    uid,
    workspace: 'default',
    state: 'RUNNING',
    managedBy: 'gateway',
    createdAt: `2026-11-28T00:00:0${uid}Z`,
    evidence: { source: 'JOB_RECORD', observedAt: '2026-11-28T00:00:00Z', current: true },
    ...more,
  };
}

function past(uid: string, more: Partial<PastJob> = {}): PastJob {
  return { job: job(uid, { state: 'SUCCEEDED' }), live: false, firstSeenAt: '', seenAt: '', ...more };
}

/** Each row as `uid state live`. */
function shown(...parameters: Parameters<typeof rowsOf>): string[] {
  return rowsOf(...parameters).map(({ job: { uid, state }, isLive }) => `${uid} ${state} ${isLive ? 'live' : 'past'}`);
}

describe('the table of live and past jobs', () => {
  it('has the newest first, each once, as the events have it', () => {
    const live = { all: [job('4'), job('2')], allRemoved: [], isComplete: true };
    expect(shown(live, [past('2', { live: true }), past('3'), past('1')])).toEqual([
      '4 RUNNING live',
      '3 SUCCEEDED past',
      '2 RUNNING live',
      '1 SUCCEEDED past',
    ]);
  });

  it('has a job that was deleted since, even if the history was listed before', () => {
    const live = { all: [], allRemoved: [job('1'), job('2')], isComplete: true };
    expect(shown(live, [past('1', { live: true })])).toEqual(['2 RUNNING past', '1 SUCCEEDED past']);
  });

  it('believes the history until the live jobs are listed', () => {
    const live = { all: [], allRemoved: [], isComplete: false };
    expect(shown(live, [past('1', { live: true }), past('2')])).toEqual(['2 SUCCEEDED past', '1 SUCCEEDED live']);
  });

  it('has how long a past job ran', () => {
    const [row] = rowsOf({ all: [], allRemoved: [], isComplete: true }, [past('1', { runTime: 'PT2M' })]);
    expect(row?.runTime).toBe(120_000);
  });
});
