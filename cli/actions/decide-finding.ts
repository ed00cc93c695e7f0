import { type Finding, type FindingId, parseFindingId } from '../../core/findings/finding.ts';
import type { ClickOutcome } from '../../inbox/click-outcome.ts';
import { receive } from '../../inbox/receive.ts';
import type { Ledger } from '../../ledger/index.ts';
import { seenDigest } from '../../requests/findings/seen-digest.ts';
import { findingSentence, revocationPhrase, sourcesPhrase } from '../../wording/findings.ts';
import { ask } from '../terminal/ask.ts';
import { whoActs } from '../terminal/caller.ts';
import { withContext } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import { writeLine } from '../terminal/output.ts';
import { terminalText } from '../terminal/phrase.ts';
import { waitFor } from '../terminal/wait.ts';
import { refusedError } from './send-answer.ts';

export type DecideOptions = Readonly<{
  as?: string;
  reason?: string;
  yes?: true;
  seen?: string;
  confirm?: number;
}>;

/** `curfew findings adopt` and `curfew findings revoke`. It returns when the sweeper carried the decision out. */
export const runDecideFinding = (
  kind: 'adopt' | 'revoke',
  text: string,
  { as, reason, yes, seen, confirm }: DecideOptions,
): Promise<void> =>
  withContext(async (context) => {
    const { ledger } = context.deps;
    const finding = await findingNamed(ledger, text);
    const caller = await whoActs(context, as);
    if (!yes && seen === undefined) await askOnceMore(kind, finding);
    const { id } = await receive(context.deps, caller, {
      kind: `${kind}-finding`,
      body: {
        finding: finding.id,
        seen: seen ?? seenDigest(finding),
        ...(reason === undefined ? {} : { note: reason }),
        ...(confirm === undefined ? {} : { confirmed: confirm }),
      },
    });
    const outcome = await waitFor(
      'the result',
      async () => (await ledger.clickOutcome(id)) as ClickOutcome | undefined,
    );
    if (outcome.kind === 'refused') {
      const { refusal } = outcome;
      const error = refusedError(refusal, kind);
      throw refusal.code === 'over-removal-cap'
        ? new CommandError(
            'notAllowed',
            `${error.message}\n  to do: look at the others with "curfew findings --state revoked". To revoke this one all the same, add --confirm ${refusal.count}.`,
          )
        : error;
    }
    const done = await waitFor('the sweeper', async () => {
      const now = await ledger.readFinding(finding.id);
      if (now?.problem !== undefined && !now.pending)
        throw new CommandError('failed', `Nothing was changed: ${now.problem}`);
      if (now?.problem !== undefined)
        throw new CommandError(
          'failed',
          `It is decided, and not carried out yet: ${now.problem}. Curfew tries again.`,
        );
      return now?.pending ? undefined : now;
    });
    writeLine(`${OVER[done.state]} ${done.why ?? ''}`.trim());
  });

const OVER: Readonly<Record<Finding['state'], string>> = {
  open: 'Open.',
  adopted: 'Adopted.',
  revoked: 'Revoked.',
  gone: 'Gone.',
};

/** What is decided is what is shown here. A program says with --seen what it was shown. */
async function askOnceMore(kind: 'adopt' | 'revoke', finding: Finding): Promise<void> {
  if (!process.stdin.isTTY)
    throw new CommandError(
      'usage',
      `This asks once more, and there is no terminal.\n  to do: add ${kind === 'adopt' ? '--seen with the field "seen" of "curfew findings --json"' : '--yes'}.`,
    );
  writeLine(terminalText(findingSentence(finding, undefined)));
  writeLine(terminalText(kind === 'adopt' ? sourcesPhrase(finding) : revocationPhrase(finding)));
  const answer = await ask(`Type "${kind}" to ${kind} it: `);
  if (answer.trim() !== kind)
    throw new CommandError('failed', `Nothing was ${kind}${kind === 'adopt' ? 'ed' : 'd'}.`);
}

/** Finds a finding by its id, or by the last letters of its id when no other id ends with them. */
async function findingNamed(ledger: Ledger, text: string): Promise<Finding> {
  const whole = parseFindingId(text);
  const found: readonly FindingId[] = whole.ok
    ? [whole.value]
    : /^[0-9a-z]{4,26}$/.test(text)
      ? await ledger.findingsEndingIn(text)
      : [];
  if (found.length > 1)
    throw new CommandError(
      'usage',
      `Several findings end with ${text}: ${found.join(', ')}. Type more letters.`,
    );
  const finding = found[0] && (await ledger.readFinding(found[0]));
  if (finding) return finding;
  throw new CommandError(
    'notFound',
    `There is no finding ${text.slice(0, 80)}. "curfew findings" shows the ids.`,
  );
}
