import type { Problem } from './types';

/** The answer to a request: its data, or the problem why there is none. */
export type Answer<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly problem: Problem };

/** The problem of a request that got no answer. */
export const UNREACHABLE: Problem = {
  type: 'about:blank',
  title: 'No connection',
  status: 0,
  detail: 'The gateway did not answer.',
  hint: 'Check your network. The console tries again by itself where it can.',
};

/** The problem of a request whose token has expired and can't be renewed now. */
export const LOGIN_UNREACHABLE: Problem = {
  ...UNREACHABLE,
  detail: 'Your login has expired, and the login server did not answer.',
  hint: 'What is on the page stays. Try again.',
};

/** A problem from any answer: the gateway's own, or one made of the status if something else answered. */
export function problemOf(status: number, body: unknown): Problem {
  if (isProblem(body)) return body;
  return {
    type: 'about:blank',
    title: `Status ${status}`,
    status,
    detail: `The answer has the status ${status} and no explanation.`,
    hint: 'It probably comes from a proxy in front of the gateway.',
  };
}

const SHORTEST_DELAY = 1000;
const LONGEST_DELAY = 30_000;

/** How long to wait by a header `Retry-After`, a number of seconds or a date, in milliseconds. */
export function delayOf(header: string | null, now: number): number {
  const seconds = Number(header ?? Number.NaN);
  const delay = Number.isNaN(seconds) ? Date.parse(header ?? '') - now : seconds * 1000;
  return Number.isNaN(delay) ? SHORTEST_DELAY : Math.min(LONGEST_DELAY, Math.max(SHORTEST_DELAY, delay));
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'detail' in body &&
    typeof body.detail === 'string' &&
    'title' in body &&
    typeof body.title === 'string' &&
    'type' in body &&
    typeof body.type === 'string'
  );
}
