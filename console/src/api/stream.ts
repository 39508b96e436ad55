import { EventParser, type ServerEvent } from '../lib/events';
import { problemOf } from './answer';
import { addressOf, authorized } from './gateway';
import type { Problem } from './types';

/** Whether events arrive now. */
export type Connection = 'connecting' | 'open' | 'lost';

/** Who reads a stream of events. */
export interface Reader {
  /** Handles the events that arrived together, in order. `stop` ends the stream. */
  readonly events: (events: readonly ServerEvent[]) => 'go on' | 'stop';
  readonly connection: (state: Connection) => void;
  /** The gateway refuses the stream, and would refuse it again. */
  readonly refused: (problem: Problem) => void;
  /** The gateway can't deliver the stream now; it is tried again. */
  readonly unavailable?: (problem: Problem) => void;
  /** The position is not known any more: what follows does not continue what was read. */
  readonly restarted: () => void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;
/** Heartbeats come at least every 15 seconds: without any for this long, the connection is lost. */
const SILENCE = 50_000;
/** A tab that is hidden for this long closes its streams: a browser has few connections to one host. */
const HIDDEN = 20_000;

/**
 * Reads a stream of events until it ends or the signal aborts it. A lost connection is opened again, after growing
 * pauses, and continues after the last event; while the tab is hidden it stays closed.
 */
export async function readEvents(path: string, reader: Reader, signal: AbortSignal): Promise<void> {
  let lastId: string | undefined;
  let wait = FIRST_PAUSE;
  while (!signal.aborted) {
    await untilShown(signal);
    const connection = new Connected(signal);
    try {
      const response = await authorized(request(path, lastId, connection.signal));
      if (response.status === 204) return;
      if (!response.ok) {
        const problem = problemOf(response.status, await response.json().catch(() => undefined));
        if (problem.status === 410 && lastId !== undefined) {
          lastId = undefined;
          reader.restarted();
          continue;
        }
        if (isFinal(problem.status)) {
          reader.refused(problem);
          return;
        }
        reader.unavailable?.(problem);
        throw new Error(problem.detail);
      }
      reader.connection('open');
      const parser = new EventParser();
      for await (const chunk of texts(response)) {
        connection.heard();
        const events = parser.push(chunk);
        lastId = parser.lastId ?? lastId;
        // Not once it is open: a gateway that closes its streams at once would get too many requests.
        if (events.length > 0 || parser.lastId !== undefined) wait = FIRST_PAUSE;
        if (events.length > 0 && reader.events(events) === 'stop') return;
      }
    } catch {
      // The connection is lost; it is opened again below.
    } finally {
      connection.close();
    }
    if (signal.aborted) return;
    reader.connection('lost');
    await pause(wait * (0.75 + Math.random() / 2), signal);
    wait = Math.min(wait * 2, LONGEST_PAUSE);
  }
}

function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

function request(path: string, lastId: string | undefined, signal: AbortSignal): Request {
  return new Request(addressOf(path), {
    headers: { Accept: 'text/event-stream', ...(lastId === undefined ? {} : { 'Last-Event-ID': lastId }) },
    cache: 'no-store',
    signal,
  });
}

async function* texts(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    yield decoder.decode(read.value, { stream: true });
  }
}

/** One connection, which ends when nothing is heard for long, or when the tab is hidden for long. */
class Connected {
  readonly #controller = new AbortController();
  #silence = setTimeout(() => this.#controller.abort(), SILENCE);
  #hidden: ReturnType<typeof setTimeout> | undefined;
  readonly #visibility = (): void => {
    clearTimeout(this.#hidden);
    if (document.hidden) this.#hidden = setTimeout(() => this.#controller.abort(), HIDDEN);
  };

  constructor(owner: AbortSignal) {
    document.addEventListener('visibilitychange', this.#visibility);
    owner.addEventListener('abort', () => this.#controller.abort(), { signal: this.#controller.signal });
    this.#visibility();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#controller.abort(), SILENCE);
  }

  close(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#hidden);
    document.removeEventListener('visibilitychange', this.#visibility);
    this.#controller.abort();
  }
}

function untilShown(signal: AbortSignal): Promise<void> {
  if (!document.hidden || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const shown = new AbortController();
    const done = (): void => {
      shown.abort();
      resolve();
    };
    document.addEventListener('visibilitychange', () => !document.hidden && done(), { signal: shown.signal });
    signal.addEventListener('abort', done, { signal: shown.signal });
  });
}

function pause(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, time);
    signal.addEventListener('abort', done);
  });
}
