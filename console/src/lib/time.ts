const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** In milliseconds. */
export const DAY = 24 * HOUR;
const DURATION = /^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** An ISO 8601 duration of days and shorter units in milliseconds; undefined for any other text. */
export function milliseconds(duration: string): number | undefined {
  const match = DURATION.exec(duration);
  if (match === null || /[PT]$/.test(duration)) return undefined;
  const [, sign, days, hours, minutes, seconds] = match;
  const sum =
    Number(days ?? 0) * DAY + Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE + Number(seconds ?? 0) * SECOND;
  return sign === '-' ? -sum : sum;
}

/** A length of time in its two largest units, such as `2 h 5 min`; negative ones as zero. */
export function lengthOf(span: number): string {
  const rest = Math.max(0, span);
  if (rest < MINUTE) return `${Math.floor(rest / SECOND)} s`;
  if (rest < HOUR) return units(rest, MINUTE, 'min', SECOND, 's');
  return rest < DAY ? units(rest, HOUR, 'h', MINUTE, 'min') : units(rest, DAY, 'd', HOUR, 'h');
}

function units(span: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((span % large) / small);
  return `${Math.floor(span / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** How long ago a time was, or how far ahead it is, in one unit. */
export function relative(time: number, now: number): string {
  const span = Math.abs(now - time);
  if (span < 5 * SECOND) return 'now';
  const text =
    span < MINUTE
      ? `${Math.floor(span / SECOND)} s`
      : span < HOUR
        ? `${Math.floor(span / MINUTE)} min`
        : span < DAY
          ? `${Math.floor(span / HOUR)} h`
          : `${Math.floor(span / DAY)} d`;
  return time <= now ? `${text} ago` : `in ${text}`;
}

const EXACT = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric',
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

/** A time to the second in the reader's time zone. */
export function exact(time: number): string {
  return EXACT.format(time);
}

const TIME_OF_DAY = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The time of day to the second, eight characters, in the reader's time zone; empty for no time. */
export function timeOfDay(time: number): string {
  return Number.isNaN(time) ? '' : TIME_OF_DAY.format(time);
}

/** A text such as `90 min`, `1h30m`, `1:30:00` or `PT90M` as an ISO 8601 duration; undefined for any other. */
export function isoDuration(text: string): string | undefined {
  const trimmed = text.trim();
  if (milliseconds(trimmed) !== undefined) return trimmed;
  const clock = /^(?:(\d+)-)?(\d+):(\d{2}):(\d{2})$/.exec(trimmed);
  const parts =
    clock ?? /^(?:(\d+)\s*d)?\s*(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+)\s*s)?$/i.exec(trimmed);
  if (parts === null || trimmed === '') return undefined;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  const time = [`${hours}H`, `${minutes}M`, `${seconds}S`].filter((part) => !part.startsWith('0')).join('');
  const iso = `P${days ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
  return iso === 'P' ? undefined : iso;
}

/** A number of seconds, or a text such as `7 d` or `PT12H`, in seconds; undefined for any other. */
export function secondsOf(text: string): number | undefined {
  const match = /^\s*(\d+)\s*s?\s*$/.exec(text);
  if (match !== null) return Number(match[1]);
  const span = milliseconds(isoDuration(text) ?? '');
  return span === undefined ? undefined : span / SECOND;
}

/** A number of seconds as a text that `secondsOf` reads as the same number. */
export function secondsText(seconds: number): string {
  const text = lengthOf(seconds * SECOND);
  return secondsOf(text) === seconds ? text : `${seconds} s`;
}
