import type { Job, JobState } from '../api/types';
import { JOB_STATES } from '../api/types';
import type { JobRow } from './rows';
import { DAY } from './time';

/** How far back jobs are shown, by the time of their submission. */
export const PERIODS = [
  { name: '', label: 'Any time', days: undefined },
  { name: 'day', label: 'Last 24 hours', days: 1 },
  { name: 'week', label: 'Last 7 days', days: 7 },
  { name: 'month', label: 'Last 30 days', days: 30 },
] as const;

/** Which part of a job's life is shown. */
export const PARTS = [
  { name: '', label: 'Live and past' },
  { name: 'live', label: 'Live' },
  { name: 'past', label: 'Past' },
] as const;

/** Which jobs a table shows, as in the address of the page. */
export interface JobFilters {
  readonly states: readonly JobState[];
  readonly node: string;
  readonly label: string;
  readonly text: string;
  readonly period: (typeof PERIODS)[number]['name'];
  readonly part: (typeof PARTS)[number]['name'];
}

/** Filters from an address; what they can't mean is ignored. */
export function filtersFrom(query: URLSearchParams): JobFilters {
  const wanted = new Set(query.get('state')?.split(','));
  return {
    states: JOB_STATES.filter((state) => wanted.has(state)),
    node: query.get('node') ?? '',
    label: query.get('label') ?? '',
    text: query.get('text') ?? '',
    period: PERIODS.find(({ name }) => name === query.get('period'))?.name ?? '',
    part: PARTS.find(({ name }) => name === query.get('part'))?.name ?? '',
  };
}

/** The part of an address that has these filters; it is empty if there are none. */
export function filtersIn(filters: JobFilters): Record<string, string> {
  const { states, ...texts } = filters;
  return { state: states.join(','), ...texts };
}

export function isFiltered(filters: JobFilters): boolean {
  return Object.values(filtersIn(filters)).some((value) => value !== '');
}

/** When the period of the filters begins; undefined if it has no beginning. */
function begin({ period }: JobFilters, now: number): Date | undefined {
  const days = PERIODS.find(({ name }) => name === period)?.days;
  return days === undefined ? undefined : new Date(now - days * DAY);
}

/** The rows that pass all filters. A label is `key` or `key=value`; the text is part of the name or of a label. */
export function passing(rows: readonly JobRow[], filters: JobFilters, now: number): JobRow[] {
  const since = begin(filters, now);
  return rows.filter(
    ({ job, isLive }) =>
      (filters.part === '' || (filters.part === 'live') === isLive) &&
      (since === undefined || since <= new Date(job.createdAt)) &&
      (filters.states.length === 0 || filters.states.includes(job.state)) &&
      (filters.node === '' || job.node === filters.node) &&
      (filters.label === '' || hasLabel(job, filters.label)) &&
      (filters.text === '' || hasText(job, filters.text.toLowerCase())),
  );
}

/** The parameters with which the history lists jobs that can pass the filters. */
export function pastQuery(filters: JobFilters, now: number): { q?: string; state?: JobState[]; node?: string; label?: string[]; since?: string } {
  const { text, states, node, label } = filters;
  const since = begin(filters, now);
  return {
    ...(text !== '' && { q: text }),
    ...(states.length > 0 && { state: [...states] }),
    ...(node !== '' && { node }),
    ...(label.includes('=') && { label: [label] }),
    ...(since && { since: since.toISOString() }),
  };
}

function hasLabel(job: Job, label: string): boolean {
  const equals = label.indexOf('=');
  const key = equals < 0 ? label : label.slice(0, equals);
  const value = Object.entries(job.labels ?? {}).find(([name]) => name === key)?.[1];
  return value !== undefined && (equals < 0 || value === label.slice(equals + 1));
}

function hasText(job: Job, text: string): boolean {
  return (
    job.name.toLowerCase().includes(text) ||
    Object.entries(job.labels ?? {}).some(([key, value]) => `${key}=${value}`.toLowerCase().includes(text))
  );
}
