import { expect, it } from 'vitest';
import type { Job } from '../api/types';
import { stepsOf } from './timeline';

const QUEUED: Job = {
  name: 'a',
  uid: '1',
  workspace: 'default',
  state: 'QUEUED',
  managedBy: 'gateway',
  createdAt: '2026-11-28T00:00:00Z',
  queuedSince: '2026-11-28T00:00:05Z',
  evidence: { source: 'API_SERVER', observedAt: '2026-11-28T00:00:05Z', current: true },
};

function shown(job: Job): string[] {
  return stepsOf(job).map(({ label, at, status }) => `${label} ${at?.slice(17, 19) ?? '-'} ${status}`);
}

it('a waiting job has not started', () => {
  expect(shown(QUEUED)).toEqual(['Submitted 00 done', 'Waiting 05 now', 'Started - ahead', 'Ends - ahead']);
});

it('a running job ends with its time limit', () => {
  expect(
    shown({
      ...QUEUED,
      state: 'RUNNING',
      startedAt: '2026-11-28T00:00:10Z',
      walltime: { limit: 'PT1M', endsAt: '2026-11-28T00:01:10Z' },
    }),
  ).toEqual(['Submitted 00 done', 'Queued 05 done', 'Started 10 now', 'Ends 10 ahead']);
});

it('a cancelled job does not wait any more', () => {
  const cancellation = { stage: 'SENT', at: '2026-11-28T00:00:20Z', source: 'API_SERVER', message: '' } as const;
  expect(shown({ ...QUEUED, state: 'CANCELLING', cancellation })).toEqual(['Submitted 00 done', 'Cancelling 20 now']);
});

it('a job that the HPC refused never started', () => {
  expect(shown({ ...QUEUED, state: 'FAILED' })).toEqual([
    'Submitted 00 done',
    'Queued 05 done',
    'Never started - done',
    'Failed - done',
  ]);
});
