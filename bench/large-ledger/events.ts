/** An event of each life in which it happens: when, in which step, through what, and its body without its kind and its time. */
type Made = Readonly<{
  kind: string;
  at: string;
  when: string;
  step?: string;
  via?: string;
  body?: string;
  /** One for each lease. */
  isOfLease?: true;
}>;

const object = (fields: Readonly<Record<string, string>>): string =>
  `jsonb_build_object(${Object.entries(fields)
    .map(([name, value]) => `'${name}', ${value}`)
    .join(', ')})`;
const ms = (at: string): string => `floor(extract(epoch from ${at}) * 1000)::bigint`;
const after = (at: string, time: string): string => `${at} + interval '${time}'`;
/** A text is beside the event. */
const TEXT = object({ text: '0', hash: `encode(sha256(convert_to(E'salt\\n' || id, 'UTF8')), 'hex')` });
const LEASE = `'lease_' || tail || '_' || place`;
const requirements = (lapse: string): string =>
  object({
    stages: `jsonb_build_array(${object({
      approvers: `(select jsonb_agg(${object({ person: 'each', because: TEXT })}) from unnest(may) each)`,
      needs: '1',
    })})`,
    policy: 'policy',
    lapsesAt: ms(lapse),
  });
const IS_EXTENDED = 'ends > first_end';
const APPROVAL = object({ by: 'approver', stage: '0', digest: 'digest' });
const ENDING = object({
  ending: `case kind when 'ended' then ${object({ kind: 'kind', by: 'person' })} when 'revoking' then '{"kind": "expired"}'
           when 'denied' then ${object({ kind: 'kind', by: 'approver' })} when 'withdrawn' then ${object({ kind: 'kind', by: 'person' })}
           when 'grant-failed' then ${object({ kind: 'kind', fault: `'provider-unavailable'` })} when 'voided' then ${object({ kind: 'kind', why: TEXT })}
           when 'mass-ended' then ${object({ kind: 'kind', by: `'p1'`, scope: object({ kind: `'person'`, person: 'person' }), massEnding: 'mass', why: TEXT })}
           else ${object({ kind: 'kind' })} end`,
});

