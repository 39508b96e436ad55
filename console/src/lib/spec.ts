/** A definition of a job while it is edited: any JSON object, since it can have mistakes. */
export type Draft = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path such as `slurm.partition`; undefined if there is none. */
export function valueAt(draft: Draft, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined), draft);
}

/** A text, number or truth value at a path as a text; empty if there is none. */
export function textAt(draft: Draft, ...path: string[]): string {
  const value = valueAt(draft, path);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The texts of a list at a path. */
export function listAt(draft: Draft, ...path: string[]): string[] {
  const value = valueAt(draft, path);
  return Array.isArray(value) ? value.map(String) : [];
}

/** The names and values of an object at a path. */
export function entriesAt(draft: Draft, ...path: string[]): [string, string][] {
  const value = valueAt(draft, path);
  return isObject(value) ? Object.entries(value).map(([name, text]) => [name, String(text)]) : [];
}

/** The draft with another value at a path. Empty values are removed, and objects that are empty then. */
export function withValue(draft: Draft, path: readonly string[], value: unknown): Draft {
  const [name, ...rest] = path;
  if (name === undefined) return draft;
  const present = Object.hasOwn(draft, name) ? draft[name] : undefined;
  const next = rest.length === 0 ? value : withValue(isObject(present) ? present : {}, rest, value);
  if (!isEmpty(next)) return { ...draft, [name]: next };
  return Object.fromEntries(Object.entries(draft).filter(([key]) => key !== name));
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === '' ||
    (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0)
  );
}

/** Whether a finding about a field belongs to the form's field at a path, or to a part of it. */
export function concerns(field: string, path: string): boolean {
  return field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`);
}
