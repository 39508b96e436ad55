import { answer, gateway } from '../api/gateway';
import type { Finding, JobSpec, Preflight, Problem } from '../api/types';

const PAUSE = 400;

/** What the gateway thinks of a definition while it is written. Older answers never replace newer ones. */
export class PreflightCheck {
  verdict = $state.raw<Preflight | undefined>();
  problem = $state.raw<Problem | undefined>();
  isChecking = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = new AbortController();

  /** All findings, whether the definition could be read or not. */
  get findings(): readonly Finding[] {
    return this.verdict?.findings ?? this.problem?.findings ?? [];
  }

  /** Asks once the writer pauses. */
  check(text: string): void {
    this.stop();
    this.#asked = new AbortController();
    this.isChecking = true;
    this.#timer = setTimeout(() => void this.#ask(text, this.#asked.signal), PAUSE);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked.abort();
  }

  async #ask(text: string, signal: AbortSignal): Promise<void> {
    const verdict = await answer(gateway.POST('/api/v1/jobs/preflight', { ...yamlBody(text), signal }));
    if (signal.aborted) return;
    this.isChecking = false;
    this.verdict = verdict.ok ? verdict.data : undefined;
    this.problem = verdict.ok ? undefined : verdict.problem;
  }
}

/** A request's body that is sent as it is. The types know the body only as the document that it contains. */
export function yamlBody(text: string): { body: JobSpec; bodySerializer: () => string; headers: Record<string, string> } {
  return {
    body: { image: '', node: '' },
    bodySerializer: () => text,
    headers: { 'Content-Type': 'application/yaml' },
  };
}
