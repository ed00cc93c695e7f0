import type { Json } from '../check.ts';
import type { Slack } from '../slack.ts';
import type { Reply } from './reply.ts';

/** A Web API method: who may call it, with what, and what it does. */
export type Method = Readonly<{
  /** Which token the method takes. */
  token: 'bot' | 'app' | 'any';
  /** Any one of these scopes will do; none needed when empty. */
  scopes: readonly string[];
  required: readonly string[];
  run: (slack: Slack, args: Json) => Reply;
}>;
