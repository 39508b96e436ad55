/** How a run of characters looks. Colours are numbers of the 16-colour palette, or an `rgb(…)` text. */
export interface Look {
  readonly color?: number | string;
  readonly background?: number | string;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly inverse?: true;
}

/** Characters that look alike. */
export interface Run {
  readonly text: string;
  readonly look: Look;
}

const PLAIN: Look = {};
// CSI sequences, OSC sequences (titles, links) with their text, and other escapes of two characters.
const ESCAPE = /\x1b(?:\[([0-9:;<=>?]*)[ -/]*([@-~])?|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])?/g;
// C0 controls but the tab and those that are interpreted, DEL and C1, marks that reorder text, spaces without width, line
// separators, and tags.
const INVISIBLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u061c\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** Makes characters visible that would otherwise hide or reorder text. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (mark) => {
    const code = mark.codePointAt(0) ?? 0;
    return code < 32 ? String.fromCharCode(0x2400 + code) : `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
  });
}

/** The text of a line as a terminal would show it, without colours. */
export function plainText(line: string): string {
  return needsTerminal(line)
    ? terminalRuns(line)
        .map((run) => run.text)
        .join('')
    : line;
}

/** The runs of a line as a terminal would show them: escape sequences are colours, and `\r` goes back to the start. */
export function terminalRuns(line: string): Run[] {
  if (!needsTerminal(line)) return line === '' ? [] : [{ text: visible(line), look: PLAIN }];
  let shown: Run[] = [];
  let written: Run[] = [];
  let look = PLAIN;
  const write = (text: string): void => {
    const parts = text.split('\r');
    parts.forEach((part, index) => {
      if (index > 0) {
        shown = overlaid(shown, written);
        written = [];
      }
      if (part !== '') written.push({ text: visible(part), look });
    });
  };
  let from = 0;
  for (const match of line.matchAll(ESCAPE)) {
    write(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') look = changed(look, match[1] ?? '');
    if (match[2] === 'K') {
      shown = match[1] === '2' ? [] : firstColumns(shown, width(written));
      written = match[1] === '2' ? [] : written;
    }
  }
  write(line.slice(from));
  return overlaid(shown, written);
}

function needsTerminal(line: string): boolean {
  return line.includes('\x1b') || line.includes('\r');
}

function width(runs: Run[]): number {
  return runs.reduce((sum, run) => sum + run.text.length, 0);
}

function overlaid(under: Run[], over: Run[]): Run[] {
  return [...over, ...withoutColumns(under, width(over))];
}

function withoutColumns(runs: Run[], columns: number): Run[] {
  let left = columns;
  const kept: Run[] = [];
  for (const run of runs) {
    if (run.text.length > left) kept.push({ text: run.text.slice(left), look: run.look });
    left = Math.max(0, left - run.text.length);
  }
  return kept;
}

function firstColumns(runs: Run[], columns: number): Run[] {
  let left = columns;
  const kept: Run[] = [];
  for (const run of runs) {
    if (left > 0) kept.push({ text: run.text.slice(0, left), look: run.look });
    left = Math.max(0, left - run.text.length);
  }
  return kept;
}

function changed(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  let result: Look = look;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const extended = extendedColor(codes.slice(at + 1));
      if (extended === undefined) return result;
      result = { ...result, [code === 38 ? 'color' : 'background']: extended.color };
      at += extended.length;
    } else {
      result = changedBy(result, code);
    }
  }
  return result;
}

function changedBy(look: Look, code: number): Look {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 3) return { ...look, italic: true };
  if (code === 4) return { ...look, underline: true };
  if (code === 7) return { ...look, inverse: true };
  if (code === 22) return without(look, 'bold', 'dim');
  if (code === 23) return without(look, 'italic');
  if (code === 24) return without(look, 'underline');
  if (code === 27) return without(look, 'inverse');
  if (code === 39) return without(look, 'color');
  if (code === 49) return without(look, 'background');
  if (code >= 30 && code <= 37) return { ...look, color: code - 30 };
  if (code >= 90 && code <= 97) return { ...look, color: code - 82 };
  if (code >= 40 && code <= 47) return { ...look, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...look, background: code - 92 };
  return look;
}

function without(look: Look, ...names: (keyof Look)[]): Look {
  return Object.fromEntries(Object.entries(look).filter(([name]) => !names.includes(name as keyof Look)));
}

function extendedColor(codes: number[]): { color: number | string; length: number } | undefined {
  const [kind, first, second, third] = codes;
  if (kind === 5 && isByte(first)) {
    return { color: first < 16 ? first : indexedColor(first), length: 2 };
  }
  if (kind === 2 && isByte(first) && isByte(second) && isByte(third)) {
    return { color: `rgb(${first} ${second} ${third})`, length: 4 };
  }
  return undefined;
}

function isByte(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 0 && value <= 255;
}

/** The colours of the 6 × 6 × 6 cube and of the gray ramp after it. */
function indexedColor(index: number): string {
  if (index >= 232) {
    const gray = 8 + (index - 232) * 10;
    return `rgb(${gray} ${gray} ${gray})`;
  }
  const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return `rgb(${level(Math.floor(cube / 36))} ${level(Math.floor(cube / 6) % 6)} ${level(cube % 6)})`;
}
