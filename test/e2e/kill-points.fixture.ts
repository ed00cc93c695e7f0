import type { Call } from '../faults/http-proxy.fixture.ts';
import type { Company } from './company.fixture.ts';

/** One provider's part in the kill tests: what is asked for, and where its answers can be kept from it. */
export type Hand = Readonly<{
  provider: string;
  line: string;
  /**
   * Keeps the provider waiting for ever, once, for the answer of the first read after its write: what it did
   * is done, and nobody has heard of it. `reached` settles at that moment.
   */
  hangAfter(write: 'give' | 'take'): Readonly<{ reached: Promise<unknown> }>;
  /** What is really there for Ana: how many grants, and how often each way was written. */
  truth(): Promise<Readonly<{ held: number }>>;
}>;

/** True for the first match of `then` after a match of `first`. */
function following<T>(first: (each: T) => boolean, then: (each: T) => boolean): (each: T) => boolean {
  let written = false;
  return (each) => {
    if (first(each)) written = true;
    else if (written) return then(each);
    return false;
  };
}

const action = ({ body }: Call): string => new URLSearchParams(body).get('Action') ?? '';

export function handsOf(company: Company): readonly Hand[] {
  const { aws, githubProxy, pgProxy } = company;
  const hang = { kind: 'hang' } as const;
  return [
    {
      provider: 'postgres',
      line: 'orders-db 1m killed while postgres was at it',
      hangAfter(write) {
        const [first, then] =
          write === 'give'
            ? [/^comment on role/, /rolcanlogin as login/]
            : [/^drop role/, /rolcanlogin as login/];
        return pgProxy.arm({
          when: following(
            (sql: string) => first.test(sql),
            (sql) => then.test(sql),
          ),
          act: 'hang',
        });
      },
      truth: async () => ({ held: (await company.leaseRoles()).length }),
    },
    {
      provider: 'github',
      line: 'oncall 1m killed while github was at it',
      hangAfter(write) {
        const method = write === 'give' ? 'PUT' : 'DELETE';
        return githubProxy.arm({
          when: following(
            (call: Call) => call.method === method && call.path.includes('/memberships/'),
            (call) => call.method === 'GET' && call.path.includes('/memberships/'),
          ),
          act: hang,
        });
      },
      truth: async () => ({ held: company.team().filter((login) => login === 'ana-ferreira').length }),
    },
    ...(aws
      ? [
          {
            provider: 'aws-iam',
            line: 'orders-logs 1m killed while aws was at it',
            hangAfter(write: 'give' | 'take') {
              const wanted = write === 'give' ? 'PutUserPolicy' : 'DeleteUserPolicy';
              return aws.proxy.arm({
                when: following(
                  (call: Call) => action(call) === wanted,
                  (call) => /^(Get|List)/.test(action(call)),
                ),
                act: hang,
              });
            },
            truth: async () => ({ held: (await company.policies('ana')).length }),
          },
        ]
      : []),
  ];
}
