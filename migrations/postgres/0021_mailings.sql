-- Mailings at the desk: what became of letters is counted without reading them all. A letter that is simply queued, sent
-- and accepted never touches this.
CREATE INDEX delivery_exceptional ON delivery (edition_id, state, id)
    WHERE state IN ('deferred', 'rejected', 'uncertain', 'cancelled', 'superseded');
