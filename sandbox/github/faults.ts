/**
 * A fault of one request. `reset` closes the connection before the request has an effect. `lost-reply` closes
 * it after the effect, without a response. `hang` never responds. `slow` responds late. `swallow` responds
 * with success and has no effect. `secondary` is GitHub's secondary rate limit, with or without
 * `retry-after`. `exhausted` is the hourly rate limit. `server-error` is a 502. `conflict` is a 409: another change has not
 * finished.
 */
export type Fault = Readonly<
  | { kind: 'secondary'; status: 403 | 429; retryAfter?: number }
  | { kind: 'exhausted' | 'server-error' | 'conflict' | 'reset' | 'lost-reply' | 'swallow' | 'hang' }
  | { kind: 'slow'; ms: number }
>;

/**
 * Which requests a fault applies to. A request for a token is `mint`, and is neither `read` nor `write`. A query in GraphQL
 * is `read`.
 */
export type RequestKind = 'any' | 'read' | 'write' | 'mint';

export type Faults = Omit<ReturnType<typeof faultSwitches>, 'take' | 'isStale' | 'applied'>;

export const requestKindOf = (method: string, path: string): Exclude<RequestKind, 'any'> =>
  path.endsWith('/access_tokens') ? 'mint' : method === 'GET' || path === '/graphql' ? 'read' : 'write';

type Plan = { fault: Fault; aim: RequestKind; left: number; reach: () => void };

/**
 * Lets tests inject faults: the next matching requests fail, or reads return stale data until `fresh` is
 * called.
 */
export function faultSwitches(snapshot: () => void) {
  let plans: Plan[] = [];
  let followers: { aim: RequestKind; effect: () => void; left: number }[] = [];
  let stale = false;

  return {
    /** `reached` resolves when the first matching request arrives. */
    next(fault: Fault, { times = 1, on = 'any' }: { times?: number; on?: RequestKind } = {}) {
      let reach = (): void => undefined;
      const reached = new Promise<void>((resolve) => (reach = resolve));
      plans.push({ fault, aim: on, left: times, reach });
      return { reached };
    },
    /**
     * Until `fresh` is called, reads of repositories, teams and memberships return the state of this moment.
     */
    stale(): void {
      snapshot();
      stale = true;
    },
    fresh(): void {
      stale = false;
    },
    /** Runs the effect once, after the next matching request (or the n-th) had its own effect, before another one arrives. */
    after(aim: RequestKind, effect: () => void, nth = 1): void {
      followers.push({ aim, effect, left: nth });
    },
    /** Called when a request had its effect. */
    applied(kind: Exclude<RequestKind, 'any'>): void {
      const concerned = followers.filter(({ aim }) => aim === 'any' || aim === kind);
      for (const each of concerned) each.left -= 1;
      const due = followers.filter(({ left }) => left === 0);
      followers = followers.filter(({ left }) => left > 0);
      for (const { effect } of due) effect();
    },
    clear(): void {
      plans = [];
      followers = [];
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
