import pg from 'pg';
import type { Message, Workspace } from '../sandbox/slack/model.ts';
import { dmOf } from '../sandbox/slack/read.ts';
import { asPerson } from '../sandbox/slack/simulated-person.ts';
import {
  approverOf,
  CARDS,
  entitlementOf,
  type LoadSize,
  requesterOf,
  startLoadWorld,
} from './load-world.ts';

/** What became of the messages. The times are in seconds of Slack: how long it takes without `speed`. */
export type Load = MessageCounts &
  Readonly<{
    /** Calls that Slack refused for a rate limit. */
    refused: number;
    /** From the requests until every approver had a message for each decision. */
    askedS: number;
    /** From the approvals until each requester was told that their access is active. */
    toldS: number;
    /** From the requests until the channel had the card of each. */
    channelS: number;
    /** From the approvals until every message showed them. */
    editedS: number;
    /** What the operator would read. */
    warnings: readonly string[];
  }>;

/**
 * Requests by distinct people at once, and then an approval of each at once, through the bot and the simulated Slack. Everybody does what people
 * do in Slack: type a command, and press the button of a message.
 */
export async function measureLoad(size: LoadSize, databaseUrl: string, folder: string): Promise<Load> {
  const world = await startLoadWorld(size, databaseUrl, folder);
  const client = new pg.Client({ connectionString: databaseUrl });
  const { workspace } = world.slack;
  try {
    await client.connect();
    const requested = Date.now();
    await Promise.all(range(size.requests).map((request) => requestAccess(workspace, size, request)));
    await until('every approver is asked', () => isSent(read(workspace, size), 1));
    // The channel still gets its cards.
    const approved = Date.now();
    await Promise.all(
      range(size.approvers).flatMap((approver) =>
        messagesTo(workspace, approverOf(approver)).map((message) => approve(workspace, approver, message)),
      ),
    );
    await until('every requester is told', () => isSent(read(workspace, size), 2));
    await until('every card is up to date', () => isOutboxEmpty(client));
    const edited = Date.now();
    const messages = read(workspace, size);
    const seconds = (from: number, to: number) => ((to - from) / 1000) * size.speed;
    return {
      ...countMessages(messages, size),
      refused: world.slack.refusedCalls(),
      askedS: seconds(requested, lastOf(messages.toApprovers.flat())),
      toldS: seconds(approved, lastOf(messages.toRequesters.flat())),
      channelS: seconds(requested, lastOf(messages.inChannel)),
      editedS: seconds(approved, edited),
      warnings: world.warnings,
    };
  } catch (error) {
    throw new Error(
      `the load failed; the operator reads: ${world.warnings.slice(0, 5).join('; ') || 'nothing'}`,
      {
        cause: error,
      },
    );
  } finally {
    await world.stop();
    await client.end();
  }
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, each) => each);

async function requestAccess(workspace: Workspace, { approvers }: LoadSize, request: number): Promise<void> {
  const text = `/access ${entitlementOf(request % approvers)} 1h load ${request}`;
  const done = await asPerson(workspace, requesterOf(request)).command(text, CARDS);
  if (done.kind !== 'acked') throw new Error(`${text}: ${JSON.stringify(done)}`);
}

async function approve(workspace: Workspace, approver: number, message: Message): Promise<void> {
  const done = await asPerson(workspace, approverOf(approver)).click(message, 'approve');
  if (done.kind !== 'acked') throw new Error(`an approval: ${JSON.stringify(done)}`);
}

/** The direct messages from the bot to a user. */
const messagesTo = ({ state }: Workspace, user: string): readonly Message[] =>
  (state.messages[dmOf(state, user)?.id ?? ''] ?? []).filter(
    ({ ephemeralFor }) => ephemeralFor === undefined,
  );

type Messages = Readonly<{
  /** The direct messages of each. */
  toRequesters: readonly (readonly Message[])[];
  toApprovers: readonly (readonly Message[])[];
  inChannel: readonly Message[];
}>;

const read = (workspace: Workspace, { requests, approvers }: LoadSize): Messages => ({
  toRequesters: range(requests).map((request) => messagesTo(workspace, requesterOf(request))),
  toApprovers: range(approvers).map((approver) => messagesTo(workspace, approverOf(approver))),
  inChannel: (workspace.state.messages[CARDS] ?? []).filter(({ ephemeralFor }) => ephemeralFor === undefined),
});

/** True when each requester has so many messages, and the approvers one for each request. */
const isSent = ({ toRequesters, toApprovers }: Messages, toEachRequester: number): boolean =>
  toRequesters.every((messages) => messages.length >= toEachRequester) &&
  toApprovers.flat().length >= toRequesters.length;

export type MessageCounts = Readonly<{
  /** Messages that somebody should have got and did not. */
  lost: number;
  /** Messages that are there once too often. */
  duplicates: number;
}>;

/**
 * A requester gets the card of their request and the news that it is active, its approver one message, and the channel one card. A message
 * carries the id of its request.
 */
export function countMessages(
  { toRequesters, toApprovers, inChannel }: Messages,
  { requests, approvers }: LoadSize,
): MessageCounts {
  const off = [
    ...toRequesters.map((messages) => messages.length - 2),
    ...differences(toApprovers.flat(), requests),
    ...differences(inChannel, requests),
    ...toApprovers.map(
      (messages, approver) =>
        messages.length - range(requests).filter((each) => each % approvers === approver).length,
    ),
  ];
  const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0);
  return {
    lost: sum(off.map((each) => Math.max(0, -each))),
    duplicates: sum(off.map((each) => Math.max(0, each))),
  };
}

/** How many messages too many there are of each request; one entry for all requests of which there is none. */
function differences(messages: readonly Message[], requests: number): readonly number[] {
  const counts = new Map<unknown, number>();
  for (const { metadata } of messages) {
    const request = metadata?.event_payload['request'];
    counts.set(request, (counts.get(request) ?? 0) + 1);
  }
  return [...[...counts.values()].map((count) => count - 1), counts.size - requests];
}

const lastOf = (messages: readonly Message[]): number =>
  Math.max(...messages.map(({ ts }) => Number(ts) * 1000));

async function isOutboxEmpty(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ waiting: number }>(
    `select count(*)::int as waiting from outbox where sent_at is null and not body ? 'reminder'`,
  );
  return rows[0]?.waiting === 0;
}

const LOOK_MS = 50;
const HANGS_MS = 5 * 60_000;

async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + HANGS_MS;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`timed out waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** The least seconds that Slack's limits allow, with bursts left out: one question about each account, and each message. */
export function leastTimes({ requests, approvers }: LoadSize) {
  const perSecond = { accounts: 100 / 60, messages: 300 / 60, edits: 50 / 60, channel: 1 };
  return {
    /** A requester and an approver get a message for each request, and an approver one a second. */
    askedS: Math.max(
      requests / perSecond.accounts,
      (2 * requests) / perSecond.messages,
      requests / approvers / perSecond.channel,
    ),
    toldS: Math.max(approvers / perSecond.accounts, requests / perSecond.messages),
    channelS: requests / perSecond.channel,
    /** The card in the channel, the message to the approver, and the older one to the requester. */
    editedS: (3 * requests) / perSecond.edits,
  };
}
