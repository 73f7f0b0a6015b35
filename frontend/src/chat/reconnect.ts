// When to try again after a connection was lost: soon, then less often, and as soon as the browser is online.

const DELAYS = [300, 1000, 2000, 4000]; // milliseconds before each attempt in a row; the last one repeats

export class Reconnect {
  #timer?: ReturnType<typeof setTimeout>;
  #attempts = 0;

  constructor(readonly attempt: () => void) {
    addEventListener("online", this.#online);
  }

  soon() {
    this.#timer = setTimeout(this.attempt, DELAYS[Math.min(this.#attempts++, DELAYS.length - 1)]);
  }

  /** Begins with the shortest delay again. */
  reset() {
    this.#attempts = 0;
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  close() {
    this.stop();
    removeEventListener("online", this.#online);
  }

  #online = () => this.#timer !== undefined && this.attempt();
}
