import type { Json } from '../check.ts';
import type { Slack } from '../slack.ts';
import type { Reply } from './reply.ts';

/** A Web API method with its token, scopes and required arguments. */
export type Method = Readonly<{
  /** The token that the method accepts. */
  token: 'bot' | 'app' | 'any';
  /** The token needs one of these scopes. When empty, no scope is needed. */
  scopes: readonly string[];
  required: readonly string[];
  run: (slack: Slack, args: Json) => Reply;
}>;
