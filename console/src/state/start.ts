import { answer, gateway } from '../api/gateway';
import { CALLBACK } from '../auth/callback';
import { liveJobs } from './jobs.svelte';
import { router } from './router.svelte';
import { session, type Settings } from './session.svelte';

/**
 * Learns how to log in, completes a login that is under way, and opens the workspace. Returns the problem if the
 * gateway can't be reached.
 */
export async function start(): Promise<string | undefined> {
  try {
    const response = await fetch('/console/settings.json');
    if (!response.ok) return `The gateway answered with the status ${response.status}.`;
    session.settings = (await response.json()) as Settings;
  } catch {
    return 'The gateway did not answer.';
  }
  if (location.pathname === CALLBACK) await completeLogin();
  if (session.settings.loginRequired && !session.hasCredential) {
    session.signedOut = true;
    return undefined;
  }
  return openWorkspace();
}

async function completeLogin(): Promise<void> {
  try {
    const { tokensOfCode } = await import('../auth/login');
    const { tokens, login, returnTo } = await tokensOfCode(session.settings.logins);
    session.useTokens(login, tokens);
    router.go(returnTo);
  } catch (failure) {
    session.forget(`The login failed. ${failure instanceof Error ? failure.message : ''}`);
    router.go('/console/');
  }
}

/** Lists the caller's workspaces and opens the one of the address, or the first. */
export async function openWorkspace(): Promise<string | undefined> {
  session.workspace = '';
  const workspaces = await answer(gateway.GET('/api/v1/workspaces'));
  if (!workspaces.ok) {
    if (workspaces.problem.status === 401) {
      session.forget(session.reason || workspaces.problem.detail);
      return undefined;
    }
    return workspaces.problem.detail;
  }
  session.workspaces = workspaces.data.items;
  session.signedOut = false;
  session.reason = '';
  useWorkspace(workspaceOfAddress());
  return undefined;
}

/** Goes back and forward over a change of the workspace too. */
addEventListener('popstate', () => {
  if (session.workspaces.length === 0) return;
  const wanted = workspaceOfAddress();
  if (wanted !== session.workspace) useWorkspace(wanted);
});

/** The workspace of the address, if it is one of the caller's, or the first. */
function workspaceOfAddress(): string {
  const wanted = router.query.get('workspace');
  return session.workspaces.find(({ name }) => name === wanted)?.name ?? session.workspaces[0]?.name ?? '';
}

/** Shows the jobs of another workspace of the caller. */
export function useWorkspace(name: string): void {
  session.workspace = name;
  liveJobs.start();
}
