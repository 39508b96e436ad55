import { type Connection, readEvents } from '../api/stream';
import type { Problem } from '../api/types';
import type { ServerEvent } from '../lib/events';
import { LogLines } from '../lib/logLines';

/** How many lines are asked for. */
export const LINES = 100_000;
/** What a tab can hold beside the page itself. */
const LIMITS = { lines: LINES, characters: 64_000_000, line: 1_000_000 };

/** Which log is read. */
export interface LogChoice {
  /** The log's address, without a query. */
  readonly path: string;
  /** Whether it is of a live job, and can grow. */
  readonly isLive: boolean;
  /** The container; empty for the default one. */
  readonly container: string;
  /** Whether the plugin's lines are read too. */
  readonly withPlugin: boolean;
}

/** The log of a job as it grows. */
export class LogSource {
  readonly lines = new LogLines(LIMITS);
  /** Changes when lines were added; many at once change it once. */
  version = $state(0);
  connection = $state<Connection>('connecting');
  /** Why the log can't be read now; it is tried again. */
  trouble = $state('');
  /** Why the log can't be read at all. */
  refusal = $state.raw<Problem | undefined>();
  hasEnded = $state(false);
  readonly #stopped = new AbortController();
  #isScheduled = false;
  #decoder = new TextDecoder();

  constructor(choice: LogChoice) {
    const query = queryOf(choice);
    query.set('tailLines', `${LINES}`);
    if (choice.isLive) query.set('follow', 'true');
    void readEvents(
      `${choice.path}?${query}`,
      {
        events: (events) => this.#add(events),
        connection: (connection) => {
          this.connection = connection;
          if (connection === 'open') this.trouble = '';
        },
        unavailable: ({ detail }) => {
          this.trouble = detail;
        },
        refused: (problem) => {
          this.refusal = problem;
        },
        restarted: () => {
          this.lines.add({ origin: 'note', text: 'The log begins again here: the position in it is not known any more.' }, false);
        },
      },
      this.#stopped.signal,
    );
  }

  close(): void {
    this.#stopped.abort();
  }

  #add(events: readonly ServerEvent[]): 'go on' | 'stop' {
    for (const { type, data } of events) {
      if (type === 'log') this.#line(JSON.parse(data) as LineData);
      if (type === 'plugin') this.lines.add({ origin: 'plugin', text: (JSON.parse(data) as { text: string }).text }, false);
      if (type === 'problem') this.trouble = (JSON.parse(data) as { message: string }).message;
      if (type === 'end') this.hasEnded = true;
    }
    this.#changed();
    return this.hasEnded ? 'stop' : 'go on';
  }

  #line({ text, base64, at, partial }: LineData): void {
    this.trouble = '';
    const bytes = (): Uint8Array => Uint8Array.from(atob(base64 ?? ''), (byte) => byte.charCodeAt(0));
    // A line can be cut within a character.
    const content = text ?? this.#decoder.decode(bytes(), { stream: partial === true });
    this.lines.add({ origin: 'job', text: content, ...(at && { at }) }, partial === true);
  }

  #changed(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.version += 1;
    });
  }
}

/** The parameters that a log's stream and its download have in common. */
export function queryOf({ container, withPlugin }: LogChoice): URLSearchParams {
  return new URLSearchParams({ ...(withPlugin && { raw: 'true' }), ...(container !== '' && { container }) });
}

interface LineData {
  readonly text?: string;
  readonly base64?: string;
  readonly at?: string;
  readonly partial?: boolean;
}
