import type { Login, Tokens } from '../auth/login';
import type { Role, Workspace } from '../api/types';

/** The console's settings, which the gateway serves without a login. */
export interface Settings {
  readonly loginRequired: boolean;
  readonly logins: readonly Login[];
}

type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'api-token'; readonly token: string }
  | { readonly kind: 'issuer'; readonly login: Login; readonly tokens: Tokens };

/** How a renewal ended: `failed` is for now, and the next request tries again. */
export type Renewal = 'renewed' | 'failed' | 'ended';

const EARLY = 30_000;
const RANK: Record<Role, number> = { VIEWER: 0, SUBMITTER: 1, ADMIN: 2 };

/** Who uses the console, and in which workspace. Tokens are in this object alone: a reload forgets them. */
class Session {
  settings = $state.raw<Settings>({ loginRequired: false, logins: [] });
  workspaces = $state.raw<readonly Workspace[]>([]);
  /** The workspace in use; empty before it is known. */
  workspace = $state('');
  /** Whether a login is needed before anything can be shown. */
  signedOut = $state(false);
  /** Why the last login failed or ended; empty if it did not. */
  reason = $state('');
  #credential = $state.raw<Credential>({ kind: 'none' });
  #renewal: Promise<Renewal> | undefined;

  get role(): Role {
    return this.workspaces.find(({ name }) => name === this.workspace)?.role ?? 'VIEWER';
  }

  /** Whether the caller has at least this role in the workspace. */
  may(role: Role): boolean {
    return RANK[this.role] >= RANK[role];
  }

  get hasCredential(): boolean {
    return this.#credential.kind !== 'none';
  }

  /** Whether the caller uses an API token, which can't make others. */
  get usesApiToken(): boolean {
    return this.#credential.kind === 'api-token';
  }

  useApiToken(token: string): void {
    this.#credential = { kind: 'api-token', token };
  }

  useTokens(login: Login, tokens: Tokens): void {
    this.#credential = { kind: 'issuer', login, tokens };
  }

  forget(reason: string): void {
    this.#credential = { kind: 'none' };
    this.reason = reason;
    this.signedOut = true;
  }

  /**
   * The token for a request; undefined without a login. One that is about to expire is renewed. Requests wait for that
   * only once it has expired: an issuer that does not answer for a moment delays no request.
   */
  async token(): Promise<string | undefined> {
    const { tokens } = this.#credential.kind === 'issuer' ? this.#credential : { tokens: undefined };
    if (tokens?.expiresAt !== undefined) {
      if (tokens.expiresAt <= Date.now()) await this.renew();
      else if (tokens.refresh !== undefined && tokens.expiresAt - EARLY < Date.now()) void this.renew();
    }
    if (this.#credential.kind === 'api-token') return this.#credential.token;
    return this.#credential.kind === 'issuer' ? this.#credential.tokens.access : undefined;
  }

  /** Renews the token. Requests that notice at the same time share one renewal. */
  renew(): Promise<Renewal> {
    this.#renewal ??= this.#renewed().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renewed(): Promise<Renewal> {
    const credential = this.#credential;
    if (credential.kind !== 'issuer' || credential.tokens.refresh === undefined) {
      if (this.settings.loginRequired) this.forget(credential.kind === 'none' ? '' : 'Your login has expired.');
      return 'ended';
    }
    try {
      const { renewed } = await import('../auth/login');
      const tokens = await renewed(credential.login, credential.tokens.refresh);
      // The login has changed meanwhile.
      if (this.#credential !== credential) return 'failed';
      if (tokens === 'refused') {
        this.forget('Your login has expired.');
        return 'ended';
      }
      this.useTokens(credential.login, tokens);
      return 'renewed';
    } catch {
      return 'failed';
    }
  }
}

export const session = new Session();
