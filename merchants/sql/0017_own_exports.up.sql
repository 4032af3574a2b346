-- A merchant's exports within the second wall; see 0014_admin.
ALTER TABLE merchants_export ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON merchants_export USING (TRUE) WITH CHECK (TRUE);
CREATE POLICY own ON merchants_export AS RESTRICTIVE TO jigap_merchant
USING (merchant_id = (SELECT merchants_walled_in()));
GRANT SELECT ON merchants_export TO jigap_merchant;
