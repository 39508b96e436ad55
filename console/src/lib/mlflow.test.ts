import { expect, it } from 'vitest';
import { mlflowAddress } from './mlflow';

it.each([
  [undefined, undefined],
  [{}, undefined],
  [{ trackingUri: 'javascript:alert(1)' }, undefined],
  [{ trackingUri: 'no address' }, undefined],
  [{ trackingUri: 'https://ada:secret@mlflow.example.org/' }, 'https://mlflow.example.org/'],
  [
    { trackingUri: 'https://mlflow.example.org/', experiment: '7', run: 'a/b' },
    'https://mlflow.example.org/#/experiments/7/runs/a%2Fb',
  ],
])('%o', (link, expected) => {
  expect(mlflowAddress(link)).toBe(expected);
});
