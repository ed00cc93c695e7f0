/** The columns of each view of the schema `audit`, in the order in which people and programs read them. The first two say when and which. */
export const AUDIT_VIEWS = {
  access: columns(
    'since id until planned_end person entitlement provider target_name target_key account_name',
    'account_id level basis request_id',
  ),
  granted_access: columns(
    'at id until planned_end person entitlement provider target_name account_name level',
    'approved_by approvals granted_event receipt request_id',
  ),
  approval: columns(
    'at id person via account approved requester entitlement minutes stage asked_at seconds',
    'digest request_id',
  ),
  approval_pair: columns('at id person other approved was_approved first_at'),
  overstay: columns(
    'at id seconds planned_end until person entitlement provider target_name account_name level',
    'request_id',
  ),
  refusal: columns('at id person via account tried code requester entitlement request_id'),
  drift: columns(
    'at id kind change expected found person entitlement provider target_name account_name',
    'lease_id request_id',
  ),
  finding: columns(
    'at id kind provider target_name target_key what account_name account_id level state',
    'last_seen_at closed_at closed_by closed_via lease_id',
  ),
  finding_decision: columns(
    'at id person via decision refused finding_id provider target_name account_name level state',
  ),
  mass_ending: columns('at id person scope scope_name requests needs lifted_by'),
  policy: columns('at id last_at judged'),
  purge: columns('at id person before_at requests entries export_size'),
  reading: columns('at id person kind address entry'),
  review: columns(
    'at id person scope from_at to_at due_at population wanted lines certified objected',
    'finished_at population_digest checkpoint_size checkpoint_root',
  ),
  review_line: columns(
    'at id review_id position line_id kind person entitlement provider target_name account_name',
    'level approved_by until planned_end decision decided_by decided_at decision_id granted_event',
    'receipt request_id',
  ),
  review_decision: columns('at id person via account decision refused review_id line_id'),
  policy_gain: columns('at id policy person entitlement request_id'),
};

export type AuditView = keyof typeof AUDIT_VIEWS;

/** The names in texts, which have spaces between them. */
function columns(...texts: readonly string[]): readonly [at: string, id: string, ...others: string[]] {
  const [at = '', id = '', ...others] = texts.join(' ').split(' ');
  return [at, id, ...others];
}
