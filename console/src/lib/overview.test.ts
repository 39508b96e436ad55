import { describe, expect, it } from 'vitest';
import type { Job, Node } from '../api/types';
import { useOf, waitingByReason } from './overview';

const node = { name: 'vega', allocatable: { cpu: '8', memory: '16Gi', 'nvidia.com/gpu': '4', pods: '10' } } as unknown as Node;

function job(definition: unknown, more = {}): Job {
  return { node: 'vega', state: 'RUNNING', definition, ...more } as Job;
}

function used(...jobs: Job[]): Record<string, number> {
  return Object.fromEntries(useOf(node, jobs).map(({ resource, used: amount }) => [resource, amount]));
}

describe('what is requested of a node', () => {
  it('is the sum over job specs', () => {
    const spec = { image: 'a', resources: { limits: { cpu: '2', memory: '1Gi', 'nvidia.com/gpu': '1' } } };
    expect(used(job(spec), job(spec))).toEqual({ cpu: 4, memory: 2 * 2 ** 30, 'nvidia.com/gpu': 2, pods: 2 });
  });

  it('is the sum over the containers of pods', () => {
    const container = { resources: { limits: { cpu: '1500m', 'nvidia.com/gpu': '1' } } };
    const pod = job({ kind: 'Pod', spec: { containers: [container, container] } });
    expect(used(pod)).toMatchObject({ cpu: 3, 'nvidia.com/gpu': 2, pods: 1 });
  });

  it('is what a container requests before what it is limited to', () => {
    expect(used(job({ image: 'a', resources: { requests: { cpu: '1' }, limits: { cpu: '4', memory: '1Gi' } } }))).toMatchObject({
      cpu: 1,
      memory: 2 ** 30,
    });
  });

  it('is the most that an init container requests, if the others request less', () => {
    const containers = [{ resources: { requests: { cpu: '1' } } }];
    const initContainers = [{ resources: { requests: { cpu: '3' } } }, { resources: { requests: { cpu: '2' } } }];
    expect(used(job({ kind: 'Pod', spec: { containers, initContainers } }))).toMatchObject({ cpu: 3 });
  });

  it('is nothing for jobs that have ended or are elsewhere', () => {
    const spec = { image: 'a', resources: { limits: { cpu: '2' } } };
    expect(used(job(spec, { state: 'FAILED' }), job(spec, { node: 'other' }))).toMatchObject({ cpu: 0, pods: 0 });
  });
});

describe('waiting jobs', () => {
  it('are grouped by reason, the most frequent first', () => {
    const waiting = (reason?: string): Job => ({ state: 'QUEUED', reason }) as Job;
    const groups = waitingByReason([waiting(), waiting('PRIORITY'), waiting('PRIORITY'), { state: 'RUNNING' } as Job]);
    expect(groups.map(({ reason, jobs }) => [reason, jobs.length])).toEqual([['PRIORITY', 2], ['OTHER', 1]]);
  });
});
