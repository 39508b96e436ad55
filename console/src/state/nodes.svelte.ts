import { activeJobs } from '../api/activeJobs';
import { answer, gateway } from '../api/gateway';
import { isFinal, type Job, type Node, type Problem } from '../api/types';
import { liveJobs } from './jobs.svelte';

const REFRESH = 15_000;

/** The nodes, and the jobs that hold their resources. No events are sent for nodes: they are read again and again. */
export class Nodes {
  /** Undefined before they are known. */
  all = $state.raw<readonly Node[] | undefined>();
  /** The active jobs of the workspace, with their definitions. */
  active = $state.raw<readonly Job[]>([]);
  problem = $state.raw<Problem | undefined>();
  #known: string | undefined;

  /** Reads the nodes now and then while the tab is shown. Returns how to stop that. */
  follow(): () => void {
    void this.#refresh();
    const timer = setInterval(() => !document.hidden && void this.#refresh(), REFRESH);
    return () => clearInterval(timer);
  }

  async #refresh(): Promise<void> {
    const listed = await answer(gateway.GET('/api/v1/nodes'));
    this.problem = listed.ok ? undefined : listed.problem;
    if (listed.ok) this.all = listed.data.items;
    // Definitions never change, and there can be many: they are read for other jobs alone.
    const uids = activeUids();
    if (uids !== undefined && uids === this.#known) return;
    const active = await activeJobs();
    if (active === undefined) return;
    this.active = active;
    this.#known = uids;
  }
}

/** The uids of the active jobs as one text; undefined before they are known. */
function activeUids(): string | undefined {
  if (!liveJobs.isComplete) return undefined;
  return liveJobs.all.flatMap(({ uid, state }) => (isFinal(state) ? [] : uid)).sort().join();
}
