import * as oauth from 'oauth4webapi';
import { CALLBACK } from './callback';

/** An issuer at which a person can log in, as in the console's settings. */
export interface Login {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** Tokens of an issuer. They are kept in memory alone. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string | undefined;
  /** When the access token expires, in milliseconds since 1970; undefined if the issuer names no time. */
  readonly expiresAt: number | undefined;
}

/** What is needed when the issuer redirects to the console. It contains no token, and is used once. */
interface Pending {
  readonly issuer: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
}

const PENDING = 'login';
const RENEWAL_TIMEOUT = 10_000;

/** Sends the browser to the issuer. The issuer then redirects it to the console with a code. */
export async function goToIssuer(login: Login, returnTo: string): Promise<void> {
  const pending: Pending = {
    issuer: login.issuer,
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    returnTo,
  };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const address = new URL(login.authorizationEndpoint);
  const parameters = {
    client_id: login.clientId,
    redirect_uri: callback(),
    response_type: 'code',
    scope: login.scopes.join(' '),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  location.assign(address);
}

/**
 * Exchanges the code in the address for tokens.
 *
 * @throws Error if this browser did not ask for the code, or the issuer refuses it
 */
export async function tokensOfCode(logins: readonly Login[]): Promise<{ tokens: Tokens; login: Login; returnTo: string }> {
  const address = new URL(location.href);
  history.replaceState(null, '', '/console/');
  const pending = takePending();
  const login = logins.find(({ issuer }) => issuer === pending.issuer);
  if (login === undefined) throw new Error('The issuer of this login is not available now.');
  const server = serverOf(login);
  const client = { client_id: login.clientId };
  const parameters = oauth.validateAuthResponse(server, client, address, pending.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    callback(),
    pending.verifier,
    options(login),
  );
  const answer = await oauth.processAuthorizationCodeResponse(
    server,
    client,
    response,
    login.scopes.includes('openid') ? { expectedNonce: pending.nonce } : {},
  );
  return { tokens: tokensIn(answer, undefined), login, returnTo: pending.returnTo };
}

/**
 * New tokens for a refresh token; `refused` if the issuer does not accept it any more.
 *
 * @throws Error if the issuer does not answer as it should, which can pass
 */
export async function renewed(login: Login, refresh: string): Promise<Tokens | 'refused'> {
  const server = serverOf(login);
  const client = { client_id: login.clientId };
  const signal = AbortSignal.timeout(RENEWAL_TIMEOUT);
  try {
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refresh, { ...options(login), signal });
    return tokensIn(await oauth.processRefreshTokenResponse(server, client, response), refresh);
  } catch (failure) {
    if (failure instanceof oauth.ResponseBodyError && failure.error === 'invalid_grant') return 'refused';
    throw failure;
  }
}

function takePending(): Pending {
  const text = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  if (text === null) throw new Error('This tab did not start a login.');
  return JSON.parse(text) as Pending;
}

function tokensIn(answer: oauth.TokenEndpointResponse, refresh: string | undefined): Tokens {
  return {
    access: answer.access_token,
    refresh: answer.refresh_token ?? refresh,
    expiresAt: answer.expires_in === undefined ? undefined : Date.now() + answer.expires_in * 1000,
  };
}

function serverOf(login: Login): oauth.AuthorizationServer {
  return {
    issuer: login.issuer,
    authorization_endpoint: login.authorizationEndpoint,
    token_endpoint: login.tokenEndpoint,
  };
}

/** The gateway accepts issuers without TLS on loopback addresses alone. */
function options(login: Login): { [oauth.allowInsecureRequests]: boolean } {
  return { [oauth.allowInsecureRequests]: login.issuer.startsWith('http:') };
}

function callback(): string {
  return location.origin + CALLBACK;
}
