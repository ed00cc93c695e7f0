-- Who certified access in a review needs a second person to adopt it.
create index review_decision_certified on review_decision (line_id) where kind = 'certify' and refusal is null;
