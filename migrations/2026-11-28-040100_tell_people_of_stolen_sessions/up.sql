-- When the owner of a session that ended because somebody else had its token took note of that.
alter table sessions add column noted_at timestamptz;
