/** Serves one call of the Web API: token, scopes, arguments, the method, and injected faults. */
import type { Context } from 'hono';
import { isObject, type Json } from '../check.ts';
import { newId } from '../store.ts';
import type { Slack } from '../slack.ts';
import { channelMethods } from './channels.ts';
import { chatMethods } from './chat.ts';
import { historyMethods } from './history.ts';
import { peopleMethods } from './people.ts';
import { answer, refuse, refuseWith, stringOf, type Reply } from './reply.ts';
import type { Method } from './method.ts';
import { viewMethods } from './views.ts';

const METHODS: Readonly<Record<string, Method>> = {
  ...chatMethods,
  ...channelMethods,
  ...historyMethods,
  ...peopleMethods,
  ...viewMethods,
  'apps.connections.open': {
    token: 'app',
    scopes: ['connections:write'],
    required: [],
    run: (slack) => answer({ url: `${slack.url().replace(/^http/, 'ws')}${slack.sockets.ticket()}` }),
  },
};

/** Reads arguments from the query and from a form or JSON body. The body takes precedence. */
export async function readArgs(context: Context): Promise<Json | Reply> {
  const query: Json = context.req.query();
  if (context.req.method === 'GET') return query;
  const body = await context.req.text();
  if (!(context.req.header('content-type') ?? '').startsWith('application/json'))
    return { ...query, ...Object.fromEntries(new URLSearchParams(body)) };
  try {
    const parsed: unknown = JSON.parse(body);
    return isObject(parsed) ? { ...query, ...parsed } : refuse('json_not_object');
  } catch {
    return refuse('invalid_json');
  }
}

/** Checks the token, scopes and arguments in Slack's order, then runs the method. */
export function call(slack: Slack, name: string, args: Json, authorization: string | undefined): Reply {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (method === undefined) return refuse('unknown_method', { req_method: name });
  const token = authorization?.replace(/^Bearer\s+/i, '') ?? args['token'];
  if (token === undefined || token === '') return refuse('not_authed');
  const { botToken, appToken } = slack.settings;
  const isApp = token === appToken;
  if (!isApp && token !== botToken) return refuse('invalid_auth');
  if (method.token !== 'any' && (method.token === 'app') !== isApp) return refuse('not_allowed_token_type');
  const held: readonly string[] = isApp ? ['connections:write'] : slack.settings.scopes;
  if (method.scopes.length > 0 && !method.scopes.some((scope) => held.includes(scope)))
    return refuse('missing_scope', { needed: method.scopes.join(','), provided: held.join(',') });
  const missing = method.required.filter((field) => args[field] === undefined || args[field] === '');
  if (missing.length > 0)
    return refuseWith(
      'invalid_arguments',
      missing.map((field) => ({ pointer: '', message: `missing required field: ${field}` })),
    );
  return method.run(slack, args);
}

/** The channel in which messages are counted. The direct messages of a person have their id and one of their own. */
function roomOf(slack: Slack, args: Json): string {
  const given = stringOf(args, 'channel');
  const channel = slack.store.state.channels[given];
  return channel?.kind === 'dm' ? (channel.members[0] ?? given) : given;
}

/** The timer does not keep the process alive. */
const delay = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());

/**
 * Serves `POST /api/<method>` and applies injected faults. `cut` closes the connection without a response.
 */
export async function serveCall(
  slack: Slack,
  context: Context,
  name: string,
  cut: () => Response,
): Promise<Response> {
  const fault = slack.pendingFaults.next(name);
  if (fault?.kind === 'lost-call') return cut();
  if (fault?.kind === 'slow') await delay(fault.ms);
  const args = await readArgs(context);
  const retryAfter =
    fault?.kind === 'rate-limited' ? fault.retryAfter : slack.rateLimits.refuse(name, roomOf(slack, args));
  if (retryAfter !== undefined) {
    context.header('Retry-After', String(retryAfter));
    return context.json(refuse('ratelimited'), 429);
  }
  const reply = fault?.kind === 'error' ? refuse(fault.error) : runCall(slack, context, name, args);
  if (fault?.kind === 'lost-response') return cut();
  context.header('x-slack-req-id', newId('', 24).toLowerCase());
  context.header('x-oauth-scopes', slack.settings.scopes.join(','));
  const accepted = METHODS[name]?.scopes.join(',');
  if (accepted) context.header('x-accepted-oauth-scopes', accepted);
  return context.json(reply);
}

function runCall(slack: Slack, context: Context, name: string, args: Json): Reply {
  return args['ok'] === false
    ? refuse(String(args['error']))
    : call(slack, name, args, context.req.header('authorization'));
}
