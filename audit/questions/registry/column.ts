/** How a value is shown. Some of them read further fields of the row: who closed a finding, the scope and the lock of a mass ending. */
export type Kind =
  | 'text'
  | 'code'
  | 'number'
  | 'time'
  | 'person'
  | 'people'
  | 'entitlement'
  | 'provider'
  | 'target'
  | 'request'
  | 'state'
  | 'closed-by'
  | 'decisions'
  | 'scope'
  | 'lock';

/** A column of an answer. `key` is the field of the row, `only` is where it is shown when that is not everywhere, `missing` stands on a page for no value. */
export type Column = Readonly<{
  key: string;
  label: string;
  kind: Kind;
  only?: 'terminal' | 'page';
  missing?: string;
}>;

const of =
  (kind: Kind) =>
  (key: string, label: string, more: Pick<Column, 'only' | 'missing'> = {}): Column => ({
    ...{ key, label, kind },
    ...more,
  });

export const text = of('text');
export const code = of('code');
export const number = of('number');
export const time = of('time');
export const person = of('person');
export const people = of('people');
export const special = { state: of('state'), closedBy: of('closed-by'), decisions: of('decisions') };
export const ending = { scope: of('scope'), lock: of('lock') };

export const when = time('at', 'When');
export const who = person('person', 'Person');
export const entitlement = of('entitlement')('entitlement', 'Entitlement');
export const provider = of('provider')('provider', 'Provider');
export const target = of('target')('target_name', 'Target');
export const account = text('account_name', 'Account');
export const level = text('level', 'Level');
export const until = time('until', 'Until', { missing: 'still held' });
export const plannedEnd = time('planned_end', 'Planned end');
export const approvedBy = people('approved_by', 'Approved by');
export const via = text('via', 'Via');
export const login = text('account', 'Account');
export const decision = text('decision', 'Decision');
export const refused = text('refused', 'Refused');
export const request = of('request')('request_id', 'Request');
