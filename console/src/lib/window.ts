/** The rows of a long list that have to be drawn, with the space before them. */
export interface Window {
  readonly first: number;
  readonly end: number;
  readonly offset: number;
}

const MARGIN = 12;

/** The rows that are visible in a viewport, with a few more on both sides; `end` is after the last. */
export function windowOf(count: number, rowHeight: number, scrollTop: number, viewport: number): Window {
  const top = Math.min(Math.max(0, scrollTop), Math.max(0, count * rowHeight - viewport));
  const first = Math.max(0, Math.floor(top / rowHeight) - MARGIN);
  const end = Math.min(count, Math.ceil((top + viewport) / rowHeight) + MARGIN);
  return { first, end, offset: first * rowHeight };
}

/** The scroll position that shows a row, the present one if it is visible already. */
export function scrollTo(row: number, rowHeight: number, scrollTop: number, viewport: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + viewport ? top + rowHeight - viewport : scrollTop;
}
