import { describe, expect, it } from 'vitest';
import { EventParser } from './events';

const STREAM =
  '\uFEFF: heartbeat\r\n\r\nevent: log\r\nid: a/1\r\ndata: {"text":"é \u{1F680}"}\r\n\r\n' +
  'id: a/2\r\n\r\ndata: one\rdata:two\r\rdata\n\nevent: lost\ndata: never ends';

function parse(chunks: string[]): { events: unknown[]; lastId: string | undefined } {
  const parser = new EventParser();
  return { events: chunks.flatMap((chunk) => parser.push(chunk)), lastId: parser.lastId };
}

const EXPECTED = {
  events: [
    { type: 'log', data: '{"text":"é \u{1F680}"}' },
    { type: 'message', data: 'one\ntwo' },
    { type: 'message', data: '' },
  ],
  lastId: 'a/2',
};

describe('event parser', () => {
  it('reads events with any line ends', () => {
    expect(parse([STREAM])).toEqual(EXPECTED);
  });

  it('does not depend on where the chunks end', () => {
    for (let cut = 0; cut <= STREAM.length; cut += 1) {
      expect(parse([STREAM.slice(0, cut), STREAM.slice(cut)])).toEqual(EXPECTED);
    }
    expect(parse([...STREAM].flatMap((character) => [character, '']))).toEqual(EXPECTED);
  });

  it('takes the position from heartbeats without data', () => {
    expect(parse(['id: 7\n\n', ':\n\n'])).toEqual({ events: [], lastId: '7' });
  });

  it('keeps the position of the last complete event', () => {
    expect(parse(['id: 7\n\nid: 8\ndata: x\n']).lastId).toBe('7');
  });

  it('ignores unknown fields and ids with a null character', () => {
    expect(parse(['id: 7\n\nid: 8\0\nretry: 5\n__proto__: x\ndata: y\n\n'])).toEqual({
      events: [{ type: 'message', data: 'y' }],
      lastId: '7',
    });
  });

  it('ends a line that never ends', () => {
    const parser = new EventParser();
    expect(() => {
      for (let count = 0; count < 10; count += 1) parser.push('x'.repeat(1_000_000));
    }).toThrow('too long');
  });
});
