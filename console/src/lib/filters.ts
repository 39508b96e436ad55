import type { Job, JobState } from '../api/types';
import { JOB_STATES } from '../api/types';

/** Which jobs a table shows, as in the address of the page. */
export interface JobFilters {
  readonly states: readonly JobState[];
  readonly node: string;
  readonly label: string;
  readonly text: string;
}

/** Filters from an address; what they can't mean is ignored. */
export function filtersFrom(query: URLSearchParams): JobFilters {
  const wanted = new Set(query.get('state')?.split(','));
  return {
    states: JOB_STATES.filter((state) => wanted.has(state)),
    node: query.get('node') ?? '',
    label: query.get('label') ?? '',
    text: query.get('text') ?? '',
  };
}

/** The part of an address that has these filters; it is empty if there are none. */
export function filtersIn(filters: JobFilters): Record<string, string> {
  return {
    state: filters.states.join(','),
    node: filters.node,
    label: filters.label,
    text: filters.text,
  };
}

export function isFiltered(filters: JobFilters): boolean {
  return Object.values(filtersIn(filters)).some((value) => value !== '');
}

/** Whether a job passes all filters. A label is `key` or `key=value`; the text is part of the name or of a label. */
export function passes(job: Job, filters: JobFilters): boolean {
  return (
    (filters.states.length === 0 || filters.states.includes(job.state)) &&
    (filters.node === '' || job.node === filters.node) &&
    (filters.label === '' || hasLabel(job, filters.label)) &&
    (filters.text === '' || hasText(job, filters.text.toLowerCase()))
  );
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
