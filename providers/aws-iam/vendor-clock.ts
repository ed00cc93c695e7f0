import { GetAccountAuthorizationDetailsCommand, type IAMClient } from '@aws-sdk/client-iam';
import { Fault } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import type { VendorClock } from '../provider.ts';
import { send } from './calls.ts';

/** IAM's clock, as the latest answer showed it: in whole seconds, and undefined before the first answer. */
export type IamClock = Readonly<{
  latest(): Instant | undefined;
  read(signal: AbortSignal): Promise<VendorClock>;
}>;

/** A Date header has whole seconds (RFC 9110, "Date/Time Formats"). */
const STEP_MS = 1_000;

/**
 * IAM's clock is the header Date of its answers. It is read with the call that lists what Curfew made, so it needs no other
 * permission.
 */
export function clockOf(client: IAMClient): IamClock {
  let latest: Instant | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { headers } = answer.response as Readonly<{ headers?: Record<string, string> }>;
      const at = Date.parse(headers?.['date'] ?? '');
      if (!Number.isNaN(at)) latest = at as Instant;
      return answer;
    },
    { step: 'deserialize', name: 'readDate' },
  );
  return {
    latest: () => latest,
    async read(abortSignal) {
      const command = new GetAccountAuthorizationDetailsCommand({ Filter: ['User'], MaxItems: 1 });
      latest = undefined;
      await send('GetAccountAuthorizationDetails', () => client.send(command, { abortSignal }));
      if (latest === undefined)
        throw new Fault('provider-unavailable', 'aws-iam: the answer does not say the time');
      return { where: 'AWS IAM', at: latest, stepMs: STEP_MS };
    },
  };
}
