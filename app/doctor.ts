import { setMaxListeners } from 'node:events';
import { WebClient } from '@slack/web-api';
import { messageOf } from '../core/faults.ts';
import { formatProblem, permanentRoles, type PolicySet } from '../policy/index.ts';
import type { Provider } from '../providers/provider.ts';
import type { Deps } from '../requests/deps.ts';
import { lookForNamespace } from '../temporal/namespace.ts';
import type { Connections } from './connections.ts';
import { counted, type Finding, findingsOf } from './findings.ts';
import { examineConsole } from './doctor-console.ts';
import { examineLedger } from './doctor-ledger.ts';
import { examineManifest } from './doctor-manifest.ts';
import { examineLog } from './doctor-log.ts';
import { examineServer } from './doctor-server.ts';
import { examineStream } from './doctor-stream.ts';
import { examineLocks } from './doctor-locks.ts';

type Findings = Promise<readonly Finding[]>;
type Examined = Readonly<{ deps: Deps; connections: Connections }>;

const TIMEOUT_MS = 8_000;

/** Checks every part at the same time. A part that does not answer is a finding, not an error. */
export async function examine(examined: Examined): Findings {
  const checks = [
    ledgerAndLocks(examined),
    examineManifest(examined.deps, TIMEOUT_MS),
    policy(examined),
    slack(examined),
    temporal(examined),
    examineConsole(examined.connections.consoleUrl, TIMEOUT_MS),
    ...providers(examined),
  ];
  return (await Promise.all(checks)).flat();
}

/** One after the other, because the command line has two connections to the ledger. */
async function ledgerAndLocks(examined: Examined): Findings {
  const { deps, connections } = examined;
  const found = await examineLedger(deps.ledger);
  return [
    ...found,
    ...(await examineServer(connections.databaseUrl)),
    ...(await examineLocks(deps)),
    ...(await examineLog(deps.ledger, connections.log)),
    ...(await examineStream(deps.ledger)),
  ];
}

async function policy({ deps, connections }: Examined): Findings {
  const read = await deps.policy.current();
  if (!read.ok)
    return read.error.map((problem) => ({ part: 'policy', state: 'broken', what: formatProblem(problem) }));
  const { entitlements, directory } = read.value;
  return [
    {
      part: 'policy',
      state: 'ok',
      what: `${counted(entitlements.size, 'entitlement')} and ${directory.people.size} people in ${connections.config}`,
    },
    ...permanent(read.value),
  ];
}

/** Who administers Curfew without an end and without an approval (T40). */
function permanent(policy: PolicySet): readonly Finding[] {
  const people = [...policy.directory.people.keys()].flatMap((person) => {
    const roles = permanentRoles(policy, person);
    return roles.length > 0 ? [`${person} (${roles.join(', ')})`] : [];
  });
  if (people.length === 0) return [];
  return [
    {
      part: 'policy',
      state: 'note',
      what: `These people have a role of Curfew permanently, by "auditors" and "security" in catalogue.yaml: ${people.join(', ')}. An entitlement can give a role for a limited time instead (docs/policy.md).`,
    },
  ];
}

async function slack({ connections }: Examined): Findings {
  const part = 'slack';
  const { botToken, apiUrl } = connections.slack;
  const client = new WebClient(botToken, {
    retryConfig: { retries: 0 },
    timeout: TIMEOUT_MS,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  });
  try {
    const { team, user } = await client.auth.test();
    return [{ part, state: 'ok', what: `Connected as ${user} in ${team}.` }];
  } catch (error) {
    return [{ part, state: 'broken', what: `${messageOf(error)}. Access still ends on time.` }];
  }
}

async function temporal({ connections }: Examined): Findings {
  const part = 'temporal';
  try {
    const { namespace, isThere } = await lookForNamespace(connections.temporal, TIMEOUT_MS);
    return isThere
      ? [{ part, state: 'ok', what: `Temporal answers and has the namespace "${namespace}".` }]
      : [
          {
            part,
            state: 'broken',
            what: `Temporal has no namespace "${namespace}". Create it, or correct TEMPORAL_NAMESPACE. Until then nothing is granted. Access still ends on time: the sweeper revokes it.`,
          },
        ];
  } catch (error) {
    return [
      {
        part,
        state: 'broken',
        what: `Temporal does not answer at ${connections.temporal.TEMPORAL_ADDRESS} (TEMPORAL_ADDRESS): ${messageOf(error)}. Access still ends on time: the sweeper revokes it.`,
      },
    ];
  }
}

const providers = ({ deps }: Examined): readonly Findings[] =>
  [...deps.providers.values()].map(async (provider): Findings => {
    const part = provider.name;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    setMaxListeners(0, signal); // a preflight sends many calls at the same time
    try {
      const targets = await targetsOf(deps, provider);
      return findingsOf(part, await provider.preflight({ targets, duty: 'grant' }, signal));
    } catch (error) {
      return [{ part, state: 'broken', what: messageOf(error) }];
    }
  });

/** The targets of this provider in the catalogue. While the policy cannot be read, that is a finding of its own. */
async function targetsOf({ policy }: Pick<Deps, 'policy'>, provider: Provider): Promise<readonly unknown[]> {
  const read = await policy.current();
  if (!read.ok) return [];
  return [...read.value.entitlements.values()].flatMap(({ targets }) =>
    targets.flatMap(({ provider: name, spec }) => {
      const parsed = name === provider.name ? provider.parseTarget(spec) : undefined;
      return parsed?.ok ? [parsed.value] : [];
    }),
  );
}
