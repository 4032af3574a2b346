DROP TRIGGER merchants_fee_rate_before_agreement ON merchants_feerate;
DROP FUNCTION merchants_rates_come_first();

DROP TRIGGER merchants_staff_role_owner_stays ON merchants_staffrole;
DROP FUNCTION merchants_owner_stays();

ALTER TABLE merchants_apikey DROP CONSTRAINT merchants_api_key_terminal_of_store;
ALTER TABLE merchants_apikey DROP CONSTRAINT merchants_api_key_store_of_merchant;
ALTER TABLE merchants_staffinvitation DROP CONSTRAINT merchants_invitation_store_of_merchant;
ALTER TABLE merchants_staffrole DROP CONSTRAINT merchants_staff_role_store_of_merchant;
ALTER TABLE merchants_terminal DROP CONSTRAINT merchants_terminal_of_store;
ALTER TABLE merchants_store DROP CONSTRAINT merchants_store_of_merchant;

DROP TRIGGER merchants_merchantaudit_append_only ON merchants_merchantaudit;
GRANT UPDATE, DELETE ON merchants_merchantaudit TO jigap_app;

DROP TRIGGER merchants_monthlyturnover_append_only ON merchants_monthlyturnover;
GRANT UPDATE, DELETE ON merchants_monthlyturnover TO jigap_app;

DROP TRIGGER merchants_feeagreement_append_only ON merchants_feeagreement;
GRANT UPDATE, DELETE ON merchants_feeagreement TO jigap_app;

DROP TRIGGER merchants_feerate_append_only ON merchants_feerate;
GRANT UPDATE, DELETE ON merchants_feerate TO jigap_app;

DROP TRIGGER merchants_feeplan_append_only ON merchants_feeplan;
GRANT UPDATE, DELETE ON merchants_feeplan TO jigap_app;
