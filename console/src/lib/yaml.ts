import { parse, stringify } from 'yaml';
import type { Draft } from './spec';

/** A definition as YAML, with long texts as blocks. */
export function yamlOf(definition: unknown): string {
  return stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** What a text means: an object, or the mistake in it. */
export type Parsed = { readonly ok: true; readonly draft: Draft } | { readonly ok: false; readonly mistake: string };

/** Reads YAML or JSON. Aliases can't make a small text large. */
export function draftOf(text: string): Parsed {
  try {
    const value: unknown = parse(text, { maxAliasCount: 100 });
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ok: true, draft: value as Draft }
      : { ok: false, mistake: 'A job is an object with the fields image and node.' };
  } catch (failure) {
    return { ok: false, mistake: failure instanceof Error ? failure.message : 'The text is not YAML.' };
  }
}
