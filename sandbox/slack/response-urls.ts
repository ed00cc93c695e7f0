/**
 * `response_url`s: each accepts five responses within thirty minutes, without a token. They are lost at a
 * restart.
 */
import { randomBytes } from 'node:crypto';
import { contentOf } from './api/content.ts';
import { flagOf, type Reply } from './api/reply.ts';
import type { Json } from './check.ts';
import { LIMITS } from './limits.ts';
import type { Message } from './model.ts';
import { messageAt } from './read.ts';
import type { Store } from './store.ts';

/** `original` is the `ts` of the message whose button was clicked. */
export type Target = Readonly<{ person: string; channel: string; original?: string }>;

export interface ResponseUrls {
  /** Returns the path of a new response_url. */
  issue(target: Target): string;
  /** Applies a response. Undefined when the path is unknown, was used five times or is too old. */
  use(path: string, body: Json): Reply | undefined;
}

const USES = 5;
const LIFE = 30 * 60_000;

export function createResponseUrls(store: Store, now: () => number): ResponseUrls {
  const issued = new Map<string, Readonly<{ target: Target; at: number; uses: number }>>();
  return {
    issue(target) {
      for (const [path, { at }] of issued) if (now() - at > LIFE) issued.delete(path);
      const path = `/response/${store.state.team.id}/${randomBytes(18).toString('base64url')}`;
      issued.set(path, { target, at: now(), uses: 0 });
      return path;
    },
    use(path, body) {
      const found = issued.get(path);
      if (found === undefined || found.uses >= USES || now() - found.at > LIFE) return undefined;
      issued.set(path, { ...found, uses: found.uses + 1 });
      return respond(store, found.target, body);
    },
  };
}

/**
 * Posts, replaces or deletes a message, as `body` says. Also posts the message in the acknowledgement of a
 * command.
 */
export function respond(store: Store, target: Target, body: Json): Reply {
  const original =
    target.original === undefined ? undefined : messageAt(store.state, target.channel, target.original);
  if (flagOf(body, 'delete_original') && original !== undefined) {
    store.apply({ kind: 'deleted', channel: original.channel, ts: original.ts });
    return { ok: true };
  }
  const content = contentOf(body, LIMITS.messageText);
  if (!content.ok) return content.error;
  if (flagOf(body, 'replace_original') && original !== undefined) {
    const edited = { user: store.state.app.bot_id, ts: store.newTs() };
    const changed = original.ephemeralFor === undefined ? { edited } : {};
    store.apply({ kind: 'rewritten', message: { ...original, ...content.value, ...changed } });
    return { ok: true };
  }
  const thread = body['thread_ts'] ?? original?.thread_ts;
  const message: Message = {
    channel: target.channel,
    ts: store.newTs(),
    user: store.state.app.user_id,
    bot_id: store.state.app.bot_id,
    ...content.value,
    ...(typeof thread === 'string' ? { thread_ts: thread } : {}),
    ...(body['response_type'] === 'in_channel' ? {} : { ephemeralFor: target.person }),
  };
  store.apply({ kind: 'posted', message });
  return { ok: true };
}
