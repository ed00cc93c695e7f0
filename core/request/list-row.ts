/** The fields of a request in a list, in the order in which people and programs read them. */
export const REQUEST_COLUMNS = [
  ...[
    'at',
    'id',
    'person',
    'entitlement',
    'minutes',
    'providers',
    'classes',
    'state',
    'ending',
    'approved_by',
  ],
  ...['refusals', 'ends_at', 'closed_at', 'digest'],
] as const;

/** A place between two pages, as `next` and `previous` name it. */
export const PAGE_PLACE = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z)\/(req_[0-9a-z]{26})$/;
