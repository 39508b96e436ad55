import { describe, expect, it } from 'vitest';
import { isoDuration, lengthOf, milliseconds, relative, secondsOf, secondsText } from './time';

describe('durations', () => {
  it.each([
    ['PT55M', 3_300_000],
    ['P1DT2H', 93_600_000],
    ['PT12M30.5S', 750_500],
    ['-PT5S', -5000],
    ['PT0S', 0],
    ['P', undefined],
    ['PT', undefined],
    ['P1M', undefined],
    ['', undefined],
  ])('reads %s', (text, expected) => {
    expect(milliseconds(text)).toBe(expected);
  });

  it.each([
    [0, '0 s'],
    [-5000, '0 s'],
    [59_999, '59 s'],
    [3_300_000, '55 min'],
    [3_301_000, '55 min 1 s'],
    [7_500_000, '2 h 5 min'],
    [93_600_000, '1 d 2 h'],
  ])('shows %d ms', (span, expected) => {
    expect(lengthOf(span)).toBe(expected);
  });

  it.each([
    ['90 min', 'PT90M'],
    ['1h30m', 'PT1H30M'],
    ['2d', 'P2D'],
    ['1:30:00', 'PT1H30M'],
    ['1-02:00:00', 'P1DT2H'],
    ['PT5M', 'PT5M'],
    ['', undefined],
    ['soon', undefined],
    ['0m', undefined],
  ])('reads %s as people write it', (text, expected) => {
    expect(isoDuration(text)).toBe(expected);
  });
});

describe('seconds', () => {
  it.each([
    ['0', 0],
    ['90', 90],
    ['90 s', 90],
    ['7 d', 604_800],
    ['PT12H', 43_200],
    ['soon', undefined],
    ['', undefined],
  ])('are read from %s', (text, expected) => {
    expect(secondsOf(text)).toBe(expected);
  });

  it.each([
    [0, '0 s'],
    [86_400, '1 d'],
    [90_061, '90061 s'],
  ])('%d are shown so that they are read as the same', (seconds, expected) => {
    expect(secondsText(seconds)).toBe(expected);
    expect(secondsOf(expected)).toBe(seconds);
  });
});

describe('relative times', () => {
  it.each([
    [0, 'now'],
    [3_000, 'now'],
    [-3_000, 'now'],
    [30_000, '30 s ago'],
    [-90_000, 'in 1 min'],
    [7_200_000, '2 h ago'],
    [200_000_000, '2 d ago'],
  ])('shows a time %d ms ago', (ago, expected) => {
    expect(relative(1e12 - ago, 1e12)).toBe(expected);
  });
});
