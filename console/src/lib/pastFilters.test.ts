import { expect, it } from 'vitest';
import { pastFiltersFrom, pastQuery } from './pastFilters';

const NOW = Date.parse('2026-11-28T12:00:00Z');

it.each([
  ['', {}],
  ['text=gan&state=FAILED&period=week', { q: 'gan', state: ['FAILED'], since: '2026-11-21T12:00:00.000Z' }],
  ['state=NOPE&period=__proto__', {}],
])('the address %s asks for %o', (address, expected) => {
  expect(pastQuery(pastFiltersFrom(new URLSearchParams(address)), NOW)).toEqual(expected);
});
