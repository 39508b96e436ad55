import { answer, gateway } from '../api/gateway';
import type { Finding, JobSpec, Preflight, Problem } from '../api/types';
import { bodyOf, type Submission } from '../lib/commands';

const PAUSE = 400;

/** What the gateway thinks of a definition while it is written. Older answers never replace newer ones. */
export class PreflightCheck {
  verdict = $state.raw<Preflight | undefined>();
  problem = $state.raw<Problem | undefined>();
  isChecking = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request = new AbortController();

  /** All findings, whether the definition could be read or not. */
  get findings(): readonly Finding[] {
    return this.verdict?.findings ?? this.problem?.findings ?? [];
  }

  /** Sends the request once the text has not changed for a while. */
  check(submission: Submission): void {
    this.stop();
    this.#request = new AbortController();
    this.isChecking = true;
    this.#timer = setTimeout(() => void this.#send(submission, this.#request.signal), PAUSE);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#request.abort();
  }

  async #send(submission: Submission, signal: AbortSignal): Promise<void> {
    const verdict = await answer(gateway.POST('/api/v1/jobs/preflight', { ...requestOf(submission), signal }));
    if (signal.aborted) return;
    this.isChecking = false;
    this.verdict = verdict.ok ? verdict.data : undefined;
    this.problem = verdict.ok ? undefined : verdict.problem;
  }
}

/** The parts of a submission's request. Its text is sent as it is; the types know only the document that it contains. */
export function requestOf(submission: Submission): {
  body: JobSpec;
  bodySerializer: () => string;
  headers: Record<string, string>;
} {
  const { type, text } = bodyOf(submission);
  return { body: { image: '', node: '' }, bodySerializer: () => text, headers: { 'Content-Type': type } };
}