const EVENTS: readonly Made[] = [
  {
    ...{ kind: 'refused', at: 'at', when: `kind = 'refused'`, step: `'open'`, via: 'slack' },
    body: object({ by: 'person', tried: `'request'`, refusal: `'{"code": "not-a-requester"}'::jsonb` }),
  },
  {
    ...{ kind: 'requested', at: 'at', when: `kind <> 'refused'`, step: `'open'`, via: 'slack' },
    body: object({
      details: object({
        ...{ id: 'id', requester: 'person', entitlement: `'e' || what`, minutes: 'minutes' },
        targets: 'to_jsonb((select t.providers from thing t where t.what = l.what))',
        reasonHash: `encode(sha256(convert_to(E'salt\\nTo look at ticket ' || n, 'UTF8')), 'hex')`,
        digest: 'digest',
      }),
    }),
  },
  {
    ...{ kind: 'judged', at: 'at', when: `kind <> 'refused'`, step: `'open'`, via: 'slack' },
    body: object({ requirements: requirements(after('at', '24 hours')) }),
  },
  {
    ...{
      kind: 'refused',
      at: 'attempt',
      when: 'attempt is not null',
      step: `'click/try_' || tail`,
      via: 'slack',
    },
    body: object({ by: `'p3'`, tried: `'approve'`, refusal: `'{"code": "not-an-approver"}'::jsonb` }),
  },
  {
    ...{ kind: 'approved', at: 'decided', when: 'first_end is not null', via: 'slack', body: APPROVAL },
    step: `'click/click_a' || substr(tail, 2)`,
  },
  {
    ...{ kind: 'grant-started', at: 'decided', when: 'first_end is not null', via: 'slack' },
    step: `'click/click_a' || substr(tail, 2)`,
    body: object({
      endsAt: ms('first_end'),
      leases: `(select jsonb_agg('lease_' || tail || '_' || k order by k) from generate_series(0, width - 1) k)`,
    }),
  },
  {
    ...{ kind: 'intended', at: after('decided', '1 second'), when: 'first_end is not null', isOfLease: true },
    body: object({ lease: LEASE, prior: `'none'`, level: `'write'`, subject: `'id-' || person` }),
  },
  {
    ...{ kind: 'granted', at: after('decided', '2 seconds'), when: 'granted', isOfLease: true },
    body: object({ lease: LEASE, seen: TEXT }),
  },
  { kind: 'activated', at: after('decided', '2 seconds'), when: 'granted' },
  {
    ...{
      kind: 'extension-requested',
      at: after('first_end', '-10 minutes'),
      when: IS_EXTENDED,
      via: 'slack',
    },
    body: object({
      by: 'person',
      extension: object({ minutes: '30', endsAt: ms('ends'), reasonHash: 'digest', digest: 'digest' }),
      requirements: requirements('first_end'),
    }),
  },
  {
    ...{ kind: 'extension-approved', at: after('first_end', '-8 minutes'), when: IS_EXTENDED, via: 'slack' },
    ...{ step: `'click/click_b' || substr(tail, 2)`, body: APPROVAL },
  },
  {
    ...{ kind: 'extension-started', at: after('first_end', '-8 minutes'), when: IS_EXTENDED },
    body: object({ endsAt: ms('ends') }),
  },
  {
    ...{ kind: 'lease-extended', at: after('first_end', '-7 minutes'), when: IS_EXTENDED, isOfLease: true },
    body: object({ lease: LEASE, endsAt: ms('ends'), generation: '2', seen: TEXT }),
  },
  {
    ...{ kind: 'extended', at: after('first_end', '-7 minutes'), when: IS_EXTENDED },
    body: object({ endsAt: ms('ends') }),
  },
  { kind: 'revoke-started', at: 'over', when: 'over is not null', via: 'workflow', body: ENDING },
  {
    ...{ kind: 'revoked', at: 'gone', when: `over is not null and kind <> 'revoking'`, isOfLease: true },
    body: `${object({ lease: LEASE, seen: TEXT })} || case when n % 997 = 0 then '{"drift": {"change": "raised", "expected": "write", "found": "admin"}}'::jsonb else '{}' end`,
  },
  {
    kind: 'closed',
    at: 'closed',
    when: `kind not in ('refused', 'pending', 'active', 'revoking')`,
    body: ENDING,
  },
];

const branch = (
  { kind, at, when, step, via = 'workflow', body = `'{}'`, isOfLease }: Made,
  order: number,
): string =>
  `select ${order} as ord, '${kind}' as kind, ${at} as at, ${step ?? `'${kind}'`}${isOfLease ? ` || ' ' || place` : ''} as step, '${via}' as via, ${body} as body
     ${isOfLease ? 'from generate_series(0, width - 1) place ' : ''}where ${when}`;

/** The trail of every life. Its numbers are in the order of the times. */
export const INSERT_EVENTS = `
insert into event (request_id, seq, step, kind, body, via, at)
select id, e.seq, e.step, e.kind, jsonb_build_object('kind', e.kind, 'at', ${ms('e.at')}) || e.body, e.via, e.at
  from (select * from life order by n offset 0) l
  cross join lateral (
    select row_number() over (order by made.at, ord) - 1 as seq, made.* from (
      ${EVENTS.map(branch).join('\n      union all ')}) made) e`;

/** The text of each event that has one. It is the id of the request. */
export const INSERT_TEXTS = `
insert into event_text (request_id, seq, salt, texts)
select request_id, seq, 'salt', jsonb_build_array(request_id) from event join life on life.id = request_id where jsonb_path_exists(body, '$.**.text')`;
