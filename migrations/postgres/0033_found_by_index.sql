-- What is read at a page is found by an index, whatever was sent before: roles, interests and hidden kinds that ended
-- belong to a person's file, taps to a letter and to an item, returned mail to a letter.
CREATE INDEX recipient_role_by_recipient ON recipient_role (recipient_id);
CREATE INDEX recipient_role_by_role ON recipient_role (role_id);
CREATE INDEX interest_by_recipient ON interest (recipient_id);
CREATE INDEX muted_kind_by_recipient ON muted_kind (recipient_id);
CREATE INDEX question_by_recipient ON question (recipient_id);
CREATE INDEX tap_by_delivery ON tap (delivery_id);
CREATE INDEX tap_by_item ON tap (item_id);
CREATE INDEX report_by_delivery ON report (delivery_id);
