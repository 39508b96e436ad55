import { describe, expect, it } from 'vitest';
import { plainText, terminalRuns, visible } from './ansi';

describe('terminal runs', () => {
  it('gives text colours until they are reset', () => {
    expect(terminalRuns('a\x1b[31;1mb\x1b[0mc')).toEqual([
      { text: 'a', look: {} },
      { text: 'b', look: { color: 1, bold: true } },
      { text: 'c', look: {} },
    ]);
  });

  it('knows bright, indexed and true colours', () => {
    const look = (codes: string) => terminalRuns(`\x1b[${codes}mx`)[0]?.look;
    expect(look('95')).toEqual({ color: 13 });
    expect(look('48;5;196')).toEqual({ background: 'rgb(255 0 0)' });
    expect(look('38;5;244')).toEqual({ color: 'rgb(128 128 128)' });
    expect(look('38:2:1:2:3')).toEqual({ color: 'rgb(1 2 3)' });
    expect(look('38;2;1;2;999;4')).toEqual({});
    expect(look('1;22;3;23;4;24;7;27;31;39;41;49')).toEqual({});
  });

  it('removes titles, links and cursor movements', () => {
    expect(plainText('\x1b]0;title\x07a\x1b[2Jb\x1b]8;;http://x\x1b\\c\x1b(B\x1b[?25l')).toBe('abc');
    expect(plainText('a\x1b')).toBe('a');
    expect(plainText('a\x1b[')).toBe('a');
    expect(plainText('a\x1b]0;never ends')).toBe('a');
  });

  it('draws a progress bar over itself', () => {
    expect(plainText('10%\r20%\r100%')).toBe('100%');
    expect(plainText('long text\rab')).toBe('abng text');
    expect(plainText('long text\rab\x1b[K')).toBe('ab');
    expect(plainText('long text\x1b[2K\rab')).toBe('ab');
    expect(plainText('windows\r')).toBe('windows');
    expect(terminalRuns('\x1b[32mlong\x1b[0m\rab')).toEqual([
      { text: 'ab', look: {} },
      { text: 'ng', look: { color: 2 } },
    ]);
  });

  it('leaves markup as it is', () => {
    expect(terminalRuns('<img src=x onerror=alert(1)>')).toEqual([{ text: '<img src=x onerror=alert(1)>', look: {} }]);
  });

  it('removes escapes that are not complete', () => {
    expect(plainText(`${'\x1b[1;'.repeat(100_000)}mx`)).toBe('x');
  });
});

describe('visible text', () => {
  it('shows marks that reorder or hide text', () => {
    expect(visible('a\u202Egpj.exe')).toBe('a⟨U+202E⟩gpj.exe');
    expect(visible('a\u200bb\ufeff\u2028\u{e0041}')).toBe('a⟨U+200B⟩b⟨U+FEFF⟩⟨U+2028⟩⟨U+E0041⟩');
    expect(visible('\u{1f469}\u200d\u{1f52c} é')).toBe('\u{1f469}\u200d\u{1f52c} é');
    expect(visible('\0\x07\t')).toBe('\u2400\u2407\t');
  });
});
