import { describe, expect, it } from 'vitest';
import { LogLines } from './logLines';

function job(text: string) {
  return { origin: 'job', text } as const;
}

describe('lines of a log', () => {
  it('joins the pieces of a line', () => {
    const lines = new LogLines(10);
    lines.add(job('a'), true);
    lines.add(job('b'), true);
    lines.add(job('c'), false);
    lines.add(job('d'), false);
    expect(lines.text()).toBe('abc\nd\n');
  });

  it('does not join a line of the job with one of the plugin', () => {
    const lines = new LogLines(10);
    lines.add(job('a'), true);
    lines.add({ origin: 'plugin', text: 'b' }, false);
    expect(lines.text()).toBe('a\nb\n');
  });

  it('keeps the newest lines and counts the others', () => {
    const lines = new LogLines(100);
    for (let number = 0; number < 1000; number += 1) lines.add(job(`${number}`), false);
    expect(lines.length + lines.dropped).toBe(1000);
    expect(lines.length).toBeGreaterThanOrEqual(100);
    expect(lines.length).toBeLessThanOrEqual(110);
    expect(lines.at(lines.length - 1)?.text).toBe('999');
  });

  it('keeps a progress bar short', () => {
    const lines = new LogLines(10);
    for (let percent = 0; percent < 100_000; percent += 1) lines.add(job(`\r${percent} of 100000`), true);
    expect(lines.length).toBe(1);
    expect(lines.text()).toBe('99999 of 100000\n');
    expect(lines.at(0)?.text.length).toBeLessThan(21_000);
  });

  it('finds text in any case, across colours', () => {
    const lines = new LogLines(10);
    lines.add(job('Epoch 1'), false);
    lines.add(job('\x1b[1mep\x1b[0moch 2'), false);
    lines.add(job('loss'), false);
    expect(lines.matches('EPOCH', 0, 10)).toEqual([0, 1]);
    expect(lines.matches('EPOCH', 1, 2)).toEqual([1]);
  });
});
