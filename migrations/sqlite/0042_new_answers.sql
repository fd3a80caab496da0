-- "Today" at the desk asks what was answered lately, whatever for.
CREATE INDEX answer_by_time ON answer (answered_at);
CREATE INDEX offer_by_time ON offer (changed_at);
