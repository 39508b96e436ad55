import { answer, gateway } from '../api/gateway';
import { type Connection, readEvents } from '../api/stream';
import type { DeletedJob, Job, Problem } from '../api/types';
import type { ServerEvent } from '../lib/events';
import { compare } from '../lib/rows';

const PAGE = 500;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 30_000;

/** A job that was deleted while the console was open, as it was last known. */
export interface Removed {
  readonly job: Job;
  readonly deletion: DeletedJob;
}

/** The jobs of the workspace as they change: one list and one stream of events for the whole console. */
class LiveJobs {
  connection = $state<Connection>('connecting');
  problem = $state.raw<Problem | undefined>();
  /** Whether all jobs were listed. */
  isComplete = $state(false);
  #jobs = new Map<string, Job>();
  #removed = new Map<string, Removed>();
  #version = $state(0);
  #scheduled = false;
  #repetition: ReturnType<typeof setTimeout> | undefined;
  /** The list that was begun last: an older one is not continued. */
  #latestList = {};
  #stopped = new AbortController();
  /** Uids of which an event arrived since the list was requested: the event is newer than the list. */
  #newer = new Set<string>();

  /** All jobs, the newest first. */
  readonly all: readonly Job[] = $derived.by(() => {
    void this.#version;
    return [...this.#jobs.values()].sort(
      (one, other) => compare(other.createdAt, one.createdAt) || compare(one.name, other.name),
    );
  });

  readonly #byName: ReadonlyMap<string, Job> = $derived(new Map(this.all.map((job) => [job.name, job])));

  named(name: string): Job | undefined {
    return this.#byName.get(name);
  }

  removed(name: string): Removed | undefined {
    void this.#version;
    return this.#removed.get(name);
  }

  /** The last job of each name that was deleted while the console was open. */
  readonly allRemoved: readonly Job[] = $derived.by(() => {
    void this.#version;
    return [...this.#removed.values()].map(({ job }) => job);
  });

  /** Shows an answer of the gateway that is newer than what the events delivered. */
  put(job: Job): void {
    this.#jobs.set(job.uid, job);
    this.#newer.add(job.uid);
    this.#changed();
  }

  /** Begins again, for another workspace or caller. */
  start(): void {
    this.stop();
    this.#stopped = new AbortController();
    const { signal } = this.#stopped;
    void readEvents(
      '/api/v1/events',
      {
        events: (events) => {
          for (const event of events) this.#handle(event, signal);
          return 'go on';
        },
        connection: (connection) => {
          // Jobs are listed once the stream is open, so that no change between both is missed.
          const isFirst = this.connection === 'connecting';
          this.connection = connection;
          if (connection === 'open' && (isFirst || !this.isComplete)) void this.#list(signal);
        },
        refused: (problem) => {
          this.problem = problem;
        },
        restarted: () => void this.#list(signal),
      },
      signal,
    );
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#repetition);
    this.#jobs.clear();
    this.#removed.clear();
    this.#changed();
    this.isComplete = false;
    this.problem = undefined;
    this.connection = 'connecting';
  }

  #handle({ type, data }: ServerEvent, signal: AbortSignal): void {
    if (type === 'state') this.put(JSON.parse(data) as Job);
    if (type === 'walltime') this.put((JSON.parse(data) as { job: Job }).job);
    if (type === 'deleted') this.#remove(JSON.parse(data) as DeletedJob);
    if (type === 'reset') void this.#list(signal);
  }

  #remove(deletion: DeletedJob): void {
    const job = this.#jobs.get(deletion.uid);
    if (job !== undefined) this.#removed.set(deletion.name, { job, deletion });
    this.#jobs.delete(deletion.uid);
    this.#newer.add(deletion.uid);
    this.#changed();
  }

  /** Lists all jobs, and again after growing pauses until it succeeds. */
  async #list(signal: AbortSignal, pause = FIRST_PAUSE): Promise<void> {
    clearTimeout(this.#repetition);
    const list = {};
    this.#latestList = list;
    this.isComplete = false;
    this.#newer.clear();
    const listed = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await answer(
        gateway.GET('/api/v1/jobs', { params: { query: { limit: PAGE, ...(cursor && { cursor }) } }, signal }),
      );
      if (signal.aborted || this.#latestList !== list) return;
      if (!page.ok) {
        this.problem = page.problem;
        this.#repetition = setTimeout(() => void this.#list(signal, Math.min(pause * 2, LONGEST_PAUSE)), pause);
        return;
      }
      for (const job of page.data.items) {
        listed.add(job.uid);
        if (!this.#newer.has(job.uid)) this.#jobs.set(job.uid, job);
      }
      this.#changed();
      cursor = page.data.nextCursor;
    } while (cursor !== undefined);
    for (const uid of this.#jobs.keys()) {
      if (!listed.has(uid) && !this.#newer.has(uid)) this.#jobs.delete(uid);
    }
    this.problem = undefined;
    this.isComplete = true;
    this.#changed();
  }

  /** Many events at once are drawn once. */
  #changed(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => {
      this.#scheduled = false;
      this.#version += 1;
    }, 50);
  }
}

export const liveJobs = new LiveJobs();
