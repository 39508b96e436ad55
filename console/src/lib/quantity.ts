const SUFFIXES: ReadonlyMap<string, number> = new Map([
  ['n', 1e-9],
  ['u', 1e-6],
  ['m', 1e-3],
  ['', 1],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
  ['E', 1e18],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
  ['Pi', 2 ** 50],
  ['Ei', 2 ** 60],
]);

/** The value of a Kubernetes quantity such as `150Gi` or `500m`; undefined for any other text. */
export function quantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(text);
  const factor = SUFFIXES.get(match?.[2] ?? 'none');
  return match === null || factor === undefined ? undefined : Number(match[1]) * factor;
}

/** A value of a resource for people: bytes in binary units, anything else as a number. */
export function amount(resource: string, value: number): string {
  if (!/memory|storage|bytes/.test(resource)) return (Math.round(value * 100) / 100).toLocaleString('en');
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let rest = value;
  let unit = 0;
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  return `${rest >= 100 ? Math.round(rest) : Math.round(rest * 10) / 10} ${units[unit]}`;
}
