import { describe, expect, it } from 'vitest';
import { LogLines } from '../lib/logLines';
import { LogSearch } from './LogSearch.svelte';

describe('a search in a log that loses its oldest lines', () => {
  it('stays at the line that was looked at', () => {
    const lines = new LogLines({ lines: 100, characters: 1_000_000, line: 1000 });
    const add = (from: number, to: number): void => {
      for (let number = from; number < to; number += 1) lines.add({ origin: 'job', text: `line ${number}` }, false);
    };
    add(0, 110);
    const search = new LogSearch();
    search.begin('line 5', lines);
    for (let step = 0; step < 5; step += 1) search.step(1);
    const seen = (): string | undefined => lines.at(search.found[search.current] ?? -1)?.text;
    expect(seen()).toBe('line 53');
    add(110, 111);
    expect(lines.dropped).toBe(11);
    search.continue(lines);
    expect(seen()).toBe('line 53');
    expect(search.found.map((index) => lines.at(index)?.text)).not.toContain('line 5');
  });
});
