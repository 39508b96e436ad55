import { describe, expect, it } from 'vitest';
import type { Job } from '../api/types';
import { filtersFrom, filtersIn, isFiltered, passes } from './filters';

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

function filters(address: string) {
  return filtersFrom(new URLSearchParams(address));
}

describe('filters of jobs', () => {
  it('stay the same in the address', () => {
    const some = filters('state=RUNNING,FAILED&node=vega&label=a%3Db%26c&text=%3Cscript%3E');
    const query = new URLSearchParams(filtersIn(some));
    expect(filtersFrom(query)).toEqual(some);
    expect(some.label).toBe('a=b&c');
  });

  it('ignore states that do not exist', () => {
    expect(filters('state=NOPE,__proto__,RUNNING').states).toEqual(['RUNNING']);
    expect(isFiltered(filters('state=NOPE&other=1'))).toBe(false);
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
  ])('%s', (address, expected) => {
    expect(passes(JOB, filters(address))).toBe(expected);
  });
});
