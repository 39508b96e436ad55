const TICK = 1000;

/** The time at the gateway, to the second. A clock of the browser that is wrong does not make ages wrong. */
class Clock {
  #offset = 0;
  #now = $state(Date.now());

  constructor() {
    setInterval(() => {
      if (!document.hidden) this.#now = Date.now() + this.#offset;
    }, TICK);
  }

  /** Milliseconds since 1970; changes every second. */
  get now(): number {
    return this.#now;
  }

  /** Corrects the clock by the `Date` of an answer, whose precision is a second. */
  learn(date: string | null): void {
    const offset = date === null ? Number.NaN : Date.parse(date) - Date.now();
    if (Math.abs(offset) > 2000) this.#offset = offset;
    else if (Math.abs(offset) <= 2000) this.#offset = 0;
  }
}

export const clock = new Clock();
