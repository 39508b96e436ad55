import type { Job, Node } from '../api/types';
import { amount, quantity } from './quantity';

/** Jobs that wait for the same reason. */
export interface Waiting {
  readonly reason: string;
  readonly jobs: readonly Job[];
}

/** The waiting jobs by reason, the most frequent first. */
export function waitingByReason(jobs: readonly Job[]): Waiting[] {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    if (job.state !== 'QUEUED') continue;
    const reason = job.reason ?? 'OTHER';
    groups.set(reason, [...(groups.get(reason) ?? []), job]);
  }
  return [...groups]
    .map(([reason, group]) => ({ reason, jobs: group }))
    .sort((one, other) => other.jobs.length - one.jobs.length);
}

/** How much of a resource of a node the active jobs of this workspace request. */
export interface Use {
  readonly resource: string;
  readonly used: number;
  readonly total: number;
}

/** What of a node's resources the jobs' definitions request; resources whose amounts can't be read are left out. */
export function useOf(node: Node, jobs: readonly Job[]): Use[] {
  const active = jobs.filter((job) => job.node === node.name && job.state !== 'SUCCEEDED' && job.state !== 'FAILED');
  return Object.entries(node.allocatable).flatMap(([resource, text]) => {
    const total = quantity(text);
    if (total === undefined || total === 0) return [];
    return [{ resource, total, used: active.reduce((sum, job) => sum + requested(job, resource), 0) }];
  });
}

/** How much is used, for people. */
export function usedOf({ resource, used, total }: Use): string {
  return `${amount(resource, used)} of ${amount(resource, total)}`;
}

function requested(job: Job, resource: string): number {
  return resource === 'pods' ? 1 : (quantity(limit(job, resource) ?? '') ?? 0);
}

function limit(job: Job, resource: string): string | undefined {
  const { definition } = job;
  return definition !== undefined && 'resources' in definition
    ? Object.entries((definition as { resources?: { limits?: Record<string, string> } }).resources?.limits ?? {}).find(
        ([name]) => name === resource,
      )?.[1]
    : undefined;
}
