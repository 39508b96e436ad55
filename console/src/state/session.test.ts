import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { session } from './session.svelte';

const LOGIN = {
  issuer: 'https://issuer.example.org',
  authorizationEndpoint: 'https://issuer.example.org/authorize',
  tokenEndpoint: 'https://issuer.example.org/token',
  clientId: 'console',
  scopes: ['openid'],
};

/** Logs in with a token that lasts for this many milliseconds. */
function logIn(lasts: number): void {
  session.useTokens(LOGIN, { access: 'old', refresh: 'refresh', expiresAt: Date.now() + lasts });
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
}

describe('the renewal of a login', () => {
  const issuer = vi.fn<() => Promise<Response>>();

  beforeEach(() => {
    session.settings = { loginRequired: true, logins: [LOGIN] };
    session.signedOut = false;
    session.reason = '';
    vi.stubGlobal('fetch', issuer);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    issuer.mockReset();
  });

  it('uses the new token', async () => {
    issuer.mockResolvedValue(json(200, { access_token: 'new', token_type: 'Bearer', expires_in: 300 }));
    logIn(-1);
    expect(await session.token()).toBe('new');
  });

  it.each([
    ['no answer', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['the status 503', () => Promise.resolve(json(503, { error: 'temporarily_unavailable' }))],
    ['a page of a proxy', () => Promise.resolve(new Response('<html>', { status: 502 }))],
  ])('keeps the login on %s', async (_, answer) => {
    issuer.mockImplementation(answer);
    logIn(10_000);
    expect(await session.token()).toBe('old');
    expect(await session.renew()).toBe('failed');
    expect(session.signedOut).toBe(false);
  });

  it('does not delay requests while the token is good', async () => {
    let answer: (response: Response) => void = () => undefined;
    issuer.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    logIn(10_000);
    expect(await session.token()).toBe('old');
    await vi.waitFor(() => expect(issuer).toHaveBeenCalled());
    answer(json(200, { access_token: 'new', token_type: 'Bearer', expires_in: 300 }));
    await vi.waitFor(async () => expect(await session.token()).toBe('new'));
    expect(issuer).toHaveBeenCalledTimes(1);
  });

  it('uses a token that has no refresh token until it expires', async () => {
    session.useTokens(LOGIN, { access: 'only', refresh: undefined, expiresAt: Date.now() + 10_000 });
    expect(await session.token()).toBe('only');
    expect(session.signedOut).toBe(false);
    session.useTokens(LOGIN, { access: 'only', refresh: undefined, expiresAt: Date.now() - 1 });
    expect(await session.token()).toBeUndefined();
    expect(session.signedOut).toBe(true);
  });

  it('ends the login when the issuer refuses it', async () => {
    issuer.mockResolvedValue(json(400, { error: 'invalid_grant' }));
    logIn(-1);
    expect(await session.token()).toBeUndefined();
    expect(session.signedOut).toBe(true);
    expect(session.reason).toBe('Your login has expired.');
  });
});
