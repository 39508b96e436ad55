import { describe, expect, it } from 'vitest';
import { scrollTo, windowOf } from './window';

describe('window of a long list', () => {
  it('has the visible rows and a margin', () => {
    expect(windowOf(100_000, 20, 1_000_000, 600)).toEqual({ first: 49_988, end: 50_042, offset: 999_760 });
  });

  it('stays within the list', () => {
    expect(windowOf(0, 20, 0, 600)).toEqual({ first: 0, end: 0, offset: 0 });
    expect(windowOf(5, 20, -50, 600)).toEqual({ first: 0, end: 5, offset: 0 });
    expect(windowOf(1000, 20, 10_000_000, 600)).toMatchObject({ first: 958, end: 1000 });
  });

  it('scrolls only as far as needed', () => {
    expect(scrollTo(10, 20, 0, 600)).toBe(0);
    expect(scrollTo(30, 20, 0, 600)).toBe(20);
    expect(scrollTo(3, 20, 100, 600)).toBe(60);
  });
});
