import { type EndScope, isOwn } from '../../core/mass-ending.ts';
import { massEndingIdOf, type MassEndingId } from '../../core/ids.ts';
import type { ClickOutcome } from '../../inbox/click-outcome.ts';
import { receive } from '../../inbox/receive.ts';
import type { ScopeContent } from '../../ledger/index.ts';
import { judgeEndAll } from '../../requests/mass-ending/end-all.ts';
import { readContent } from '../../requests/mass-ending/read-content.ts';
import { contentPhrase, lockPhrase } from '../../wording/mass-endings.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { ask, isInteractive } from '../terminal/ask.ts';
import { type CommandLineCaller, whoActs } from '../terminal/caller.ts';
import { type Context, withContext } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import { writeLine } from '../terminal/output.ts';
import { terminalText } from '../terminal/phrase.ts';
import { unfinished } from '../terminal/pipe.ts';
import { tableLines } from '../terminal/table.ts';
import { waitFor } from '../terminal/wait.ts';
import { runAnswer } from './answer.ts';
import { CONTENT_COLUMNS, showProgress } from './ending-progress.ts';
import { scopeOf, type ScopeOptions } from './end-scope.ts';
import { refusedError } from './send-answer.ts';

export type EndOptions = ScopeOptions &
  Readonly<{ reason?: string; dryRun?: true; yes?: number; as?: string }>;

const FIRST = 10;

/** The options of ending many requests at once, by what is typed. */
const OF_MANY = {
  person: '--person',
  entitlement: '--entitlement',
  provider: '--provider',
  everything: '--everything',
  leavers: '--leavers',
  reason: '--reason',
  dryRun: '--dry-run',
  yes: '--yes',
} as const satisfies Readonly<Record<keyof Omit<EndOptions, 'as'>, string>>;

/** `curfew end` */
export async function runEnd(request: string | undefined, options: EndOptions): Promise<void> {
  if (request !== undefined) {
    refuseOptionsOfMany(options);
    return runAnswer('end', request, options);
  }
  return withContext(
    async (context) => {
      const caller = await whoActs(context, options.as, 'many');
      const scope = await scopeOf(context, options);
      const judged = await judgeEndAll(context.deps, {
        ...{ by: caller.person, scope },
        reason: options.reason ?? (options.dryRun ? 'a dry run' : ''),
      });
      if (!judged.ok && judged.error.code === 'reason-missing')
        throw new CommandError(
          'usage',
          'Say why you end it, with --reason. The people whose access ends read the text.',
        );
      if (!judged.ok) return refused(context, caller, scope, options);
      const content = await readContent(context.deps, judged.value.scope, FIRST);
      showContent(judged.value.scope, content, judged.value.needs);
      if (options.dryRun) return;
      if (content.total === 0 && isOwn(scope, caller.person)) return;
      await unfinished(async () => {
        await confirm(content, options);
        const id = await send(context, caller, { scope: judged.value.scope, reason: judged.value.reason });
        await showProgress(context.deps.ledger, id);
      });
    },
    (setting) => options.leavers === true && setting === 'CURFEW_MOST_LEAVERS',
  );
}

/** One request is ended without a question, so an option that would be ignored is refused: a dry run must end nothing. */
function refuseOptionsOfMany(options: EndOptions): void {
  const given = Object.entries(OF_MANY).find(([option]) => option in options);
  if (given)
    throw new CommandError(
      'usage',
      `Nothing was ended: ${given[1]} is for ending many requests at once, and you named one request.\n  to do: leave out the request or ${given[1]}. "curfew audit story <request>" shows one request.`,
    );
}

/** The worker refuses it too and records the attempt. What would have been ended is not shown. */
async function refused(
  context: Context,
  caller: CommandLineCaller,
  scope: EndScope,
  { reason = '', dryRun }: EndOptions,
): Promise<void> {
  const judged = await judgeEndAll(context.deps, { by: caller.person, scope, reason: 'asked' });
  if (dryRun && !judged.ok) throw refusedError(judged.error, 'end-all');
  await send(context, caller, { scope, reason });
}

function showContent(scope: EndScope, content: ScopeContent, needs: number | undefined): void {
  writeLine(terminalText(contentPhrase(scope, content)));
  if (content.total > 0) {
    writeLine('');
    tableLines(content.first, CONTENT_COLUMNS, { width: process.stdout.columns }).forEach(writeLine);
    const more = content.total - content.first.length;
    if (more > 0) writeLine(`… and ${more} more`);
    writeLine('');
  }
  writeLine(terminalText(lockPhrase(needs)));
}

/** The answer is the number of requests, so that nobody gives it without reading. */
async function confirm({ total }: ScopeContent, { yes }: EndOptions): Promise<void> {
  if (yes !== undefined) {
    if (yes === total) return;
    throw new CommandError('failed', `Nothing was ended: it is ${total} now, and you confirmed ${yes}.`);
  }
  if (!isInteractive())
    throw new CommandError(
      'usage',
      `Nothing was ended, because nobody can answer here.\n  to do: read the lines above, then give --yes ${total}.`,
    );
  const typed = await ask(`To end them, type how many there are (${total}): `);
  if (typed !== String(total)) throw new CommandError('failed', 'Nothing was ended.');
}

/** Stores the click, and waits until a worker decided it. */
async function send(
  { deps }: Context,
  caller: CommandLineCaller,
  body: Readonly<{ scope: EndScope; reason: string }>,
): Promise<MassEndingId> {
  const { id } = await receive(deps, caller, { kind: 'end-all', body });
  const massEnding = massEndingIdOf(id);
  const outcome = await waitFor('a worker to end everything', async () => {
    const decided = (await deps.ledger.clickOutcome(id)) as ClickOutcome | undefined;
    if (decided) return decided;
    // The ending of many requests takes longer than the wait. Before the first one is ended, its progress looks as if it were done.
    const { ended } = await deps.ledger.massEndingProgress(massEnding);
    return ended > 0 ? ({ kind: 'answered' } as const) : undefined;
  });
  if (outcome.kind === 'refused')
    throw new CommandError('notAllowed', terminalText(refusalPhrase(outcome.refusal, 'end-all')));
  return massEnding;
}
