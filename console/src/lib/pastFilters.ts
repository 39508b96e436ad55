import { JOB_STATES, type JobState } from '../api/types';

/** How far back the history is shown. */
export const PERIODS = [
  { name: '', label: 'Any time', days: undefined },
  { name: 'day', label: 'Last 24 hours', days: 1 },
  { name: 'week', label: 'Last 7 days', days: 7 },
  { name: 'month', label: 'Last 30 days', days: 30 },
] as const;

/** Which jobs of the history a table shows, as in the address of the page. */
export interface PastFilters {
  readonly text: string;
  readonly state: JobState | '';
  readonly period: (typeof PERIODS)[number]['name'];
}

/** Filters from an address; what they can't mean is ignored. */
export function pastFiltersFrom(query: URLSearchParams): PastFilters {
  return {
    text: query.get('text') ?? '',
    state: JOB_STATES.find((state) => state === query.get('state')) ?? '',
    period: PERIODS.find(({ name }) => name === query.get('period'))?.name ?? '',
  };
}

/** The parameters of the API for these filters. */
export function pastQuery({ text, state, period }: PastFilters, now: number): { q?: string; state?: JobState[]; since?: string } {
  const days = PERIODS.find(({ name }) => name === period)?.days;
  return {
    ...(text !== '' && { q: text }),
    ...(state !== '' && { state: [state] }),
    ...(days !== undefined && { since: new Date(now - days * 86_400_000).toISOString() }),
  };
}
