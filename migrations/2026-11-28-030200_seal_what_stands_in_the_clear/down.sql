-- What is sealed stays so: only the server can open it.
delete from jobs where kind = 'reseal' and state = 'queued' and user_id is null and started_at is null;
