import { expect, it } from 'vitest';
import { amount, quantity } from './quantity';

it.each([
  ['48', 48],
  ['500m', 0.5],
  ['150Gi', 150 * 2 ** 30],
  ['1e3', 1000],
  ['1E', 1e18],
  ['', undefined],
  ['12 Gi', undefined],
  ['1constructor', undefined],
])('reads the quantity %s', (text, expected) => {
  expect(quantity(text)).toBe(expected);
});

it('shows bytes in binary units', () => {
  expect(amount('memory', 150 * 2 ** 30)).toBe('150 GiB');
  expect(amount('cpu', 0.5)).toBe('0.5');
});
