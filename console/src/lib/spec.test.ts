import { describe, expect, it } from 'vitest';
import { concerns, entriesAt, listAt, textAt, withValue } from './spec';

describe('drafts', () => {
  it('are changed at a path, without a trace of empty values', () => {
    const draft = withValue({ node: 'vega' }, ['slurm', 'partition'], 'gpu');
    expect(draft).toEqual({ node: 'vega', slurm: { partition: 'gpu' } });
    expect(withValue(draft, ['slurm', 'partition'], '')).toEqual({ node: 'vega' });
    expect(withValue({ slurm: 'text' }, ['slurm', 'nodes'], 2)).toEqual({ slurm: { nodes: 2 } });
  });

  it('are read whatever they contain', () => {
    const draft = { name: 5, args: ['a', 1], env: { A: 1 }, slurm: [] };
    expect(textAt(draft, 'name')).toBe('5');
    expect(textAt(draft, 'slurm', 'partition')).toBe('');
    expect(textAt(draft, 'toString')).toBe('');
    expect(listAt(draft, 'args')).toEqual(['a', '1']);
    expect(listAt(draft, 'env')).toEqual([]);
    expect(entriesAt(draft, 'env')).toEqual([['A', '1']]);
  });
});

it.each([
  ['slurm.flags', 'slurm.flags', true],
  ['env.A B', 'env', true],
  ['args[0]', 'args', true],
  ['nodes', 'node', false],
])('a finding about %s at %s: %s', (field, path, expected) => {
  expect(concerns(field, path)).toBe(expected);
});
