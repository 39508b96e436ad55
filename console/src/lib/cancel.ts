import { isFinal, type Job } from '../api/types';

/** What the deletion of jobs means: jobs that have ended are only deleted, and the others are cancelled too. */
export interface CancelTexts {
  readonly question: string;
  readonly button: string;
  /** A name of the whole action, with the number of jobs. */
  readonly action: string;
  /** What happens, a paragraph each. */
  readonly consequences: readonly string[];
}

const CANCELLED =
  "The pod is deleted and the HPC is asked to end the job. The HPC's own copy of the log is deleted too. The job's page shows how far the cancellation has come.";
const DELETED = "A job that has ended is deleted: its pod, and the HPC's own copy of its log.";

/** How to ask before these jobs are deleted. */
export function cancelTexts(jobs: readonly Pick<Job, 'state'>[]): CancelTexts {
  const ended = jobs.filter(({ state }) => isFinal(state)).length;
  const active = jobs.length - ended;
  if (ended === 0) return { ...textsOf('Cancel', active), consequences: [CANCELLED] };
  if (active === 0) return { ...textsOf('Delete', ended), consequences: [DELETED] };
  const action = `Cancel ${active}, delete ${ended}`;
  return {
    question: `Cancel ${jobsOf(active)}, and delete ${ended} that ${ended === 1 ? 'has' : 'have'} ended?`,
    button: action,
    action,
    consequences: [CANCELLED, DELETED],
  };
}

function textsOf(verb: string, count: number): Omit<CancelTexts, 'consequences'> {
  return {
    question: count === 1 ? `${verb} this job?` : `${verb} ${jobsOf(count)}?`,
    button: count === 1 ? `${verb} the job` : `${verb} the jobs`,
    action: `${verb} ${jobsOf(count)}`,
  };
}

function jobsOf(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'job' : 'jobs'}`;
}
