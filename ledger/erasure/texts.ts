import { HAS_LOCK } from '../mass-endings/mass-endings.ts';
import { CLOSED } from './scope.ts';

/** The events of closed requests that say what the person did. A request that ended because of what they did names them in its ending. */
const OWN = `(select e.request_id, e.seq from event e join request r on r.id = e.request_id
               where r.state = 'closed' and $1 in (e.body ->> 'by', e.body -> 'ending' ->> 'by'))`;

/** The mass endings without a lock that ended access of the person. While a lock holds, people need to know what was cut off. */
const OF_PERSON = `(select m.id from mass_ending m
   where not ${HAS_LOCK}
     and (m.scope ->> 'person' = $1 or m.scope -> 'people' ? $1
          or m.id in (select e.body -> 'ending' ->> 'massEnding' from event e where e.request_id in ${CLOSED} and e.body -> 'ending' ? 'massEnding')))`;

/** Each deletes texts of the person `$1`: what they wrote, and what was written about their requests. */
export const TEXTS: readonly string[] = [
  `delete from free_text where request_id in ${CLOSED}
      or kind = 'denial' and request_id in (
        select e.request_id from event e where e.kind = 'closed' and e.body -> 'ending' ->> 'kind' = 'denied'
           and e.body -> 'ending' ->> 'by' = $1)`,
  `delete from event_free_text where request_id in ${CLOSED} or (request_id, seq) in ${OWN}`,
  `delete from event_text where request_id in ${CLOSED} or (request_id, seq) in ${OWN}`,
  `delete from finding_reason where click_id in (select click_id from finding_decision where by = $1)`,
  `delete from review_text where review_id in (select id from review where opened_by = $1)`,
  `delete from review_reason where click_id in (
     select d.click_id from review_decision d left join review_line l on l.review_id = d.review_id and l.line_id = d.line_id
      where d.by = $1 or l.person = $1)`,
  `delete from mass_ending_reason where mass_ending_id in (select id from mass_ending where made_by = $1)`,
  `delete from mass_ending_cut_off_text where cut_off_id in (select id from mass_ending_cut_off where mass_ending_id in ${OF_PERSON})`,
];
