import { stored } from './stored';

/** The columns of the jobs' table that can be hidden. */
export const COLUMNS = [
  { name: 'pod', label: 'Pod' },
  { name: 'node', label: 'Node' },
  { name: 'remote', label: 'HPC job' },
  { name: 'labels', label: 'Labels' },
  { name: 'created', label: 'Submitted' },
  { name: 'ran', label: 'Ran for' },
] as const;

export type Column = (typeof COLUMNS)[number]['name'];

const KEY = 'hidden-columns';

/** The hidden columns; the browser keeps them. */
export const hidden = $state<{ columns: string[] }>({ columns: (stored.read(KEY) ?? 'labels').split(',') });

export function isShown(column: Column): boolean {
  return !hidden.columns.includes(column);
}

export function toggle(column: Column): void {
  hidden.columns = isShown(column) ? [...hidden.columns, column] : hidden.columns.filter((name) => name !== column);
  stored.write(KEY, hidden.columns.join(','));
}
