import { LIMITS } from '../../core/limits.ts';
import { SLACK } from './elements.ts';
import { capped } from '../../wording/text.ts';

/** What fills in the form for a request: what a person typed elsewhere, or what an earlier request had. */
export type Draft = Readonly<{
  /** The name of an entitlement. It can be mistyped. */
  entitlement?: string;
  length?: string;
  reason?: string;
}>;

/**
 * A draft as the value of a button. It decides nothing: the form that the button opens shows it to the person. A reason that
 * the policy would refuse as too long is cut, and so is one of quotation marks only, which take two characters each.
 */
export function draftValue({ entitlement = '', length = '', reason = '' }: Draft): string {
  const text = (typed: string, most: number) => capped(typed.toWellFormed().replaceAll('\0', ''), most);
  const valueWith = (most: number): string =>
    JSON.stringify([text(entitlement, 100), text(length, 50), text(reason, most)]);
  let most: number = LIMITS.reasonLength;
  while ([...valueWith(most)].length > SLACK.buttonValue) most = Math.floor(most * 0.9);
  return valueWith(most);
}

/** Parses the value of a button. Any client can send any value, so what is not a draft is an empty one. */
export function parseDraft(value: unknown): Draft {
  const parts = typeof value === 'string' ? parseJson(value) : undefined;
  if (!Array.isArray(parts)) return {};
  const text = (part: unknown): string => (typeof part === 'string' ? part : '');
  return { entitlement: text(parts[0]), length: text(parts[1]), reason: text(parts[2]) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
