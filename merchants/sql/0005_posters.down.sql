DROP TRIGGER merchants_store_posters_guarded ON merchants_store;
DROP FUNCTION merchants_guard_posters();
