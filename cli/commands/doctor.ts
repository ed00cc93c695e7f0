import { setMaxListeners } from 'node:events';
import { WebClient } from '@slack/web-api';
import { Command } from 'commander';
import { messageOf } from '../../core/faults.ts';
import { formatProblem } from '../../policy/index.ts';
import type { Preflight } from '../../providers/provider.ts';
import { type Context, withContext } from '../terminal/context.ts';
import { EXIT } from '../terminal/exit.ts';
import { type Format, outputOption, print } from '../terminal/output.ts';
import { temporalClient } from '../../app/wiring.ts';

type Finding = Readonly<{ part: string; state: 'ok' | 'note' | 'warning' | 'broken'; what: string }>;

const BOUND_MS = 8_000;

/** `curfew doctor`: looks at every part and says what is wrong with it and what is owed. */
export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('look at every part, and say what is wrong and what is owed')
    .addOption(outputOption())
    .addHelpText('after', '\nExit code 1 when something is broken; warnings and notes alone are 0.')
    .action(({ output }: { output: Format }) =>
      withContext(async (context) => {
        const findings = (
          await Promise.all([
            ledger(context),
            policy(context),
            slack(context),
            temporal(context),
            ...providers(context),
          ])
        ).flat();
        print(findings, output, { state: 'STATE', part: 'PART', what: 'WHAT' }, '');
        if (findings.some(({ state }) => state === 'broken')) process.exitCode = EXIT.failed;
      }),
    );

async function ledger({ deps }: Context): Promise<readonly Finding[]> {
  const part = 'ledger';
  try {
    const skew = Math.abs((await deps.ledger.now()) - Date.now());
    const [owed, { clicks, notifications, fault }] = await Promise.all([
      deps.ledger.overdueLeases(),
      deps.ledger.backlog(),
    ]);
    const waiting: readonly (readonly [number, string])[] = [
      [clicks, 'clicks wait for an answer since over a minute: does the gateway run?'],
      [notifications, `words wait to be told${fault ? `: ${fault}` : ': does the gateway run?'}`],
    ];
    return [
      skew > 2_000
        ? {
            part,
            state: 'warning',
            what: `its clock differs from this machine's by ${(skew / 1000).toFixed(1)} s`,
          }
        : { part, state: 'ok', what: 'answers, and its clock agrees' },
      ...waiting.flatMap(([count, what]): readonly Finding[] =>
        count > 0 ? [{ part, state: 'warning', what: `${count} ${what}` }] : [],
      ),
      ...owed.map(({ lease, fault, state }): Finding => ({
        part,
        state: 'warning',
        what: `${lease} is past its end and still ${state}${fault ? `: ${fault}` : ''}`,
      })),
    ];
  } catch (error) {
    return [{ part, state: 'broken', what: messageOf(error) }];
  }
}

async function policy({ deps, connections }: Context): Promise<readonly Finding[]> {
  const read = await deps.policy.current();
  if (!read.ok)
    return read.error.map((problem) => ({ part: 'policy', state: 'broken', what: formatProblem(problem) }));
  const { entitlements, directory } = read.value;
  return [
    {
      part: 'policy',
      state: 'ok',
      what: `${entitlements.size} entitlements and ${directory.people.size} people in ${connections.config}`,
    },
  ];
}

async function slack({ connections }: Context): Promise<readonly Finding[]> {
  const part = 'slack';
  const { botToken, apiUrl } = connections.slack;
  const client = new WebClient(botToken, {
    retryConfig: { retries: 0 },
    timeout: BOUND_MS,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  });
  try {
    const { team, user } = await client.auth.test();
    return [{ part, state: 'ok', what: `${user} in ${team}` }];
  } catch (error) {
    return [{ part, state: 'broken', what: `${messageOf(error)}; access still ends on time` }];
  }
}

async function temporal({ connections }: Context): Promise<readonly Finding[]> {
  const part = 'temporal';
  const { client, close } = temporalClient(connections.temporal);
  try {
    await client.withDeadline(Date.now() + BOUND_MS, () =>
      client.connection.workflowService.getSystemInfo({}),
    );
    return [{ part, state: 'ok', what: 'answers' }];
  } catch (error) {
    return [
      { part, state: 'broken', what: `${messageOf(error)}; access still ends on time, by the sweeper` },
    ];
  } finally {
    await close();
  }
}

const providers = ({ deps }: Context): readonly Promise<readonly Finding[]>[] =>
  [...deps.providers.values()].map(async (provider): Promise<readonly Finding[]> => {
    const part = provider.name;
    const signal = AbortSignal.timeout(BOUND_MS);
    setMaxListeners(0, signal); // a preflight asks many things at once
    try {
      return findingsOf(part, await provider.preflight(signal));
    } catch (error) {
      return [{ part, state: 'broken', what: messageOf(error) }];
    }
  });

/** What a provider found out about its own rights, and its remark: often why a missing one may not matter. */
export function findingsOf(part: string, { ok, missing, excess, note }: Preflight): readonly Finding[] {
  if (ok && excess.length === 0) return [{ part, state: 'ok', what: note || 'has the rights it needs' }];
  return [
    ...missing.map((right): Finding => ({ part, state: 'broken', what: `may not: ${right}` })),
    ...excess.map((right): Finding => ({ part, state: 'warning', what: `may more than it needs: ${right}` })),
    ...(note ? [{ part, state: 'note', what: note } as const] : []),
  ];
}
