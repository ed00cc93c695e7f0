/** What a Web API method answers, and how it reads its arguments. */
import { formatProblem, isObject, type Json, type Problem } from '../check.ts';

export type Reply = Json & Readonly<{ ok: boolean }>;

export const answer = (fields: Json = {}): Reply => ({ ok: true, ...fields });
export const refuse = (error: string, fields: Json = {}): Reply => ({ ok: false, error, ...fields });

/** A refusal with Slack's list of what is wrong where. */
export const refuseWith = (error: string, problems: readonly Problem[]): Reply => {
  const messages = problems.map(formatProblem);
  return refuse(error, { errors: messages, response_metadata: { messages } });
};

export const stringOf = (args: Json, name: string): string => {
  const value = args[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
};

export const flagOf = (args: Json, name: string): boolean =>
  ['true', '1', true].includes(args[name] as string);

/** Objects and arrays come as JSON inside a form, or as themselves in a JSON body. `undefined`: unreadable. */
export function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) || isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
