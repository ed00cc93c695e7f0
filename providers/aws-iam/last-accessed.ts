import {
  GenerateServiceLastAccessedDetailsCommand,
  GetGroupCommand,
  GetServiceLastAccessedDetailsCommand,
  GetUserCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { setTimeout as wait } from 'node:timers/promises';
import { Fault } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import type { Subject } from '../provider.ts';
import { send, unexpectedAnswer } from './calls.ts';
import type { GroupTarget } from './target.ts';

/** When a service was last used, by its prefix, such as `s3`. Null: not within the time that AWS keeps, which is 400 days. */
export type LastAccessed = ReadonlyMap<string, Instant | null>;

const tooLong = (): Fault =>
  new Fault('provider-unavailable', `aws-iam: ${READ}: the job of AWS took too long`);

export type LastAccessedApi = ReturnType<typeof lastAccessedApi>;

const START = 'GenerateServiceLastAccessedDetails';
const READ = 'GetServiceLastAccessedDetails';
/** AWS makes a report in some seconds. After each look, the next one comes twice as late. */
const LOOK_AGAIN_MS = 1_000;
/** So many calls read one report: the looks whether it is finished, and its pages. */
const MOST_READS = 5;
/** More services than AWS has, so a report has one page. */
const PAGE = 1_000;
/** How many calls a user and a group take at most: each is found, its report is started, and read. */
export const MOST_CALLS = 2 * (2 + MOST_READS);

/** AWS makes each report in a job of its own. The signal ends the wait for it. */
export function lastAccessedApi(client: IAMClient, lookAgainMs = LOOK_AGAIN_MS) {
  async function page(JobId: string, Marker: string | undefined, abortSignal: AbortSignal) {
    const command = new GetServiceLastAccessedDetailsCommand({
      ...{ JobId, MaxItems: PAGE },
      ...(Marker && { Marker }),
    });
    const got = await send(READ, () => client.send(command, { abortSignal }));
    if (!got) throw unexpectedAnswer(READ);
    if (got.JobStatus === 'FAILED')
      throw new Fault('provider-unavailable', `aws-iam: ${READ}: the job of AWS failed`);
    return got;
  }
  /** Waits until the report is finished, and yields its pages. Throws when that takes more than `MOST_READS` calls. */
  async function* pages(job: string, signal: AbortSignal) {
    let marker: string | undefined;
    for (let [reads, waitMs] = [0, lookAgainMs]; reads < MOST_READS; reads += 1) {
      const got = await page(job, marker, signal);
      if (got.JobStatus !== 'COMPLETED') {
        await wait(waitMs, undefined, { signal }).catch(() => Promise.reject(tooLong()));
        waitMs *= 2;
        continue;
      }
      yield got;
      if (!got.IsTruncated) return;
      // The rest of the list is unknown, so the list so far would say that services are not listed.
      if (!got.Marker) throw unexpectedAnswer(READ);
      marker = got.Marker;
    }
    throw tooLong();
  }
  /** The services that the policies of a user or a group allow now. */
  async function report(Arn: string | undefined, abortSignal: AbortSignal): Promise<LastAccessed> {
    const command = new GenerateServiceLastAccessedDetailsCommand({ Arn });
    const job = await send(START, () => client.send(command, { abortSignal }));
    if (!job?.JobId) throw unexpectedAnswer(START);
    const services = new Map<string, Instant | null>();
    for await (const { ServicesLastAccessed } of pages(job.JobId, abortSignal)) {
      if (!ServicesLastAccessed) throw unexpectedAnswer(READ);
      for (const { ServiceNamespace, LastAuthenticated } of ServicesLastAccessed)
        if (ServiceNamespace !== undefined)
          services.set(ServiceNamespace, (LastAuthenticated?.getTime() ?? null) as Instant | null);
    }
    return services;
  }
  return {
    /** When this user last used each service. Undefined when there is no such user under this name. */
    async ofUser({ id, name }: Subject, abortSignal: AbortSignal): Promise<LastAccessed | undefined> {
      const command = new GetUserCommand({ UserName: name });
      const found = await send('GetUser', () => client.send(command, { abortSignal }));
      return found?.User?.UserId === id ? report(found.User.Arn, abortSignal) : undefined;
    },
    /** The services that the policies of the group allow, in order. Undefined when there is no such group under this name. */
    async ofGroup(
      { group, id }: GroupTarget,
      abortSignal: AbortSignal,
    ): Promise<readonly string[] | undefined> {
      const command = new GetGroupCommand({ GroupName: group, MaxItems: 1 });
      const found = await send('GetGroup', () => client.send(command, { abortSignal }));
      if (!found?.Group || (id !== undefined && found.Group.GroupId !== id)) return undefined;
      return [...(await report(found.Group.Arn, abortSignal)).keys()].sort();
    },
  };
}
