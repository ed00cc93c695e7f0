import type { Call } from '../faults/http-proxy.fixture.ts';
import type { Company } from './company.fixture.ts';

/** One provider in the kill tests: what is requested of it, and how its answers can be stopped. */
export type ProviderCase = Readonly<{
  provider: string;
  line: string;
  /**
   * Stops the answer of the first read after the write, once: the effect is there, and no process knows it.
   * `reached` resolves at that moment.
   */
  hangAfter(write: 'grant' | 'revoke'): Readonly<{ reached: Promise<unknown> }>;
  /** How many grants Ana has at the vendor. */
  countHeld(): Promise<number>;
}>;

/** Returns a function that is true for each match of `then` after a match of `first`. */
function following<T>(first: (each: T) => boolean, then: (each: T) => boolean): (each: T) => boolean {
  let written = false;
  return (each) => {
    if (first(each)) written = true;
    else if (written) return then(each);
    return false;
  };
}

const action = ({ body }: Call): string => new URLSearchParams(body).get('Action') ?? '';

export function providerCasesOf(company: Company): readonly ProviderCase[] {
  const { aws, githubProxy, pgProxy } = company;
  const hang = { kind: 'hang' } as const;
  return [
    {
      provider: 'postgres',
      line: 'orders-db 1m killed while postgres worked',
      hangAfter(write) {
        const change = write === 'grant' ? /^comment on role/ : /^drop role/;
        const isCommitted = following(
          (sql: string) => sql.startsWith('commit'),
          (sql) => /rolcanlogin as/.test(sql),
        );
        return pgProxy.arm({ when: following((sql: string) => change.test(sql), isCommitted), act: 'hang' });
      },
      countHeld: async () => (await company.leaseRoles()).length,
    },
    {
      provider: 'github',
      line: 'oncall 1m killed while github worked',
      hangAfter(write) {
        const method = write === 'grant' ? 'PUT' : 'DELETE';
        return githubProxy.arm({
          when: following(
            (call: Call) => call.method === method && call.path.includes('/memberships/'),
            (call) => call.method === 'GET' && call.path.includes('/memberships/'),
          ),
          act: hang,
        });
      },
      countHeld: () => Promise.resolve(company.team().filter((login) => login === 'ana-ferreira').length),
    },
    ...(aws
      ? [
          {
            provider: 'aws-iam',
            line: 'orders-logs 1m killed while aws worked',
            hangAfter(write: 'grant' | 'revoke') {
              const wanted = write === 'grant' ? 'PutUserPolicy' : 'DeleteUserPolicy';
              return aws.proxy.arm({
                when: following(
                  (call: Call) => action(call) === wanted,
                  (call) => /^(Get|List)/.test(action(call)),
                ),
                act: hang,
              });
            },
            countHeld: async () => (await company.policies('ana')).length,
          },
        ]
      : []),
  ];
}
