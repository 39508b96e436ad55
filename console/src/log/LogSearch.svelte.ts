import type { LogLines } from '../lib/logLines';

const SLICE = 20_000;

/** The lines of a log that contain a text. New lines are searched as they arrive, long logs in slices. */
export class LogSearch {
  text = $state('');
  /** Positions of the lines that match, in order. */
  found = $state.raw<readonly number[]>([]);
  /** Which of them is looked at, from 0; -1 for none. */
  current = $state(-1);
  #searched = 0;
  #dropped = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Searches for another text, from the start. */
  begin(text: string, lines: LogLines): void {
    this.text = text.toLowerCase();
    this.found = [];
    this.current = -1;
    this.#searched = 0;
    this.#dropped = lines.dropped;
    this.continue(lines);
  }

  /** Searches the lines that were added. The last one is searched again next time: it may have grown. */
  continue(lines: LogLines): void {
    clearTimeout(this.#timer);
    if (this.text === '') return;
    this.#forget(lines.dropped - this.#dropped);
    this.#dropped = lines.dropped;
    const end = Math.min(this.#searched + SLICE, lines.length);
    const from = this.#searched;
    this.found = [...this.found.filter((index) => index < from), ...lines.matches(this.text, from, end)];
    this.#searched = end === lines.length ? Math.max(0, end - 1) : end;
    if (end < lines.length) this.#timer = setTimeout(() => this.continue(lines));
  }

  /** Moves all positions, since this many lines are not kept any more. */
  #forget(count: number): void {
    if (count === 0) return;
    const kept = this.found.filter((index) => index >= count);
    this.current = Math.max(-1, this.current - (this.found.length - kept.length));
    this.found = kept.map((index) => index - count);
    this.#searched = Math.max(0, this.#searched - count);
  }

  /** The line to look at next, forwards or backwards; undefined if none matches. */
  step(direction: 1 | -1): number | undefined {
    if (this.found.length === 0) return undefined;
    this.current = (this.current + direction + this.found.length) % this.found.length;
    return this.found[this.current];
  }
}
