import type { Result } from '../result.ts';
import type { Event } from './events.ts';
import type { Refusal } from './refusals.ts';

/** What a command does: the events it causes, or why it is refused. */
export type Decision = Result<readonly Event[], Refusal>;
