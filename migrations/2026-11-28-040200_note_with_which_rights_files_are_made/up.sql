-- A file of records is handed out only to somebody who still may see all that is in it: the resource it was made of, and
-- a digest of which rows and fields its owner could take along.
alter table files add column resource text, add column reach text;
