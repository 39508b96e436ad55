import { isPod, type Job, type Node } from '../api/types';
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
    const group = groups.get(reason);
    if (group === undefined) groups.set(reason, [job]);
    else group.push(job);
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
  const { definition } = job;
  if (resource === 'pods') return 1;
  if (definition === undefined) return 0;
  if (!isPod(definition)) return amountOf(definition as Container, resource);
  const { containers = [], initContainers = [] } = definition.spec as Record<string, Container[] | undefined>;
  const sum = containers.reduce((total, container) => total + amountOf(container, resource), 0);
  // Init containers run one after the other, and before the others.
  return Math.max(sum, ...initContainers.map((container) => amountOf(container, resource)));
}

interface Container {
  readonly resources?: { readonly requests?: Record<string, string>; readonly limits?: Record<string, string> };
}

/** What the scheduler reserves for a container: its request, which is the limit if there is no request. */
function amountOf({ resources }: Container, resource: string): number {
  const { requests = {}, limits = {} } = resources ?? {};
  const text = [requests, limits].find((amounts) => Object.hasOwn(amounts, resource))?.[resource];
  return quantity(String(text ?? '')) ?? 0;
}
