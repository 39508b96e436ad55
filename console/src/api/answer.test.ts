import { describe, expect, it } from 'vitest';
import { delayOf } from './answer';

describe('the time to wait before a request is repeated', () => {
  const now = Date.parse('2026-11-28T10:00:00Z');

  it('is a number of seconds or a date', () => {
    expect(delayOf('7', now)).toBe(7000);
    expect(delayOf('Sat, 28 Nov 2026 10:00:05 GMT', now)).toBe(5000);
  });

  it('is a second if there is none, or none that can be read', () => {
    expect(delayOf(null, now)).toBe(1000);
    expect(delayOf('soon', now)).toBe(1000);
    expect(delayOf('Sat, 28 Nov 2026 09:00:00 GMT', now)).toBe(1000);
  });

  it('is never long', () => {
    expect(delayOf('86400', now)).toBe(30_000);
  });
});
