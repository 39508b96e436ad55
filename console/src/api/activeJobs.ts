import { answer, gateway } from './gateway';
import { isFinal, type Job, JOB_STATES } from './types';

const ACTIVE = JOB_STATES.filter((state) => !isFinal(state));

/** The jobs that hold resources, with their definitions; undefined if they can't be read now. */
export async function activeJobs(): Promise<Job[] | undefined> {
  const jobs: Job[] = [];
  let cursor: string | undefined;
  do {
    const query = { state: ACTIVE, definitions: true, limit: 500, ...(cursor && { cursor }) };
    const page = await answer(gateway.GET('/api/v1/jobs', { params: { query } }));
    if (!page.ok) return undefined;
    jobs.push(...page.data.items);
    cursor = page.data.nextCursor;
  } while (cursor !== undefined);
  return jobs;
}
