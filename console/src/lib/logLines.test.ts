import { describe, expect, it } from 'vitest';
import { beginningOf, LogLines } from './logLines';

function linesWithin(lines: number, more = {}) {
  return new LogLines({ lines, characters: 1_000_000, line: 100_000, ...more });
}

function job(text: string) {
  return { origin: 'job', text } as const;
}

describe('lines of a log', () => {
  it('joins the pieces of a line', () => {
    const lines = linesWithin(10);
    lines.add(job('a'), true);
    lines.add(job('b'), true);
    lines.add(job('c'), false);
    lines.add(job('d'), false);
    expect(lines.text()).toBe('abc\nd\n');
  });

  it('does not join a line of the job with one of the plugin', () => {
    const lines = linesWithin(10);
    lines.add(job('a'), true);
    lines.add({ origin: 'plugin', text: 'b' }, false);
    expect(lines.text()).toBe('a\nb\n');
  });

  it('keeps the newest lines and counts the others', () => {
    const lines = linesWithin(100);
    for (let number = 0; number < 1000; number += 1) lines.add(job(`${number}`), false);
    expect(lines.length + lines.dropped).toBe(1000);
    expect(lines.length).toBeGreaterThanOrEqual(100);
    expect(lines.length).toBeLessThanOrEqual(110);
    expect(lines.at(lines.length - 1)?.text).toBe('999');
  });

  it('keeps a progress bar short', () => {
    const lines = linesWithin(10);
    for (let percent = 0; percent < 100_000; percent += 1) lines.add(job(`\r${percent} of 100000`), true);
    expect(lines.length).toBe(1);
    expect(lines.text()).toBe('99999 of 100000\n');
    expect(lines.at(0)?.text.length).toBeLessThan(21_000);
  });

  it('finds text in any case, across colours', () => {
    const lines = linesWithin(10);
    lines.add(job('Epoch 1'), false);
    lines.add(job('\x1b[1mep\x1b[0moch 2'), false);
    lines.add(job('loss'), false);
    expect(lines.matches('EPOCH', 0, 10)).toEqual([0, 1]);
    expect(lines.matches('EPOCH', 1, 2)).toEqual([1]);
  });

  it('keeps the newest lines within a number of characters', () => {
    const lines = linesWithin(1000, { characters: 10_000 });
    for (let number = 0; number < 500; number += 1) lines.add(job(`${number} `.padEnd(100, 'x')), false);
    expect(lines.length + lines.dropped).toBe(500);
    expect(lines.text().length).toBeLessThanOrEqual(10_100);
    expect(lines.text().length).toBeGreaterThan(8_900);
    expect(lines.at(lines.length - 1)?.text).toMatch(/^499 /);
  });

  it('keeps the last line, whatever its length', () => {
    const lines = linesWithin(1000, { characters: 10 });
    lines.add(job('first'), false);
    lines.add(job('x'.repeat(100)), false);
    expect(lines.text()).toBe(`${'x'.repeat(100)}\n`);
  });

  it('keeps the start of an endless line, and counts the rest', () => {
    const lines = linesWithin(10, { line: 1000 });
    for (let piece = 0; piece < 1000; piece += 1) lines.add(job('x'.repeat(999)), true);
    expect(lines.at(0)).toEqual({ origin: 'job', text: 'x'.repeat(1000), omitted: 998_000 });
    expect(lines.text()).toBe(`${'x'.repeat(1000)} … 998,000 characters not shown; the download has all\n`);
    lines.add(job('last'), false);
    lines.add(job('next'), false);
    expect(lines.at(1)?.text).toBe('next');
  });

  it('keeps a long line after a redraw within the limit, and the next redraw replaces it', () => {
    const lines = linesWithin(10, { line: 30_000 });
    lines.add(job('\r'), true);
    for (let piece = 0; piece < 100; piece += 1) lines.add(job('x'.repeat(1000)), true);
    expect(lines.at(0)).toMatchObject({ omitted: 70_001 });
    lines.add(job('\r50 %'), true);
    expect(lines.at(0)).toEqual({ origin: 'job', text: '\r50 %' });
  });

  it('keeps the start of a long line that ends with a carriage return', () => {
    const lines = linesWithin(10, { line: 30_000 });
    lines.add(job(`${'x'.repeat(40_000)}\r`), false);
    expect(lines.at(0)).toMatchObject({ text: 'x'.repeat(30_000), omitted: 10_001 });
  });

  it('shows the beginning of each redraw', () => {
    expect(beginningOf('short', 10)).toEqual({ text: 'short', hidden: 0 });
    expect(beginningOf('a long line', 6)).toEqual({ text: 'a long', hidden: 5 });
    expect(beginningOf('\rover\ra long line', 6)).toEqual({ text: '\rover\ra long', hidden: 5 });
  });
});
