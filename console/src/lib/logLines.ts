import { plainText } from './ansi';

/** A line of a log: the job's own, one of the plugin, or a note of the console about the log. */
export interface LogLine {
  readonly origin: 'job' | 'plugin' | 'note';
  readonly text: string;
  readonly at?: string;
  /** How many characters after the text are not kept, if any: the line is too long. */
  readonly omitted?: number;
}

/** How much of a log is kept. */
export interface LogLimits {
  readonly lines: number;
  /** The characters of all lines together. */
  readonly characters: number;
  /** The characters of one line. */
  readonly line: number;
}

/** A line that is redrawn by `\r` keeps its last redraws only, once it is longer than this. */
const REDRAWN_LENGTH = 20_000;
/** The share of the lines or characters that is dropped at once, so that adding stays cheap. */
const BLOCK = 0.1;

/** The lines of a log in order, within limits. The oldest lines go first, a block at a time. */
export class LogLines {
  #lines: LogLine[] = [];
  #characters = 0;
  #isOpen = false;
  readonly #limits: LogLimits;

  /** How many older lines are not kept any more. */
  dropped = 0;

  constructor(limits: LogLimits) {
    this.#limits = limits;
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
      const joined = this.#joined(last, piece.text);
      this.#lines[this.#lines.length - 1] = joined;
      this.#characters += joined.text.length - last.text.length;
    } else {
      const begun = this.#joined({ ...piece, text: '' }, piece.text);
      this.#lines.push(begun);
      this.#characters += begun.text.length;
    }
    this.#isOpen = continues;
    this.#dropOldest();
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
    return this.#lines.map((line) => textOf(line) + '\n').join('');
  }

  /** The line with more text, as far as a line may be long. */
  #joined(line: LogLine, more: string): LogLine {
    const omitted = line.omitted ?? 0;
    // Without this, each piece of an endless line would copy all that is kept of it.
    if (omitted > 0 && !more.includes('\r')) return { ...line, omitted: omitted + more.length };
    const text = redrawn(line.text + more, this.#limits.line);
    const isRedrawn = more.includes('\r');
    const excess = text.length - this.#limits.line;
    const { omitted: _, ...rest } = line;
    if (excess <= 0) return { ...rest, text };
    return { ...rest, text: text.slice(0, this.#limits.line), omitted: (isRedrawn ? 0 : omitted) + excess };
  }

  #dropOldest(): void {
    const { lines, characters } = this.#limits;
    let count = this.#lines.length > lines * (1 + BLOCK) ? this.#lines.length - lines : 0;
    let left = this.#characters;
    for (let index = 0; index < count; index += 1) left -= this.#lines[index]?.text.length ?? 0;
    if (left > characters) {
      for (; left > characters * (1 - BLOCK) && count < this.#lines.length - 1; count += 1) {
        left -= this.#lines[count]?.text.length ?? 0;
      }
    }
    if (count === 0) return;
    this.#lines = this.#lines.slice(count);
    this.#characters = left;
    this.dropped += count;
  }
}

/** A line as text, without colours, with a note of what is not kept. */
export function textOf({ text, omitted }: LogLine): string {
  return omitted === undefined ? plainText(text) : `${plainText(text)} … ${omissionOf(omitted)}`;
}

/** What is shown in place of the end of a line that is too long to be kept. */
export function omissionOf(omitted: number): string {
  return `${omitted.toLocaleString('en')} characters not shown; the download has all`;
}

/** The first characters of a line, and how many are left out. Each redraw of a line begins at its start again. */
export function beginningOf(line: string, length: number): { readonly text: string; readonly hidden: number } {
  if (line.length <= length) return { text: line, hidden: 0 };
  const redraws = line.split('\r');
  const longest = redraws.reduce((most, redraw) => Math.max(most, redraw.length), 0);
  return { text: redraws.map((redraw) => redraw.slice(0, length)).join('\r'), hidden: Math.max(0, longest - length) };
}

function redrawn(text: string, longest: number): string {
  if (text.length <= REDRAWN_LENGTH) return text;
  const last = text.lastIndexOf('\r');
  const kept = text.lastIndexOf('\r', last - 1);
  const redraws = kept <= 0 || last <= 0 ? text : text.slice(kept);
  return redraws.length > longest && last > 0 && last < text.length - 1 ? text.slice(last) : redraws;
}
