drop trigger follow_stages_of_new on opportunities;
drop trigger follow_stages_of_changed on opportunities;
drop function follow_stages();
drop table stage_visits;
