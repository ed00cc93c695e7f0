import { eventDetail, eventPhrase, type StoryOf } from '../../wording/events.ts';
import { phrase } from '../../wording/phrase.ts';
import type { RequestId } from '../../core/ids.ts';
import { knownGrants } from '../../core/request/access.ts';
import type { Event } from '../../core/request/events.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import { describedTarget } from '../../core/target.ts';
import type { Ledger, NumberedEvent } from '../../ledger/index.ts';
import { noRequest, requestNamed } from '../terminal/request-argument.ts';
import {
  formatOf,
  type OutputOptions,
  print,
  printable,
  rfc3339,
  type Row,
  utc,
  writeLine,
} from '../terminal/output.ts';
import { terminalText } from '../terminal/phrase.ts';
import { withQuickAudit } from '../terminal/reading-context.ts';
import { targetLines } from '../terminal/targets.ts';

/** `curfew audit story` */
export const runAuditStory = (text: string, options: OutputOptions): Promise<void> =>
  withQuickAudit(async ({ ledger }) => {
    const request = await requestNamed(ledger, text);
    const trail = await ledger.readTrail(request);
    if (trail.length === 0) throw await noRequest(ledger, text);
    const format = formatOf(options);
    if (format === 'table') await printStory(ledger, request, trail);
    else print(trail.map(rowOf(request)), format, {}, '');
  });

async function printStory(
  ledger: Ledger,
  request: RequestId,
  trail: readonly NumberedEvent[],
): Promise<void> {
  const state = stateAfter(trail.map(({ event }) => event));
  const [freeText, shown, leases] = await Promise.all([
    ledger.readFreeText(request),
    state.kind === 'blank' ? undefined : ledger.readShown(request),
    ledger.leasesOf(request),
  ]);
  writeLine(`Request ${request}`);
  if (freeText.reason !== undefined) writeLine(`Reason: ${printable(freeText.reason)}`);
  if (freeText.denial !== undefined) writeLine(`Reason of the denial: ${printable(freeText.denial)}`);
  for (const [index, target] of (shown?.targets ?? []).entries()) {
    const lease = leases[index] ? `${leases[index].id}: ` : '';
    const [first, ...rest] = targetLines(describedTarget(target));
    [`Access: ${lease}${first}`, ...rest.map((line) => `  ${line}`)].forEach(writeLine);
  }
  writeLine('');
  const told = {
    title: state.kind === 'blank' ? '' : state.details.entitlement,
    granted: knownGrants(trail.map(({ event }) => event)),
  };
  const rows = trail.map(({ event, via }) => ({ at: utc(event.at), via, what: eventLine(event, told) }));
  print(rows, 'table', { at: 'WHEN (UTC)', via: 'VIA', what: 'WHAT HAPPENED' }, '');
  ['', `State: ${state.kind === 'blank' ? 'refused' : state.kind}`].forEach(writeLine);
}

/** One event for programs. `body` is the whole event, with its times in RFC 3339 like everywhere else. */
const rowOf =
  (request: string) =>
  ({ seq, event, via }: NumberedEvent): Row => ({
    request,
    seq,
    at: rfc3339(event.at),
    kind: event.kind,
    via,
    by: 'by' in event ? event.by : event.kind === 'requested' ? event.details.requester : null,
    body: withReadableTimes(event),
  });

/** The names of the fields of an event that hold a time, wherever they stand in it. */
const isTime = (name: string): boolean => name === 'at' || name === 'since' || name.endsWith('At');

const withReadableTimes = (event: Event): Readonly<Record<string, unknown>> =>
  JSON.parse(
    JSON.stringify(event, (name, value: unknown) =>
      isTime(name) && typeof value === 'number' ? rfc3339(value) : value,
    ),
  ) as Readonly<Record<string, unknown>>;

/** One event in a sentence for an auditor, with ids instead of names. `--output jsonl` prints the whole event. */
export function eventLine(event: Event, story: StoryOf): string {
  const detail = eventDetail(event);
  return terminalText(
    detail.length === 0 ? eventPhrase(event, story) : phrase`${eventPhrase(event, story)} ${detail}`,
  );
}
