import type { WebClient } from '@slack/web-api';
import type { RequestId } from '../../core/ids.ts';
import type { BotDeps } from '../deps.ts';
import type { Attempt, Messenger } from './messenger.ts';
import type { Pace } from './pace.ts';
import type { TimeZoneOf } from './time-zone.ts';

/** What a kind of messages is drawn and sent with. */
export type OutboxTools = Readonly<{
  deps: BotDeps;
  client: WebClient;
  pace: Pace;
  /** The messenger of an attempt to send something. */
  messengerOf: (attempt?: Attempt) => Messenger;
  timeZoneOf: TimeZoneOf;
}>;

/** A message, or several about one thing, that is due now. */
export type DueMessage = Readonly<{
  /** Names it among those of its kind. One that is being sent is not begun again. */
  id: string;
  /** Draws it from the state of the ledger, sends it and records that. Whatever throws is due again by itself. */
  send: () => Promise<void>;
  /** The words before the fault in the log when it is sent later. The default is that of its kind. */
  late?: string;
  request?: RequestId;
}>;

/** A kind of messages that Curfew sends by itself. */
export type MessageKind = Readonly<{
  /** The hint of the ledger that something may be due, or the number of milliseconds from one look to the next. */
  wakes: 'curfew_outbox' | 'curfew_finding' | number;
  /** How many are sent at the same time. The default is one. */
  mostAtOnce?: number;
  /** Takes what is due, so that no other gateway takes it for a while. */
  take: (limit: number) => Promise<readonly DueMessage[]>;
  /** The words before the fault in the log when nothing can be taken. */
  late: string;
}>;
