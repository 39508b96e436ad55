import { isFinal, type Job } from '../api/types';

/** A step in a job's life. A step without a time has not come, or its time is not known. */
export interface Step {
  readonly label: string;
  readonly at: string | undefined;
  readonly precision: 'SECOND' | 'OBSERVED' | undefined;
  readonly status: 'done' | 'now' | 'ahead';
}

/** The steps of a job from its submission to its end, or to its cancellation. */
export function stepsOf(job: Job): Step[] {
  const submitted: Step = { label: 'Submitted', at: job.createdAt, precision: 'SECOND', status: 'done' };
  if (job.state !== 'CANCELLING') return [submitted, ...stepsToTheEnd(job)];
  const cancelling: Step = { label: 'Cancelling', at: job.cancellation?.at, precision: 'SECOND', status: 'now' };
  return job.startedAt === undefined
    ? [submitted, cancelling]
    : [submitted, { label: 'Started', at: job.startedAt, precision: job.startedAtPrecision, status: 'done' }, cancelling];
}

function stepsToTheEnd(job: Job): Step[] {
  const hasStarted = job.startedAt !== undefined;
  const hasEnded = isFinal(job.state);
  return [
    {
      label: hasStarted || hasEnded ? 'Queued' : 'Waiting',
      at: job.hpc?.submittedAt ?? job.queuedSince ?? (hasStarted ? job.createdAt : undefined),
      precision: 'SECOND',
      status: hasStarted || hasEnded ? 'done' : 'now',
    },
    {
      label: hasStarted || !hasEnded ? 'Started' : 'Never started',
      at: job.startedAt,
      precision: job.startedAtPrecision,
      status: hasEnded ? 'done' : hasStarted ? 'now' : 'ahead',
    },
    {
      label: job.state === 'FAILED' ? 'Failed' : job.state === 'SUCCEEDED' ? 'Succeeded' : 'Ends',
      at: job.finishedAt ?? job.walltime?.endsAt,
      precision: job.finishedAtPrecision,
      status: hasEnded ? 'done' : 'ahead',
    },
  ];
}
