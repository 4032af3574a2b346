REVOKE SELECT ON merchants_export FROM jigap_merchant;
DROP POLICY own ON merchants_export;
DROP POLICY everybody ON merchants_export;
ALTER TABLE merchants_export DISABLE ROW LEVEL SECURITY;
