-- Places as the desk shows them: those of an organisation, and who has had one.
CREATE INDEX seat_by_organisation ON seat (organisation_id);
CREATE INDEX left_place_by_seat ON left_place (seat_id);
