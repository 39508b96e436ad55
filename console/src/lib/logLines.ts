import { plainText } from './ansi';

/** A line of a log: the job's own, one of the plugin, or a note of the console about the log. */
export interface LogLine {
  readonly origin: 'job' | 'plugin' | 'note';
  readonly text: string;
  readonly at?: string;
}

/** A line that is redrawn by `\r` keeps its last redraws only, once it is longer than this. */
const REDRAWN_LENGTH = 20_000;

/**
 * The lines of a log in order. At most `limit` are kept; the oldest go first, a block at a time, so that adding stays
 * cheap.
 */
export class LogLines {
  #lines: LogLine[] = [];
  #isOpen = false;
  readonly #limit: number;

  /** How many older lines are not kept any more. */
  dropped = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#lines.length;
  }

  /** The line at a position from 0; undefined outside. */
  at(index: number): LogLine | undefined {
    return this.#lines[index];
  }

  /** Adds a piece of a line. A piece that continues goes on in the next piece of the same origin. */
  add(piece: LogLine, continues: boolean): void {
    const last = this.#lines.at(-1);
    if (this.#isOpen && last !== undefined && last.origin === piece.origin) {
      this.#lines[this.#lines.length - 1] = { ...last, text: shortened(last.text + piece.text) };
    } else {
      this.#lines.push(piece);
      this.#dropOldest();
    }
    this.#isOpen = continues;
  }

  /** The positions of lines that contain the text, in any case, from `from` to before `to`. */
  matches(text: string, from: number, to: number): number[] {
    const wanted = text.toLowerCase();
    const found: number[] = [];
    for (let index = from; index < Math.min(to, this.#lines.length); index += 1) {
      const line = this.#lines[index];
      if (line !== undefined && plainText(line.text).toLowerCase().includes(wanted)) found.push(index);
    }
    return found;
  }

  /** All lines as text, without colours. */
  text(): string {
    return this.#lines.map((line) => plainText(line.text) + '\n').join('');
  }

  #dropOldest(): void {
    const block = Math.ceil(this.#limit / 10);
    if (this.#lines.length > this.#limit + block) {
      this.dropped += this.#lines.length - this.#limit;
      this.#lines = this.#lines.slice(-this.#limit);
    }
  }
}

function shortened(text: string): string {
  if (text.length <= REDRAWN_LENGTH) return text;
  const kept = text.lastIndexOf('\r', text.lastIndexOf('\r') - 1);
  return kept <= 0 ? text : text.slice(kept);
}
