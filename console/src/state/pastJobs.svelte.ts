import { answer, gateway } from '../api/gateway';
import type { PastJob, Problem } from '../api/types';
import type { pastQuery } from '../lib/filters';
import { session } from './session.svelte';

type Query = ReturnType<typeof pastQuery>;

/**
 * Without a database, a gateway answers requests about past jobs with 403. A caller without access to the workspace
 * gets 404 there and for live jobs, where it is shown.
 */
const SWITCHED_OFF = [403, 404];
/** Where the history was refused: for this caller, in this workspace. */
let off: { readonly caller: unknown; readonly workspace: string } | undefined;

function isOff(): boolean {
  return off !== undefined && off.caller === session.workspaces && off.workspace === session.workspace;
}

/** Jobs of the history, by pages; none if the gateway has no history. */
export class PastJobs {
  jobs = $state.raw<readonly PastJob[]>([]);
  problem = $state.raw<Problem | undefined>();
  isLoading = $state(false);
  #cursor = $state<string | undefined>();
  #query: Query = {};
  #request = new AbortController();
  readonly #limit: number;

  /** With this many jobs on a page, at most 500. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get hasMore(): boolean {
    return this.#cursor !== undefined;
  }

  /** Loads the first page of other jobs. */
  load(query: Query): Promise<void> {
    this.#query = query;
    return this.#read(undefined);
  }

  /** Loads the next page. */
  loadMore(): Promise<void> {
    return this.#read(this.#cursor);
  }

  /** Ignores the answer to the last request, if it has not arrived. */
  stop(): void {
    this.#request.abort();
    this.isLoading = false;
  }

  async #read(cursor: string | undefined): Promise<void> {
    this.stop();
    if (isOff()) return;
    this.#request = new AbortController();
    const { signal } = this.#request;
    this.isLoading = true;
    const query = { ...this.#query, limit: this.#limit, ...(cursor !== undefined && { cursor }) };
    const page = await answer(gateway.GET('/api/v1/history/jobs', { params: { query }, signal }));
    if (signal.aborted) return;
    this.isLoading = false;
    const isRefused = !page.ok && SWITCHED_OFF.includes(page.problem.status);
    if (isRefused) off = { caller: session.workspaces, workspace: session.workspace };
    this.problem = page.ok || isRefused ? undefined : page.problem;
    if (!page.ok) return;
    this.jobs = cursor === undefined ? page.data.items : [...this.jobs, ...page.data.items];
    this.#cursor = page.data.nextCursor;
  }
}
