/** One server-sent event. */
export interface ServerEvent {
  readonly type: string;
  readonly data: string;
}

const MAX_LINE = 8_000_000;

/**
 * Parses a stream of server-sent events, in chunks of any size. It keeps the position of the last complete event, from
 * which a new connection can continue.
 */
export class EventParser {
  #rest = '';
  #skipsLineFeed = false;
  #first = true;
  #type = '';
  #data: string[] = [];
  #id: string | undefined;

  /** The id of the last complete event or heartbeat; undefined before the first. */
  lastId: string | undefined;

  /** Returns the events that the chunk completes. */
  push(chunk: string): ServerEvent[] {
    let text = chunk;
    if (this.#first && text !== '') {
      this.#first = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    if (this.#skipsLineFeed && text !== '') {
      if (text.startsWith('\n')) text = text.slice(1);
      this.#skipsLineFeed = false;
    }
    text = this.#rest + text;
    const events: ServerEvent[] = [];
    let start = 0;
    for (let at = lineEnd(text, start); at >= 0; at = lineEnd(text, start)) {
      this.#line(text.slice(start, at), events);
      start = at + 1;
      if (text[at] === '\r') {
        if (start === text.length) this.#skipsLineFeed = true;
        else if (text[start] === '\n') start += 1;
      }
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > MAX_LINE) throw new Error('A line of the event stream is too long.');
    return events;
  }

  #line(line: string, events: ServerEvent[]): void {
    if (line === '') {
      this.#dispatch(events);
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const raw = colon < 0 ? '' : line.slice(colon + 1);
    const value = raw.startsWith(' ') ? raw.slice(1) : raw;
    if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
  }

  #dispatch(events: ServerEvent[]): void {
    this.lastId = this.#id ?? this.lastId;
    if (this.#data.length > 0) events.push({ type: this.#type || 'message', data: this.#data.join('\n') });
    this.#type = '';
    this.#data = [];
  }
}

function lineEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return at;
  }
  return -1;
}
