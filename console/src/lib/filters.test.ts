import { describe, expect, it } from 'vitest';
import type { Job } from '../api/types';
import { filtersFrom, filtersIn, isFiltered, passing, pastQuery } from './filters';

const JOB: Job = {
  name: '3dgan-train',
  uid: '1',
  workspace: 'default',
  node: 'vega',
  state: 'RUNNING',
  managedBy: 'gateway',
  createdAt: '2026-11-28T00:00:00Z',
  labels: { experiment: 'GAN', constructor: 'x' },
  evidence: { source: 'JOB_RECORD', observedAt: '2026-11-28T00:00:00Z', current: true },
};

const NOW = Date.parse('2026-11-28T12:00:00Z');

function filters(address: string) {
  return filtersFrom(new URLSearchParams(address));
}

describe('filters of jobs', () => {
  it('stay the same in the address', () => {
    const some = filters('state=RUNNING,FAILED&node=vega&label=a%3Db%26c&text=%3Cscript%3E&period=week&part=past');
    const query = new URLSearchParams(filtersIn(some));
    expect(filtersFrom(query)).toEqual(some);
    expect(some.label).toBe('a=b&c');
  });

  it('ignore states that do not exist', () => {
    expect(filters('state=NOPE,__proto__,RUNNING').states).toEqual(['RUNNING']);
    expect(isFiltered(filters('state=NOPE&period=__proto__&part=none&other=1'))).toBe(false);
  });

  it.each([
    ['', true],
    ['state=RUNNING', true],
    ['state=FAILED', false],
    ['node=vega', true],
    ['node=veg', false],
    ['label=experiment', true],
    ['label=experiment%3DGAN', true],
    ['label=experiment%3Dgan', false],
    ['label=toString', false],
    ['text=TRAIN', true],
    ['text=experiment%3Dgan', true],
    ['text=train&state=FAILED', false],
    ['part=live', true],
    ['part=past', false],
    ['period=day', true],
    ['period=week&part=past', false],
  ])('%s', (address, expected) => {
    expect(passing([{ job: JOB, isLive: true }], filters(address), NOW)).toHaveLength(expected ? 1 : 0);
  });

  it('leave out jobs that were submitted before the period', () => {
    const old = { job: { ...JOB, createdAt: '2026-11-21T11:59:59Z' }, isLive: false };
    expect(passing([old], filters('period=week'), NOW)).toEqual([]);
    expect(passing([old], filters('period=month'), NOW)).toEqual([old]);
  });

  it.each([
    ['', {}],
    ['text=gan&state=FAILED,UNKNOWN&period=week', { q: 'gan', state: ['UNKNOWN', 'FAILED'], since: '2026-11-21T12:00:00.000Z' }],
    ['node=vega&label=a%3Db', { node: 'vega', label: ['a=b'] }],
    // The history finds labels by key and value alone.
    ['label=a', {}],
  ])('%s asks the history for %o', (address, expected) => {
    expect(pastQuery(filters(address), NOW)).toEqual(expected);
  });
});
