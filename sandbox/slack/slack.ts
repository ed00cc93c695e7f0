/** The parts of the workspace in one object, which most functions take as their first argument. */
import type { PendingFaults, Faults } from './faults.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Sockets } from './socket.ts';
import type { Store } from './store.ts';
import type { Triggers } from './triggers.ts';
import type { ResponseUrls } from './response-urls.ts';

export type Settings = Readonly<{
  botToken: string;
  appToken: string;
  /** The scopes of the bot token. The app token always has `connections:write`. */
  scopes: readonly string[];
  /** Sent in every payload. Slack has deprecated it. */
  verificationToken: string;
  /** The waits before each retry of an event that was not acknowledged, in milliseconds. */
  redeliverAfter: readonly number[];
  now: () => number;
}>;

export type Slack = Readonly<{
  settings: Settings;
  store: Store;
  sockets: Sockets;
  triggers: Triggers;
  responses: ResponseUrls;
  faults: Faults;
  pendingFaults: PendingFaults;
  rateLimits: RateLimits;
  /** `http://127.0.0.1:port`, known once the server listens. */
  url: () => string;
}>;

/** The scopes in Curfew's app manifest. */
export const SCOPES = [
  'commands',
  'chat:write',
  'im:write',
  'users:read',
  'channels:history',
  'groups:history',
  'im:history',
] as const;
