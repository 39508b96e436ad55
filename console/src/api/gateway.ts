import createClient, { type Middleware } from 'openapi-fetch';
import { session } from '../state/session.svelte';
import { clock } from '../state/clock.svelte';
import { type Answer, delayOf, LOGIN_UNREACHABLE, problemOf, UNREACHABLE } from './answer';
import type { paths } from './schema';
import type { Problem } from './types';

const BUSY = new Set([429, 503]);
const ATTEMPTS = 4;

/**
 * Sends a request with the caller's token. An expired token is renewed once.
 *
 * @throws LoginUnavailable if it can't be renewed now
 */
export async function authorized(request: Request): Promise<Response> {
  const retry = request.clone();
  const response = await fetch(await withToken(request));
  clock.learn(response.headers.get('Date'));
  if (response.status !== 401) return response;
  const renewal = await session.renew();
  if (renewal === 'failed') throw new LoginUnavailable();
  return renewal === 'ended' ? response : fetch(await withToken(retry));
}

/** The token has expired, and its issuer does not answer. */
class LoginUnavailable extends Error {}

async function withToken(request: Request): Promise<Request> {
  const token = await session.token();
  if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
  return request;
}

/** Reads, and changes on a condition, are repeated while the gateway is busy. Other changes are not: they could happen twice. */
async function patient(request: Request): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await authorized(request.clone());
    const isRepeatable = request.method === 'GET' || request.headers.has('If-Match');
    if (!isRepeatable || !BUSY.has(response.status) || attempt === ATTEMPTS) return response;
    await pause(delayOf(response.headers.get('Retry-After'), Date.now()), request.signal);
  }
}

function pause(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, time);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

const inWorkspace: Middleware = {
  async onRequest({ request, schemaPath }) {
    const address = new URL(request.url);
    if (session.workspace === '' || WITHOUT_WORKSPACE.some((path) => schemaPath === path)) return undefined;
    address.searchParams.set('workspace', session.workspace);
    return requestTo(address, request);
  },
};
const WITHOUT_WORKSPACE = [
  '/api/v1/nodes',
  '/api/v1/nodes/{name}',
  '/api/v1/nodes/{name}/statistics',
  '/api/v1/tokens',
  '/api/v1/tokens/{id}',
  '/api/v1/workspaces',
];

/** The same request to another address. Its body is read first: browsers can't send the body of a request as a stream. */
async function requestTo(address: URL, request: Request): Promise<Request> {
  const { method, headers, signal } = request;
  const body = await request.text();
  return new Request(address, { method, headers, signal, ...(body !== '' && { body }) });
}

/** The API, with the types of its description. */
export const gateway = createClient<paths>({ baseUrl: location.origin, fetch: patient });
gateway.use(inWorkspace);

/** The address of a path of the API, in the workspace that is shown. */
export function addressOf(path: string, query = new URLSearchParams()): URL {
  const address = new URL(path, location.origin);
  for (const [name, value] of query) address.searchParams.append(name, value);
  if (session.workspace !== '') address.searchParams.set('workspace', session.workspace);
  return address;
}

/** A file of the API, with any content. */
export async function fileAt(path: string, query: URLSearchParams): Promise<Answer<Blob>> {
  try {
    const response = await patient(new Request(addressOf(path, query), { headers: { Accept: 'text/plain' } }));
    return response.ok
      ? { ok: true, data: await response.blob() }
      : { ok: false, problem: problemOf(response.status, await response.json().catch(() => undefined)) };
  } catch (failure) {
    return { ok: false, problem: unanswered(failure) };
  }
}

function unanswered(failure: unknown): Problem {
  return failure instanceof LoginUnavailable ? LOGIN_UNREACHABLE : UNREACHABLE;
}

interface Fetched<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The answer to a request of the client. */
export async function answer<T>(sent: Promise<Fetched<T>>): Promise<Answer<T>> {
  try {
    const { data, error, response } = await sent;
    return response.ok
      ? { ok: true, data: data as T }
      : { ok: false, problem: problemOf(response.status, error) };
  } catch (failure) {
    return { ok: false, problem: unanswered(failure) };
  }
}
