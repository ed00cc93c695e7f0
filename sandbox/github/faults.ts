/**
 * What may go wrong with an answer. `reset` drops the connection before anything happened, `lost-reply`
 * after everything did; `hang` never answers; `slow` answers late; `swallow` says done and does nothing;
 * `secondary` is GitHub's "slow down", with or without the wait; `server-error` a 502.
 */
export type Fault = Readonly<
  | { kind: 'secondary'; status: 403 | 429; retryAfter?: number }
  | { kind: 'exhausted' | 'server-error' | 'reset' | 'lost-reply' | 'swallow' | 'hang' }
  | { kind: 'slow'; ms: number }
>;

/** Which requests it hits. Asking for a token is `mint`, and neither read nor write. */
export type RequestKind = 'any' | 'read' | 'write' | 'mint';

export type Faults = Omit<ReturnType<typeof faultSwitches>, 'take' | 'isStale'>;

export const requestKindOf = (method: string, path: string): Exclude<RequestKind, 'any'> =>
  path.endsWith('/access_tokens') ? 'mint' : method === 'GET' ? 'read' : 'write';

type Plan = { fault: Fault; aim: RequestKind; left: number; reach: () => void };

/** Switches for tests: the next n matching requests go wrong, reads lag behind until told. */
export function faultSwitches(snapshot: () => void) {
  let plans: Plan[] = [];
  let stale = false;

  return {
    /** `reached` settles when the first of them arrives. */
    next(fault: Fault, { times = 1, on = 'any' }: { times?: number; on?: RequestKind } = {}) {
      let reach = (): void => undefined;
      const reached = new Promise<void>((resolve) => (reach = resolve));
      plans.push({ fault, aim: on, left: times, reach });
      return { reached };
    },
    /** Reads of repositories, teams and memberships answer from the state of this moment, until `fresh`. */
    stale(): void {
      snapshot();
      stale = true;
    },
    fresh(): void {
      stale = false;
    },
    clear(): void {
      plans = [];
      stale = false;
    },
    isStale: () => stale,
    take(method: string, path: string): Fault | undefined {
      const aim = requestKindOf(method, path);
      const plan = plans.find((each) => each.left > 0 && (each.aim === 'any' || each.aim === aim));
      if (!plan) return undefined;
      plan.left -= 1;
      plan.reach();
      return plan.fault;
    },
  };
}
