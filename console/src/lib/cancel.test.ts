import { describe, expect, it } from 'vitest';
import { cancelTexts } from './cancel';

const running = { state: 'RUNNING' } as const;
const failed = { state: 'FAILED' } as const;

describe('the question before jobs are deleted', () => {
  it('is about the cancellation of jobs that have not ended', () => {
    expect(cancelTexts([running])).toMatchObject({ question: 'Cancel this job?', button: 'Cancel the job', action: 'Cancel 1 job' });
    expect(cancelTexts([running, running])).toMatchObject({ question: 'Cancel 2 jobs?', button: 'Cancel the jobs' });
  });

  it('is about the deletion of jobs that have ended', () => {
    const texts = cancelTexts([failed]);
    expect(texts).toMatchObject({ question: 'Delete this job?', button: 'Delete the job', action: 'Delete 1 job' });
    expect(texts.consequences.join()).not.toContain('HPC is asked to end');
  });

  it('counts both', () => {
    expect(cancelTexts([failed, running, failed])).toMatchObject({
      question: 'Cancel 1 job, and delete 2 that have ended?',
      action: 'Cancel 1, delete 2',
    });
  });
});
